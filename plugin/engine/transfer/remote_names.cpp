#include "transfer/remote_names.hpp"

#include "document/text.hpp"

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

Error all_clashes(const std::vector<const PlannedFile*>& clashes, Log& log) {
    std::string names;
    for (std::size_t i = 0; i < clashes.size(); ++i) {
        log.error(printable(clashes[i]->name) + ": the name is taken on the platform");
        if (i < names_in_message)
            names += (i == 0 ? "" : ", ") + printable(clashes[i]->name);
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
            skip(std::move(file), std::move(there));
        else
            fail(file, "the name is taken on the platform by a file of " +
                           (there.size ? std::to_string(*there.size) : std::string("unknown")) +
                           " bytes, and the local one has " + std::to_string(file.identity.size));
        return true;
    }

    NameCheck& check() { return check_; }
    const Error& error() const { return error_; }

  private:
    void skip(PlannedFile file, RemoteFile there) {
        FileResult result;
        result.position = file.position;
        result.path = std::move(file.path);
        result.name = std::move(file.name);
        result.id = std::move(there.id);
        result.size = file.identity.size;
        result.project = there.project.empty() ? options_.target.project : std::move(there.project);
        result.parent = there.parent.empty() ? options_.target.parent : std::move(there.parent);
        result.skipped = true;
        check_.skipped.push_back(std::move(result));
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

Result<NameCheck> check_names(PlatformApi& api, const UploadOptions& options, std::vector<PlannedFile> files,
                              Log& log) {
    Result<Taken> taken = taken_names(api, options.target, files);
    if (!taken.ok())
        return taken.error();
    if (options.conflict == Conflict::fail) {
        std::vector<const PlannedFile*> clashes;
        for (const PlannedFile& file : files)
            if (taken->contains(file.name))
                clashes.push_back(&file);
        if (!clashes.empty())
            return all_clashes(clashes, log);
    }
    Sorter sorter(api, options);
    for (PlannedFile& file : files) {
        const auto there = taken->find(file.name);
        if (there == taken->end())
            sorter.check().to_upload.push_back(std::move(file));
        else if (!sorter.add(std::move(file), std::move(there->second)))
            return sorter.error();
    }
    return std::move(sorter.check());
}

} // namespace ferry
