#include "transfer/remote_names.hpp"

#include "document/text.hpp"
#include "transfer/done_before.hpp"
#include "transfer/file_result.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace ferry {
namespace {

constexpr std::size_t names_per_call = 100;
constexpr std::size_t names_in_message = 20;

using Taken = std::unordered_map<std::string, RemoteFile>; // by name

Result<Taken> taken_names(PlatformApi* api, const Target& target, const std::vector<PlannedFile>& files) {
    if (!api)
        return Taken();
    std::vector<std::string> names;
    for (const PlannedFile& file : files)
        names.push_back(file.name);
    Result<std::vector<RemoteFile>> found = api->find_names(target, names);
    if (!found.ok())
        return found.error();
    Taken taken;
    for (RemoteFile& entry : *found) {
        std::string name = entry.name;
        auto [place, added] = taken.try_emplace(std::move(name), entry);
        if (!added && entry.folder) // a folder of that name stands in the way of everything
            place->second = std::move(entry);
    }
    return taken;
}

// Names that are taken and must not be, under Conflict::fail.
class Clashes {
  public:
    explicit Clashes(Log& log) : log_(log) {}

    void add(const PlannedFile& file) {
        log_.error(printable(file.name) + ": the name is taken on the platform");
        if (count_++ < names_in_message)
            names_ += (names_.empty() ? "" : ", ") + printable(file.name);
    }
    bool any() const { return count_ > 0; }
    Error error() const {
        const std::string more =
            count_ > names_in_message ? " and " + std::to_string(count_ - names_in_message) + " more" : "";
        return {ErrorKind::conflict, (count_ == 1 ? std::string("a name is") : std::to_string(count_) + " names are") +
                                         " taken on the platform, and nothing was uploaded: " + names_ + more +
                                         "; choose other names, or set \"conflict\" to \"skip\" or \"overwrite\""};
    }

  private:
    Log& log_;
    std::size_t count_ = 0;
    std::string names_;
};

class Checker {
  public:
    Checker(PlatformApi* api, const UploadOptions& options, const UploadJournal& journal, Log& log,
            const CancelToken& cancel)
        : api_(api)
        , options_(options)
        , journal_(journal)
        , before_(api, journal, cancel)
        , clashes_(log) {}

    Status check(std::vector<PlannedFile> files) {
        Result<Taken> taken = taken_names(api_, options_.target, files);
        if (!taken.ok())
            return taken.error();
        for (PlannedFile& file : files) {
            const auto there = taken->find(file.name);
            if (Status sorted = sort(file, there == taken->end() ? nullptr : &there->second); !sorted)
                return sorted;
        }
        return {};
    }

    Result<NameCheck> result() {
        if (clashes_.any())
            return clashes_.error();
        return std::move(check_);
    }

  private:
    // `there`: the entry of the file's name on the platform, or null.
    Status sort(PlannedFile& file, RemoteFile* there) {
        const auto done = before_.find(file, there);
        if (!done.ok())
            return done.error();
        if (*done)
            return check_.done.add(**done).status();
        if (!there)
            return check_.to_upload.add(file).status();
        if (before_.may_be_ours(file)) { // unless it is still the one that was to give way
            file.replaces = journal_.saved(file.name)->replaces;
            return check_.to_upload.add(file).status();
        }
        if (options_.conflict != Conflict::fail)
            return decide(file, *there);
        clashes_.add(file);
        return {};
    }

    Status decide(PlannedFile& file, RemoteFile& there) {
        if (there.folder) {
            fail(file, "a folder of this name is on the platform");
            return {};
        }
        if (options_.conflict == Conflict::overwrite) {
            file.replaces = std::move(there.id);
            return check_.to_upload.add(file).status();
        }
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

    Status skip(const PlannedFile& file, const RemoteFile& there) {
        FileResult result = file_result(file, options_.target, there);
        result.skipped = true;
        return check_.done.add(result).status();
    }

    void fail(const PlannedFile& file, const std::string& why) {
        FailedFile failed;
        failed.position = file.position;
        failed.path = file.path;
        failed.name = file.name;
        failed.error = {ErrorKind::conflict, printable(file.name) + ": " + why};
        check_.failed.push_back(std::move(failed));
    }

    PlatformApi* api_;
    const UploadOptions& options_;
    const UploadJournal& journal_;
    DoneBefore before_;
    Clashes clashes_;
    NameCheck check_;
};

} // namespace

Result<NameCheck> check_names(PlatformApi* api, const UploadOptions& options, const UploadJournal& journal,
                              const PlanList& files, Log& log, const CancelToken& cancel) {
    Checker checker(api, options, journal, log, cancel);
    PlanList::Reader reader(files);
    do { // once for no files, too
        std::vector<PlannedFile> some;
        while (reader.more() && some.size() < names_per_call) {
            Result<PlannedFile> file = reader.next();
            if (!file.ok())
                return file.error();
            some.push_back(std::move(*file));
        }
        if (Status checked = checker.check(std::move(some)); !checked)
            return checked.error();
    } while (reader.more());
    return checker.result();
}

std::uint64_t calls_to_look_up(std::uint64_t files) {
    return std::max<std::uint64_t>(1, (files + names_per_call - 1) / names_per_call);
}

} // namespace ferry
