// Sends one part: signing and putting are one unit that is tried again as a whole, each time with a fresh URL.
#pragma once

#include "base/cancel.hpp"
#include "hash/part_hasher.hpp"
#include "platform/platform_api.hpp"
#include "transfer/bandwidth_limit.hpp"
#include "transfer/file_source.hpp"
#include "transfer/part_plan.hpp"
#include "transfer/storage_gate.hpp"
#include "transfer/upload_options.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ferry {

// What is to be sent.
struct PartJob {
    std::string path;
    std::string name; // on the platform; for messages
    FileIdentity identity;
    std::string upload_id;
    std::uint32_t number = 0; // from 1
    std::uint32_t count = 0;  // of the file's parts; for messages
    PartRange range;
};

struct SentPart {
    PartReport report;
    std::optional<Md5> md5; // of the bytes sent, where they were hashed
    bool verified = false;  // and it was the storage's ETag
};

struct PartFailure {
    Error error;
    bool vanished = false; // the upload is gone: the file must be started over
};

using PartOutcome = std::variant<SentPart, PartFailure>;

struct RetryNotice {
    std::uint32_t number = 0; // of the part
    int tries = 0;            // that met a server and failed, this one included
    Duration wait{0};         // before the next
    std::string reason;
};

// What all senders of one step share. Outlives them.
struct SenderContext {
    ApiContext& api;
    LineGate& storage_line; // api.line is to the platform's API, which may be there when the storage is not
    StorageAccess& storage;
    BandwidthLimit& bandwidth;
    PartHasher& hasher;
    Verify verify = Verify::etag;
    std::atomic<bool> told_unverifiable{false}; // the log line about ETags that are no MD5 is written once a job
};

// Not thread-safe: one per slot. The API's token is out of its reach.
class PartSender {
  public:
    using OnRetry = std::function<void(const RetryNotice&)>;
    // Called while the part still has its place: what this keeps outlasts a crash before a further part is begun.
    using OnStored = std::function<void(const SentPart&)>;
    PartSender(SenderContext& context, PlatformApi& api, HttpTransport& transport, CancelToken& cancel);

    // Blocks until the part is stored, given up, or cancelled; ends soon after a cancel.
    PartOutcome send(const PartJob& job, const OnRetry& on_retry, const OnStored& on_stored);

  private:
    // One try. `verdict` success: `sent` holds the result. Otherwise `reason` is a clause for people.
    struct Attempt {
        Verdict verdict = Verdict::success;
        ErrorKind kind = ErrorKind::network; // of the error if this try is the last
        std::string reason;
        std::optional<Duration> told{}; // the server's wish to wait
        SentPart sent{};
    };
    // What the transport took of the part.
    struct Passed {
        std::uint64_t bytes = 0;
        std::optional<Md5> md5; // where they are hashed
    };
    Attempt try_once(const PartJob& job, PartReader& reader, RetryState& retry, const OnStored& on_stored);
    Attempt sign(const PartJob& job, SignedPart& signed_part, RetryState& retry);
    Attempt put(const PartJob& job, const SignedPart& signed_part, PartReader& reader, StoragePassage& passage);
    void log_put(const PartJob& job, const SignedPart& signed_part, const HttpOutcome& outcome, Duration took);
    Attempt check_answer(const PartJob& job, const SignedPart& signed_part, const HttpResponse& response,
                         const Passed& passed, StoragePassage& passage);
    std::string check_etag(const PartJob& job, const HttpResponse& response, SentPart& sent);
    bool hashing() const { return context_.verify == Verify::etag; }

    SenderContext& context_;
    PlatformApi& api_;
    HttpTransport& transport_;
    CancelToken& cancel_;
};

// An ETag as it is reported and compared: without the weak mark and one pair of quotes.
std::string bare_etag(std::string_view value);
// 32 hex digits. Storage that encrypts with a key of its own gives such ETags, too, and they are no MD5.
bool looks_like_md5(std::string_view etag);

} // namespace ferry
