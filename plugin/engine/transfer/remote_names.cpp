#include "transfer/remote_names.hpp"

#include "base/first_lines.hpp"
#include "document/text.hpp"
#include "transfer/done_before.hpp"
#include "transfer/file_result.hpp"
#include "transfer/resume_check.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace ferry {
namespace {

constexpr std::size_t names_per_call = 100;
constexpr std::size_t names_in_message = 20;

// Of the files that are looked at together: enough for full calls where files of many folders take turns.
constexpr std::size_t files_at_once = 2'000;
constexpr std::uint64_t bytes_at_once = 8u << 20; // of their records in the list

// Names that are taken and must not be, under Conflict::fail.
class Clashes {
  public:
    explicit Clashes(Log& log) : log_(log) {}

    void add(const PlannedFile& file, const RemoteFile& there) {
        folders_ += there.folder ? 1 : 0;
        if (count_++ < names_in_message)
            names_ += (names_.empty() ? "" : ", ") + printable(file.remote()) + (there.folder ? " (a folder)" : "");
        else // the others are in the message
            log_.error(printable(file.remote()) + ": the name is taken on the platform" +
                       (there.folder ? " by a folder" : ""));
    }
    bool any() const { return count_ > 0; }
    Error error() const {
        const std::string more =
            count_ > names_in_message ? " and " + std::to_string(count_ - names_in_message) + " more, told above" : "";
        return {ErrorKind::conflict, (count_ == 1 ? std::string("a name is") : std::to_string(count_) + " names are") +
                                         " taken on the platform, and nothing was uploaded: " + names_ + more +
                                         advice()};
    }

  private:
    // Folders are neither skipped nor overwritten.
    std::string advice() const {
        if (folders_ == count_)
            return "; choose other names, or set \"conflict\" to \"rename\"";
        return std::string("; choose other names, or set \"conflict\" to \"skip\", \"rename\" or \"overwrite\"") +
               (folders_ > 0 ? "; where a folder has the name, only \"rename\" helps" : "");
    }

    Log& log_;
    std::size_t count_ = 0;
    std::size_t folders_ = 0; // of them: the names are those of folders there
    std::string names_;
};

class Checker {
  public:
    explicit Checker(const NameSources& sources)
        : api_(sources.api)
        , options_(sources.options)
        , journal_(sources.journal)
        , folders_(sources.folders)
        , new_names_(sources.new_names)
        , problems_(sources.problems)
        , log_(sources.log)
        , only_looks_(sources.options.dry_run || sources.problems.any())
        , renamed_(log_)
        , replaced_(log_)
        , before_(api_, journal_, log_, sources.cancel)
        , clashes_(log_) {}

    Status check(std::vector<PlannedFile> files) {
        taken_.clear();
        if (const Status looked = look_up(files); !looked)
            return looked;
        for (PlannedFile& file : files)
            if (Status sorted = sort(file); !sorted)
                return sorted;
        return {};
    }

    NameCheck result() {
        if (clashes_.any())
            problems_.add(clashes_.error());
        renamed_.sum_up("to get another name, as theirs is taken");
        replaced_.sum_up("to be replaced on the platform");
        return std::move(check_);
    }

  private:
    // The name that an earlier run has given the file, or was giving it, where that is another one.
    std::string other_name(const PlannedFile& file) const {
        const SavedFile* saved = journal_.saved(file.remote());
        if (!saved)
            return {};
        const std::string& name = saved->done ? saved->done->name : saved->as;
        return name == file.name ? std::string() : name;
    }

    Status look_up(const std::vector<PlannedFile>& files) {
        std::set<std::string> folders;
        std::map<std::string, std::vector<std::string>> names; // by folder
        for (const PlannedFile& file : files) {
            folders.insert(file.folder);
            names[file.folder].push_back(file.name);
            if (std::string other = other_name(file); !other.empty())
                names[file.folder].push_back(std::move(other));
        }
        if (!api_) {
            check_.not_asked += folders_.calls_to_look_up(folders);
            for (const auto& [folder, some] : names)
                check_.not_asked += (some.size() + names_per_call - 1) / names_per_call;
            return {};
        }
        if (const Status looked = folders_.look_up(*api_, folders); !looked)
            return looked;
        for (const auto& [folder, some] : names)
            if (const auto target = folders_.known(folder))
                if (const Status looked = look_in(*target, folder, some); !looked)
                    return looked;
        return {};
    }

    Status look_in(const Target& target, const std::string& folder, const std::vector<std::string>& names) {
        auto found = api_->find_names(target, names);
        if (!found.ok())
            return found.error();
        for (RemoteFile& entry : *found) {
            std::string path = remote_path(folder, entry.name);
            auto [place, added] = taken_.try_emplace(std::move(path), entry);
            if (!added && entry.folder) // a folder of that name stands in the way of everything
                place->second = std::move(entry);
        }
        return {};
    }

    // The entry of that name on the platform, or null.
    RemoteFile* entry_of(const PlannedFile& file, const std::string& name) {
        const auto found = taken_.find(remote_path(file.folder, name));
        return found == taken_.end() ? nullptr : &found->second;
    }

    Status sort(PlannedFile& file) {
        const std::string other = other_name(file);
        RemoteFile* there = entry_of(file, file.name);
        const auto done = before_.find(file, other.empty() ? there : entry_of(file, other));
        if (!done.ok())
            return done.error();
        if (*done)
            return check_.done.add(**done).status();
        if (options_.conflict == Conflict::rename && goes_on_renamed(file))
            return check_.to_upload.add(file).status();
        if (!there)
            return check_.to_upload.add(file).status();
        const auto ours = before_.may_be_ours(file);
        if (!ours.ok())
            return ours.error();
        if (*ours) { // unless it is still the one that was to give way
            file.replaces = journal_.saved(file.remote())->replaces;
            return check_.to_upload.add(file).status();
        }
        if (options_.conflict != Conflict::fail)
            return decide(file, *there);
        clashes_.add(file, *there);
        return {};
    }

    // An earlier run has begun it under another name, and nothing but itself can have that now.
    bool goes_on_renamed(PlannedFile& file) {
        const SavedFile* saved = journal_.saved(file.remote());
        if (!saved || !saved->pending() || saved->as.empty() || !same_source(*saved, file))
            return false;
        if (entry_of(file, saved->as) && !saved->completing_at)
            return false;
        file.rename(saved->as);
        new_names_.leave_out(file.placed());
        return true;
    }

    Status decide(PlannedFile& file, RemoteFile& there) {
        if (options_.conflict == Conflict::rename)
            return rename(file);
        if (there.folder) {
            fail(file, "a folder of this name is on the platform");
            return {};
        }
        if (options_.conflict == Conflict::overwrite)
            return replace(file, there);
        if (!there.size) {
            Result<RemoteFile> full = api_->file(there.id);
            if (!full.ok())
                return full.error();
            there.size = full->size;
        }
        if (there.size == file.identity.size)
            return skip(file, there);
        fail(file, "the name is taken on the platform by a file of " +
                       (there.size ? std::to_string(*there.size) : std::string("unknown")) +
                       " bytes, and the local one has " + std::to_string(file.identity.size));
        return {};
    }

    Status rename(PlannedFile& file) {
        auto name = new_names_.choose(*api_, folders_.known(file.folder).value_or(options_.target), file.folder,
                                      file.name, [](const std::string&) { return true; }); // a plan reserves nothing
        if (!name.ok() && name.error().kind != ErrorKind::invalid)
            return name.error();
        if (!name.ok()) {
            fail(file, name.error().message);
            return {};
        }
        file.rename(std::move(*name));
        if (!only_looks_) {
            renamed_.tell(printable(file.remote()) + ": the name is taken on the platform, so it goes there as " +
                          printable(file.name));
        }
        return check_.to_upload.add(file).status();
    }

    Status replace(PlannedFile& file, RemoteFile& there) {
        file.replaces = std::move(there.id);
        if (!only_looks_) {
            replaced_.tell(printable(file.remote()) + ": replaces the file " + printable(file.replaces) +
                           " on the platform");
        }
        return check_.to_upload.add(file).status();
    }

    Status skip(const PlannedFile& file, const RemoteFile& there) {
        if (const SavedFile* saved = journal_.saved(file.remote()); saved && saved->done && saved->done->id == there.id)
            log_.warn(printable(file.remote()) + ": is skipped as it has the size of file " + printable(there.id) +
                      ", which an earlier run uploaded from here; the local file has changed since, so the platform "
                      "has its older bytes: let \"conflict\" be \"overwrite\" to replace them");
        FileResult result = file_result(file, folders_.known(file.folder).value_or(options_.target), there);
        result.skipped = true;
        result.metadata = {}; // it is somebody else's file
        return check_.done.add(result).status();
    }

    void fail(const PlannedFile& file, const std::string& why) {
        FailedFile failed;
        failed.position = file.position;
        failed.path = file.path;
        failed.name = file.remote();
        failed.error = {ErrorKind::conflict, printable(file.remote()) + ": " + why};
        check_.failed.push_back(std::move(failed));
    }

    PlatformApi* api_;
    const UploadOptions& options_;
    const UploadJournal& journal_;
    RemoteFolders& folders_;
    NewNames& new_names_;
    PlanProblems& problems_;
    Log& log_;
    const bool only_looks_;
    FirstLines renamed_;
    FirstLines replaced_;
    DoneBefore before_;
    Clashes clashes_;
    NameCheck check_;
    std::unordered_map<std::string, RemoteFile> taken_; // by path below the target
};

Result<std::vector<PlannedFile>> next_files(PlanList::Reader& reader) {
    std::vector<PlannedFile> files;
    for (const std::uint64_t begin = reader.place();
         reader.more() && files.size() < files_at_once && reader.place() - begin < bytes_at_once;) {
        Result<PlannedFile> file = reader.next();
        if (!file.ok())
            return file.error();
        files.push_back(std::move(*file));
    }
    return files;
}

} // namespace

Result<NameCheck> check_names(const NameSources& sources, const PlanList& files) {
    if (sources.options.conflict == Conflict::rename)
        if (const Status left_out = sources.new_names.leave_out(files); !left_out)
            return left_out.error();
    Checker checker(sources);
    PlanList::Reader reader(files);
    if (sources.api && !reader.more())
        if (const auto any = sources.api->find_names(sources.options.target, {}); !any.ok())
            return any.error();
    // Where nothing will be sent, not all names of a large step are looked up.
    const bool some_only = sources.problems.any() && !sources.options.dry_run;
    for (bool more = reader.more(); more; more = reader.more() && !some_only) {
        auto some = next_files(reader);
        if (!some.ok())
            return some.error();
        if (Status checked = checker.check(std::move(*some)); !checked)
            return checked.error();
    }
    return checker.result();
}

} // namespace ferry
