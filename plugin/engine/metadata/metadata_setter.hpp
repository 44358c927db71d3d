// Sets metadata and tags on files that are on the platform: one call for a hundred of them (contract 5).
#pragma once

#include "base/cancel.hpp"
#include "http/http_transport.hpp"
#include "platform/platform_api.hpp"
#include "resume/upload_journal.hpp"
#include "transfer/upload_job.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace ferry {

// What could not be set.
struct LackingMetadata {
    std::uint64_t files = 0;
    std::string names; // of the first ones, each with what it lacks
    Error first;       // why the first one lacks it
    bool any() const { return files > 0; }
    std::string sentence() const;
};

// Its calls are made on a thread of its own, which begins with the hundredth file, and by the job's own at the end: so
// a slow answer holds up neither the parts nor their display. All methods are for the job's thread.
class MetadataSetter {
  public:
    struct Context {
        ApiContext& api;
        TransportFactory& transports;
        UploadJournal& journal;
        CancelToken& stop; // of the job
    };
    explicit MetadataSetter(Context context);
    ~MetadataSetter(); // without finish(): stops the job, and leaves the rest
    MetadataSetter(const MetadataSetter&) = delete;
    MetadataSetter& operator=(const MetadataSetter&) = delete;

    static constexpr std::size_t files_per_call = 100;
    static constexpr std::uint64_t calls_for(std::uint64_t files) {
        return (files + files_per_call - 1) / files_per_call;
    }

    // Takes the result's metadata for a call to come. Waits where far more are waiting than calls get done.
    void add(FileResult& result);
    // Sets the rest. Where the job was stopped, each call is tried once and briefly, and not at all if `hopeless`.
    LackingMetadata finish(bool hopeless);

  private:
    struct Item {
        std::string path; // local
        std::string name; // in the plan and the journal
        FileEdit edit;
    };
    using Batch = std::vector<Item>;
    using Answers = Result<std::vector<EditAnswer>>;

    void work() noexcept;
    std::optional<Batch> next_full();
    Batch take();
    void put_back(Batch batch);
    void set(PlatformApi& api, Batch batch);
    Answers ask(PlatformApi& api, const Batch& batch);
    Batch settle(Batch batch, const std::vector<EditAnswer>& answers, bool last);
    void set_at_stop();
    void failed(const Item& item, const Error& error);

    static constexpr std::size_t most_waiting = 1'000;

    const Context context_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Item> waiting_; // guarded by mutex_, as `over_` is
    bool over_ = false;        // the thread takes nothing more
    bool stopped_ = false;     // the job was; guarded, too
    EditKey key_ = EditKey::id;
    bool key_is_right_ = false; // the platform has taken an item by it
    std::uint64_t set_ = 0;     // files; while the thread runs it alone uses this and the next
    LackingMetadata lacking_;
    CancelToken::Registration wake_;
    std::thread thread_;
};

} // namespace ferry
