// The platform's API, one method per call: owns paths, JSON, headers, quota and the retries of single calls.
#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/secret.hpp"
#include "base/status.hpp"
#include "http/http_transport.hpp"
#include "metadata/file_metadata.hpp"
#include "retry/classify.hpp"
#include "retry/retry_policy.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

class QuotaGate;

struct Target {          // exactly one of the two is set
    std::string project; // owner/short-name
    std::string parent;  // folder id
};

struct InitRequest {
    Target target;
    std::string name;
    std::uint64_t size = 0;
    std::uint64_t part_size = 0; // 0: let the server choose
    bool overwrite = false;
    std::string replaces{}; // id of the file that has the name now; empty: none
    bool takes_over = true; // an open upload of that name is gone on with; else it makes the name a taken one
    std::string md5{};      // of the whole file, as its maker tells: stored with it, never checked; empty: not known
};

struct UploadInfo {
    std::string upload_id;
    std::uint64_t part_size = 0; // the server's; the truth
    bool parallel = true;
    bool found = false; // it was open already and is gone on with: parts may be stored in it
};

// A signed request for one part (contract 4.3): a credential, never printed.
struct SignedPart {
    std::string method;
    Url url;
    std::optional<WallTime> expires;
    HttpHeaders headers;                     // each must go out
    std::vector<int> success_codes;          // never empty
    std::vector<std::string> report_headers; // names of response headers to collect
};

struct PartReport {
    std::uint32_t number = 0;        // from 1
    std::vector<HttpHeader> headers; // collected; an ETag without its quotes
};

// An open upload as a list of them has it; each field but the id may be empty.
struct OpenUpload {
    std::string upload_id;
    std::string project;
    std::string parent;
    std::string name;
    std::string initiated; // ISO 8601, as sent
};

// An open upload as the platform knows it.
struct UploadState {
    UploadInfo info;
    std::vector<PartReport> reported; // in no order; stored parts that were not reported are not among them
    OpenUpload about{};
};

struct RemoteFile {
    std::string id;
    std::string name;
    std::string project;
    std::string parent;
    bool folder = false;
    std::optional<std::uint64_t> size; // bytes; absent where the answer has none
    std::optional<WallTime> created;   // by the platform's clock
    std::string md5{};                 // as it was sent at init, in lower case; empty: the platform does not tell
};

// Metadata to add to a file's, and tags in the place of its own, where there are some.
struct FileEdit {
    std::string id;
    FileMetadata metadata;
};
enum class EditKey { id, file_id }; // how an item names its file: platforms and documents differ

struct EditAnswer {
    Verdict verdict = Verdict::success;
    Error error{}; // of a failure
};
using EditReplies = std::vector<std::optional<HttpResponse>>; // item by item: a refusal, or none

// What all slots of one step share. Thread-safe members only; outlives every PlatformApi made from it.
struct ApiContext {
    Url base; // the API's base URL; its target has no trailing slash, so it may be empty
    Secret token;
    std::string token_source; // for messages: "SB_AUTH_TOKEN", "profile default of ..."; may be empty
    std::string project{};    // that of the task, for messages; may be empty
    RetrySettings retry;
    HttpTimeouts timeouts;
    Duration complete_timeout{600'000};
    Clock& clock;
    Random& random;
    Log& log;
    QuotaGate& quota;
    LineGate& line;
    std::atomic<std::uint64_t> calls{0};   // every API request, retries too
    std::atomic<std::uint64_t> retries{0}; // tries, of calls and of parts, that failed and are made again
    std::atomic<Duration::rep> skew{0};    // the platform's clock less ours in ms, by its last Date
};

// Not thread-safe: one per slot, on the slot's transport. All methods block and end soon after cancel. But for
// sign_once each retries by itself, waits for quota and line, and answers an error whose kind tells what to do: auth
// (stop all), conflict (the name is taken), not_found (of an upload: start the file over), network (given up),
// platform, cancelled.
class PlatformApi {
  public:
    PlatformApi(ApiContext& context, HttpTransport& transport, CancelToken& cancel);

    // Not idempotent: after a lost answer the open uploads are looked through before it is repeated; so they are where
    // the platform says that one of that name is open (8006).
    Result<UploadInfo> init(const InitRequest& request);
    // The newest open upload of that name and target, of those begun at `since` (by the platform's clock) or later.
    Result<std::optional<UploadInfo>> find_upload(const InitRequest& request, std::optional<WallTime> since);
    Result<std::optional<UploadState>> upload_state(const std::string& upload_id); // nullopt: it is not open
    // One try, no retry of its own: signing and sending are one retry unit, and the part sender owns it. The sender has
    // entered the LineGate for the attempt; this waits for quota alone (excuse paused() afterwards), and notes its own
    // outcome at both gates. On success the answer has been parsed into `out`; an answer that cannot be used becomes an
    // invalid_answer failure in `outcome`.
    Verdict sign_once(std::string_view upload_id, std::uint32_t part, SignedPart& out, HttpOutcome& outcome);
    // What to do about a verdict of sign_once, with the punctuation that leads on to it; empty where nothing can be
    // said.
    std::string advice(Verdict verdict, const HttpOutcome& outcome) const;
    Status report(std::string_view upload_id, const PartReport& part);
    Status report_all(std::string_view upload_id, const std::vector<PartReport>& parts);
    // The same in a single try that takes no longer than `time`, whatever was cancelled: for a stop in order. It waits
    // for no quota; each window keeps a few calls in reserve.
    bool report_at_stop(std::string_view upload_id, const std::vector<PartReport>& parts, Duration time);
    // True if the platform says, in a single try that takes no longer than `time` and waits for no quota, that it has
    // no such upload open. Without an answer, or with any other, false.
    bool gone_at_once(const std::string& upload_id, Duration time);
    // `parts`: those not reported yet. After a lost answer the upload and the file are looked up. An error of kind
    // `incomplete` is the platform's that parts are missing (8007); `patient` tries on for as long as for other errors.
    Result<RemoteFile> complete(std::string_view upload_id, const InitRequest& request,
                                const std::vector<PartReport>& parts, bool patient);
    // The file of that name, target and size that was made at `since` (by the platform's clock) or later.
    Result<std::optional<RemoteFile>> find_completed(const InitRequest& request, WallTime since);
    // Of up to 100 files, each with an answer of its own, in their order. Kind platform: the whole call was refused.
    Result<std::vector<EditAnswer>> edit_files(const std::vector<FileEdit>& edits, EditKey key);
    // The same in a single try, as report_at_stop() is. nullopt: nobody knows what of it was done.
    std::optional<std::vector<EditAnswer>> edit_at_stop(const std::vector<FileEdit>& edits, EditKey key, Duration time);
    Status abort(std::string_view upload_id);               // an upload that is gone counts as aborted
    Result<bool> abort_if_open(std::string_view upload_id); // false: it was gone
    Result<std::vector<OpenUpload>> open_uploads();         // the token's, of all projects
    // Entries of the target's top level whose names are among `names`, in one call for up to 100 names, more only where
    // the URL would pass 6,000 characters. No names: any one entry, a cheap proof that token and target are good.
    Result<std::vector<RemoteFile>> find_names(const Target& target, const std::vector<std::string>& names);
    Result<RemoteFile> file(std::string_view id);
    // Of up to 100 different ids in one call, each with an answer of its own, in their order. A file's error: kind
    // not_found where there is none, else rights, platform or network.
    Result<std::vector<Result<RemoteFile>>> files(const std::vector<std::string>& ids);
    // Whether the token may write to the target's project; nullopt where the platform does not tell beforehand. One
    // call for a project, two for a folder.
    Result<std::optional<bool>> may_write(const Target& target);
    // The folder of that name there, made if it is missing; an error of kind `conflict` if a file has the name.
    Result<RemoteFile> make_folder(const Target& target, const std::string& name);

    // Time that the last call waited for quota, also while calls are spread, or maintenance: for RetryState::excuse().
    Duration paused() const { return paused_; }
    // Now, by the platform's clock as far as its answers have told it.
    WallTime server_now() const { return on_server(context_.clock.wall()); }

  private:
    // Takes what it needs from a successful answer; an error makes the answer an invalid one. Kind invalid: for good.
    using Reader = std::function<Status(const HttpResponse&)>;
    struct Request {
        Operation operation;
        std::string method;
        std::string path; // below the base, with its query
        std::string body;
        bool repeatable = true;
    };
    struct Try {
        Verdict verdict = Verdict::success;
        HttpOutcome outcome;
    };

    Try once(const Request& request, const Reader& read);
    HttpRequest http_request(const Request& request) const;
    HttpOutcome send(const Request& request);
    void log_outcome(const Request& request, const HttpOutcome& outcome, Duration took);
    Status perform(const Request& request, const Reader& read, const std::string& doing); // with retries
    HttpOutcome try_at_once(const Request& request, Duration time);
    std::optional<HttpResponse> once_at_stop(const Request& request, Duration time);
    static Request edit_request(const std::vector<FileEdit>& edits, EditKey key);
    std::vector<EditAnswer> edit_answers(const EditReplies& replies) const;
    Request report_request(std::string_view upload_id, const std::vector<PartReport>& parts) const;
    Status enter_line(const RetryState& retry, const std::string& doing);
    Status wait_after(const Try& tried, RetryState& retry, const std::string& doing);
    static Error stopped(const std::string& doing);
    Error failure(const Try& tried, const std::string& reason, const std::string& doing) const;
    std::string scrubbed(std::string text) const;
    WallTime on_server(WallTime ours) const { return ours + Duration{context_.skew.load()}; }

    Result<std::optional<UploadInfo>> find_own_upload(const InitRequest& request, WallTime began);
    Result<std::optional<UploadInfo>> newest_of(const std::vector<OpenUpload>& uploads, const InitRequest& request,
                                                std::optional<WallTime> since);
    Status read_project(const std::string& id, const Reader& read);
    Result<bool> same_target(const OpenUpload& upload, const Target& target);
    Result<std::optional<UploadState>> details(const std::string& upload_id, bool with_parts, const std::string& doing);
    struct Fate {
        bool open = false;
        std::optional<RemoteFile> file;
    };
    Result<Fate> fate_of(const std::string& upload_id, const InitRequest& request, WallTime began,
                         const std::string& doing);
    struct Completion;
    Result<RemoteFile> last_look(const std::string& upload_id, const InitRequest& request, WallTime began,
                                 const Error& error);
    Result<std::vector<RemoteFile>> list_files(const std::string& query, bool all_pages, const std::string& doing);

    ApiContext& context_;
    HttpTransport& transport_;
    CancelToken& cancel_;
    Duration paused_{0};
};

} // namespace ferry
