// What all journals of a state directory know of uploads that may be open, and how they learn that one is gone.
#pragma once

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/status.hpp"
#include "platform/platform_api.hpp"
#include "resume/upload_journal.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

// One journal's word on one upload.
struct KnownUpload {
    std::string journal; // its id
    Target target;
    std::string name;
    std::string path;            // see source_path()
    Fingerprint source{};        // of that path, when it was begun
    std::string upload_id;       // empty: one was asked for, and the answer is not known
    WallTime begun_at{};         // by the platform's clock
    std::uint64_t part_size = 0; // 0: not known
    std::size_t parts_stored = 0;
    bool completing = false; // the platform may have made a file of it

    bool may_be(const OpenUpload& upload) const;
    // The source is there as it was, or nobody can tell from here: a run of its step would go on with the upload.
    bool may_go_on() const;
    std::optional<std::uint64_t> parts() const; // in all; nullopt: not known
};

struct KnownUploads {
    std::vector<KnownUpload> uploads;
    std::vector<std::string> unreadable; // ids of journals of which nothing is known: another version's, say

    std::vector<KnownUpload> of(const OpenUpload& upload) const; // by each journal that knows it; mostly one or none
};

// Reads the journals that are about that endpoint; takes no lease and changes nothing. No state directory: nothing is
// known. An error where the directory is there and not for us to use.
Result<KnownUploads> known_uploads(const std::string& state_dir, const std::string& endpoint, Log& log);

// Those that a journal has as open, or as perhaps open.
std::vector<KnownUpload> pending_uploads(JournalReplay& replay, const std::string& id);

// Who has that journal in work, as far as looking tells: "process 7 on host x".
std::optional<std::string> journal_holder(const std::string& state_dir, const std::string& journal);

// Takes uploads out of the journals that know them. Holds the lease of each of these from its first use on, so that no
// step goes on with what is being dropped. Not thread-safe.
class UploadForgetter {
  public:
    struct Services {
        Clock& clock;
        Log& log;
    };
    UploadForgetter(std::string state_dir, Services services) : state_dir_(std::move(state_dir)), services_(services) {}

    // Before the upload is aborted. An error of kind `conflict` if a living process has it in work, naming that one's
    // host and pid. A journal that cannot be written costs a warning: its step finds out by itself.
    Status reserve(const KnownUpload& upload, CancelToken& cancel);
    // After it; on disk when this returns.
    void forget(const KnownUpload& upload);

  private:
    void lost(std::string reason);

    const std::string state_dir_;
    const Services services_;
    std::mutex mutex_;
    std::string lost_; // why, of a lease that was taken over; guarded by mutex_
    std::map<std::string, std::unique_ptr<UploadJournal>> journals_; // by id; null: it cannot be written. Last: their
                                                                     // leases' threads use the others
};

} // namespace ferry
