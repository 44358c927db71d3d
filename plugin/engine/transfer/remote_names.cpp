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

Result<Taken> taken_names(PlatformApi& api, const Target& target, const std::vector<PlannedFile>& files) {
    Taken taken;
    std::size_t begin = 0;
    do { // once for no files, too
        std::vector<std::string> names;
        for (; begin < files.size() && names.size() < names_per_call; ++begin)
            names.push_back(files[begin].name);
        Result<std::vector<RemoteFile>> found = api.find_names(target, names);
        if (!found.ok())
            return found.error();
        for (RemoteFile& entry : *found) {
            std::string name = entry.name;
            auto [place, added] = taken.try_emplace(std::move(name), entry);
            if (!added && entry.folder) // a folder of that name stands in the way of everything
                place->second = std::move(entry);
        }
    } while (begin < files.size());
    return taken;
}

Error all_clashes(const std::vector<PlannedFile>& clashes, Log& log) {
    std::string names;
    for (std::size_t i = 0; i < clashes.size(); ++i) {
        log.error(printable(clashes[i].name) + ": the name is taken on the platform");
        if (i < names_in_message)
            names += (i == 0 ? "" : ", ") + printable(clashes[i].name);
    }
    if (clashes.size() > names_in_message)
        names += " and " + std::to_string(clashes.size() - names_in_message) + " more";
    return {ErrorKind::conflict,
            (clashes.size() == 1 ? std::string("a name is") : std::to_string(clashes.size()) + " names are") +
                " taken on the platform, and nothing was uploaded: " + names +
                "; choose other names, or set \"conflict\" to \"skip\" or \"overwrite\""};
}

class Sorter {
  public:
    Sorter(PlatformApi& api, const UploadOptions& options) : api_(api), options_(options) {}

    // False: the check cannot go on, see error().
    bool add(PlannedFile file, RemoteFile there) {
        if (there.folder) {
            fail(file, "a folder of this name is on the platform");
            return true;
        }
        if (options_.conflict == Conflict::overwrite) {
            file.replaces = std::move(there.id);
            check_.to_upload.push_back(std::move(file));
            return true;
        }
        if (!there.size) {
            Result<RemoteFile> full = api_.file(there.id);
            if (!full.ok()) {
                error_ = full.error();
                return false;
            }
            there.size = full->size;
        }
        if (there.size == file.identity.size)
            skip(file, there);
        else
            fail(file, "the name is taken on the platform by a file of " +
                           (there.size ? std::to_string(*there.size) : std::string("unknown")) +
                           " bytes, and the local one has " + std::to_string(file.identity.size));
        return true;
    }

    NameCheck& check() { return check_; }
    const Error& error() const { return error_; }

  private:
    void skip(const PlannedFile& file, const RemoteFile& there) {
        FileResult result = file_result(file, options_.target, there);
        result.skipped = true;
        check_.done.push_back(std::move(result));
    }

    void fail(const PlannedFile& file, const std::string& why) {
        FailedFile failed;
        failed.position = file.position;
        failed.path = file.path;
        failed.name = file.name;
        failed.error = {ErrorKind::conflict, printable(file.name) + ": " + why};
        check_.failed.push_back(std::move(failed));
    }

    PlatformApi& api_;
    const UploadOptions& options_;
    NameCheck check_;
    Error error_;
};

} // namespace

Result<NameCheck> check_names(PlatformApi& api, const UploadOptions& options, const UploadJournal& journal,
                              std::vector<PlannedFile> files, Log& log, const CancelToken& cancel) {
    Result<Taken> taken = taken_names(api, options.target, files);
    if (!taken.ok())
        return taken.error();
    Sorter sorter(api, options);
    std::vector<PlannedFile> left;
    std::size_t kept = 0; // in place: there may be hundreds of thousands
    const auto keep = [&](PlannedFile& file) {
        if (&files[kept] != &file)
            files[kept] = std::move(file);
        ++kept;
    };
    DoneBefore before(api, journal, cancel);
    for (PlannedFile& file : files) {
        const auto there = taken->find(file.name);
        auto done = before.find(file, there == taken->end() ? nullptr : &there->second);
        if (!done.ok())
            return done.error();
        if (*done)
            sorter.check().done.push_back(std::move(**done));
        else if (there == taken->end())
            keep(file);
        else if (before.may_be_ours(file)) { // unless it is still the one that was to give way
            file.replaces = journal.saved(file.name)->replaces;
            keep(file);
        } else
            left.push_back(std::move(file));
    }
    if (options.conflict == Conflict::fail && !left.empty())
        return all_clashes(left, log);
    files.erase(files.begin() + static_cast<std::ptrdiff_t>(kept), files.end());
    sorter.check().to_upload = std::move(files);
    for (PlannedFile& file : left)
        if (std::string name = file.name; !sorter.add(std::move(file), std::move(taken->find(name)->second)))
            return sorter.error();
    return std::move(sorter.check());
}

} // namespace ferry
