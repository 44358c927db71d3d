// What a step remembers of its uploads across processes: one journal for each step instance (the same files to the same
// target), held by a lease, in `uploads` below the state directory. A folder of notes, one for each upload that is
// open, lets another step that has the same file find the journal that knows it.
#pragma once

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/status.hpp"
#include "resume/journal_replay.hpp"
#include "resume/journal_writer.hpp"
#include "resume/uploads_under_way.hpp"
#include "state/lease.hpp"
#include "state/private_folder.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace ferry {

struct JournalPlace {
    std::string state_dir;  // absolute; empty: nothing is kept
    std::string endpoint;   // the API's base URL
    std::string project;    // or
    std::string parent;     // the target
    std::string instance;   // text that is the same for the same step run again, and for no other
    bool read_only = false; // a dry run: reads, waits for nobody and writes nothing
};

struct JournalServices {
    Clock& clock;
    Log& log;
    std::function<void(std::string)> on_lost; // the lease was taken over: stop; called on a thread of the lease's
};

// Thread-safe but for open(). Facts about a file are told in the order in which they come true; each call returns when
// its fact is on disk. Where the disk does not take it, the upload goes on and the log says once what that costs.
class UploadJournal {
  public:
    // An error only where going on would be wrong: another process is at the same step (conflict), the wait for it was
    // cancelled, or the journal or its folder is not for us to use (invalid).
    static Result<std::unique_ptr<UploadJournal>> open(JournalPlace place, JournalServices services,
                                                       CancelToken& cancel);
    // A journal that is there, by its id, for what is to be taken out of it; what it has is kept as it is. A living
    // owner is not waited for: kind `conflict`, naming it. Kind not_found if there is none. `what`: is in it, for
    // messages.
    static Result<std::unique_ptr<UploadJournal>> open_existing(const std::string& state_dir, const std::string& id,
                                                                const std::string& what, JournalServices services,
                                                                CancelToken& cancel);
    // The state is reached again; what the journal has of files outside `names` and is no longer open is forgotten.
    Status begin(const std::unordered_set<std::string_view>& names);

    bool knows_any() const { return !saved_.empty(); } // of any file
    // Of an earlier process or an earlier attempt; null if it knows nothing of that name.
    const SavedFile* saved(const std::string& name) const;

    // To be called before a file's upload is begun or gone on with. If another step's journal has an open upload of
    // this name from this very path, what it knows becomes ours; one from another path stays that step's. An error of
    // kind `conflict` if a living process is at it.
    Result<std::optional<SavedFile>> claim(const std::string& name, const std::string& path, CancelToken& cancel);

    // In the place of claim() where nothing of another step's is to be taken up: `placed` (see SavedFile) is marked as
    // the path of an open upload of ours. False: it is another step's.
    bool reserve(const std::string& placed);

    // `as`, `overwrite`: see SavedFile.
    void begun(const std::string& name, const std::string& path, const Fingerprint& source, WallTime at,
               const std::string& as = {}, bool overwrite = false);
    void opened(const std::string& name, const std::string& upload_id, std::uint64_t part_size, bool parallel);
    void part_stored(const std::string& name, const SavedPart& part);
    void part_lost(const std::string& name, std::uint32_t part);
    void completing(const std::string& name, WallTime at, const std::string& replaces = {});
    // `more`: described() is to follow.
    void done(const std::string& name, journal::Done result, bool more = false);
    // Metadata and tags of that digest have been set on the file, which is done, by this process or an earlier one.
    void described(const std::string& name, const std::string& digest);
    void dropped(const std::string& name);
    // All that is known of an upload that was somebody else's.
    void adopted(const SavedFile& file);

    LeftUploads left() const {
        return under_way_.left();
    } // open now: begun by this process or an earlier one, and neither done nor dropped

  private:
    UploadJournal(JournalPlace place, JournalServices services, std::string id);

    Status open_folders();
    Status take_lease(const std::string& what, Duration patience, CancelToken& cancel);
    Status load();
    Status rewrite();
    Status degrade(const Error& error);
    void write(const std::string& lines);
    void release(const std::string& name); // the path that is marked for it
    std::string note_of(const std::string& name) const;
    Result<std::optional<SavedFile>> take_from(const std::string& instance, const std::string& name,
                                               const std::string& path, CancelToken& cancel);

    const JournalPlace place_;
    const JournalServices services_;
    const std::string id_; // the instance's hash: the journal's name
    std::optional<PrivateFolder> folder_;
    std::optional<PrivateFolder> notes_;
    std::unique_ptr<Lease> lease_;
    std::unordered_map<std::string, SavedFile> saved_; // not changed while slots run
    std::unique_ptr<JournalWriter> writer_;            // null: nothing is kept
    UploadsUnderWay under_way_;
    std::mutex mutex_; // of what follows
    bool told_failure_ = false;
};

} // namespace ferry
