#include "resume/tidy_journals.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "resume/journal_files.hpp"
#include "state/lease.hpp"
#include "state/unused.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace ferry {
namespace {

constexpr std::size_t most_looks = 5000; // at names in one turn
constexpr std::size_t most_removed = 200;
constexpr std::size_t most_asked = 8; // uploads

class Tidying {
  public:
    Tidying(const TidyRequest& request, const PrivateFolder& folder, std::int64_t now, CancelToken& cancel)
        : request_(request)
        , folder_(folder)
        , now_(now)
        , cancel_(cancel) {}

    std::size_t run();

  private:
    bool unused(const std::string& name) const { return long_unused(folder_.path_of(name), now_); }
    void look_at(const std::string& name);
    void look_at_journal(const std::string& id);
    void look_at_lease(const std::string& id);
    std::unique_ptr<Lease> lease(const std::string& id);
    bool needed(const std::vector<KnownUpload>& pending, const std::string& endpoint, const std::string& id);
    void remove(const std::string& id, const journal::Header& header, const std::vector<KnownUpload>& pending);

    const TidyRequest& request_;
    const PrivateFolder& folder_;
    const std::int64_t now_;
    CancelToken& cancel_;
    std::size_t removed_ = 0;
    std::size_t asked_ = 0;
};

// Null: somebody has it, or may have.
std::unique_ptr<Lease> Tidying::lease(const std::string& id) {
    auto taken = Lease::acquire({.folder = folder_,
                                 .name = lease_file(id),
                                 .what = "a journal that is looked through",
                                 .clock = request_.clock,
                                 .on_waiting = {},
                                 .on_takeover = {},
                                 .on_lost = {},
                                 .patience = Duration{0}},
                                cancel_);
    return taken.ok() ? std::move(*taken) : nullptr;
}

// Of one that has to stay the time is set, so that not every turn asks for the same.
bool Tidying::needed(const std::vector<KnownUpload>& pending, const std::string& endpoint, const std::string& id) {
    for (const KnownUpload& upload : pending) {
        // One that was only begun may be open under an id that nobody knows.
        const bool askable = endpoint == request_.endpoint && !upload.upload_id.empty() && request_.is_gone;
        if (askable && asked_ == most_asked)
            return true;
        asked_ += askable ? 1 : 0;
        if (askable && request_.is_gone(upload))
            continue;
        if (askable) {
            request_.log.info("upload " + printable(upload.upload_id, 100) + " of " + printable(upload.path) +
                              " is still unfinished, " + std::to_string(kept_unused_days) +
                              " days after anything was done for it; ferry task uploads-abort drops such uploads");
        }
        ::utimensat(AT_FDCWD, folder_.path_of(journal_file(id)).c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
        return true;
    }
    return false;
}

void Tidying::remove(const std::string& id, const journal::Header& header, const std::vector<KnownUpload>& pending) {
    const auto notes = PrivateFolder::open(folder_.path_of("open"), true);
    const std::string about = about_target(header.endpoint, header.project, header.parent);
    for (const KnownUpload& upload : pending)
        if (const std::string note = note_file(about, upload.name); notes.ok() && notes->noted(note) == id)
            notes->remove(note);
    folder_.remove(journal_file(id));
    ++removed_;
}

// Its lease is held from before the second look until it is gone: whoever has begun to use it meanwhile keeps it.
void Tidying::look_at_journal(const std::string& id) {
    const auto held = unused(journal_file(id)) ? lease(id) : nullptr;
    if (!held || !unused(journal_file(id)))
        return;
    auto replay = replay_journal(folder_, id);
    if (!replay.ok() || (replay->format() != JournalFormat::ours && replay->format() != JournalFormat::empty))
        return;
    const std::vector<KnownUpload> pending = pending_uploads(*replay, id);
    if (!needed(pending, replay->header().endpoint, id))
        remove(id, replay->header(), pending);
}

// Of a process that died, beside a journal that is not there.
void Tidying::look_at_lease(const std::string& id) {
    if (unused(lease_file(id)) && !written_at(folder_.path_of(journal_file(id))))
        (void)lease(id); // taken over and given back
}

void Tidying::look_at(const std::string& name) {
    const std::size_t dot = name.find('.');
    const std::string id = name.substr(0, dot);
    if (dot == std::string::npos || !is_journal_id(id))
        return;
    const std::string_view end = std::string_view(name).substr(dot);
    if (end == journal_end)
        look_at_journal(id);
    else if (end == lease_end)
        look_at_lease(id);
    else if ((end == ".new" || end.starts_with(std::string(lease_end) + ".")) && unused(name))
        folder_.remove(name); // what processes write for a moment, and leave if they die in it
}

std::size_t Tidying::run() {
    std::size_t looks = 0;
    for (const std::string& name : names_from_anywhere(folder_)) {
        if (looks++ == most_looks || removed_ == most_removed || cancel_.cancelled())
            break;
        look_at(name);
    }
    return removed_;
}

} // namespace

std::size_t tidy_journals(const TidyRequest& request, CancelToken& cancel) {
    if (request.state_dir.empty())
        return 0;
    const auto folder = PrivateFolder::open(journals_of(request.state_dir), true);
    const auto now = folder.ok() ? tidy_turn(*folder) : std::nullopt;
    if (!now)
        return 0;
    const std::size_t removed = Tidying(request, *folder, *now, cancel).run();
    if (removed > 0)
        request.log.write(LogLevel::debug, count_of(removed, "journal") + " that nobody has used for " +
                                               std::to_string(kept_unused_days) + " days removed");
    return removed;
}

} // namespace ferry
