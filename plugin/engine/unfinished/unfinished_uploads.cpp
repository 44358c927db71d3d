#include "unfinished/unfinished_uploads.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "platform/iso_time.hpp"
#include "unfinished/folder_paths.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace ferry {
namespace {

enum class Place { inside, outside, unknown };

// Looks at one target's uploads.
class Finder {
  public:
    Finder(PlatformApi& api, const Target& target, bool details, Log& log)
        : api_(api)
        , target_(target)
        , details_(details)
        , log_(log) {}

    Result<FoundUploads> run(const PlatformOptions& options);

  private:
    Status check_target();
    Place place(const OpenUpload& upload, const std::vector<KnownUpload>& known) const;
    Place place_in_folder(const OpenUpload& upload, const std::vector<KnownUpload>& known) const;
    Status add(OpenUpload listed);
    Result<bool> read_details(UnfinishedUpload& one);

    PlatformApi& api_;
    const Target& target_;
    const bool details_;
    Log& log_;
    RemoteFile folder_; // the target, if it is one
    FoundUploads found_;
    std::size_t unplaced_ = 0;
};

// A list of all projects' uploads is no proof that this project is there.
Status Finder::check_target() {
    if (target_.parent.empty())
        return api_.find_names(target_, {}).status();
    auto folder = api_.file(target_.parent);
    if (!folder.ok())
        return folder.error();
    folder_ = std::move(*folder);
    if (!folder_.folder)
        return {ErrorKind::not_found, printable(target_.parent, 255) + " is a file on the platform, not a folder"};
    return {};
}

Place Finder::place(const OpenUpload& upload, const std::vector<KnownUpload>& known) const {
    if (!target_.parent.empty())
        return place_in_folder(upload, known);
    if (!upload.project.empty())
        return upload.project == target_.project ? Place::inside : Place::outside;
    for (const KnownUpload& one : known)
        if (!one.upload_id.empty() && !one.target.project.empty())
            return one.target.project == target_.project ? Place::inside : Place::outside;
    return Place::unknown;
}

Place Finder::place_in_folder(const OpenUpload& upload, const std::vector<KnownUpload>& known) const {
    if (!upload.parent.empty())
        return upload.parent == target_.parent ? Place::inside : Place::outside;
    for (const KnownUpload& one : known) {
        if (one.upload_id.empty())
            continue;
        if (!one.target.parent.empty())
            return one.target.parent == target_.parent ? Place::inside : Place::outside;
        if (!folder_.parent.empty()) // it went to a project's root, which this folder is not
            return Place::outside;
    }
    const bool elsewhere = !upload.project.empty() && !folder_.project.empty() && upload.project != folder_.project;
    return elsewhere ? Place::outside : Place::unknown;
}

// False if it is not open any more. Details that make no sense are no reason to keep quiet about the upload.
Result<bool> Finder::read_details(UnfinishedUpload& one) {
    const auto state = api_.upload_state(one.upload.upload_id);
    if (!state.ok() && (state.error().kind == ErrorKind::platform || state.error().kind == ErrorKind::rights)) {
        log_.warn(state.error().message);
        return true;
    }
    if (!state.ok())
        return state.error();
    if (!*state)
        return false;
    one.parts_reported = (*state)->reported.size();
    one.part_size = (*state)->info.part_size;
    const OpenUpload& about = (*state)->about;
    for (const auto field : {&OpenUpload::project, &OpenUpload::parent, &OpenUpload::name, &OpenUpload::initiated})
        if ((one.upload.*field).empty())
            one.upload.*field = about.*field;
    return true;
}

Status Finder::add(OpenUpload listed) {
    UnfinishedUpload one;
    one.upload = std::move(listed);
    one.known = found_.known.of(one.upload);
    Place where = place(one.upload, one.known);
    if (where == Place::outside)
        return {};
    if (details_ || where == Place::unknown || one.upload.initiated.empty()) {
        const auto open = read_details(one);
        if (!open.ok())
            return open.status();
        if (!*open)
            return {};
        one.known = found_.known.of(one.upload);
        where = place(one.upload, one.known);
    }
    if (where == Place::unknown)
        ++unplaced_;
    if (where != Place::inside)
        return {};
    if (const auto initiated = parse_iso_time(one.upload.initiated))
        one.age = std::max(Duration{0}, api_.server_now() - *initiated);
    found_.uploads.push_back(std::move(one));
    return {};
}

Result<FoundUploads> Finder::run(const PlatformOptions& options) {
    if (const Status good = check_target(); !good)
        return good.error();
    auto listed = api_.open_uploads();
    if (!listed.ok())
        return listed.error();
    // After the list: what was opened before it is in a journal by now.
    auto known = known_uploads(options.state_dir, endpoint_text(options), log_);
    if (!known.ok())
        return known.error();
    found_.known = std::move(*known);
    for (OpenUpload& upload : *listed)
        if (const Status added = add(std::move(upload)); !added)
            return added.error();
    std::stable_sort(found_.uploads.begin(), found_.uploads.end(), [](const auto& a, const auto& b) {
        return a.age.value_or(Duration{-1}) > b.age.value_or(Duration{-1});
    });
    if (unplaced_ > 0)
        log_.warn(std::to_string(unplaced_) + (unplaced_ == 1 ? " open upload is" : " open uploads are") +
                  " left out: the platform does not tell whether it belongs to " + title_of(target_));
    return std::move(found_);
}

// Best effort: an upload without its folder's path is told all the same.
Status find_folders(PlatformApi& api, std::vector<UnfinishedUpload>& uploads, Log& log) {
    FolderPaths paths(api, log);
    for (UnfinishedUpload& one : uploads) {
        const KnownUpload* known = one.best_known();
        if (one.upload.parent.empty() && known)
            one.upload.parent = known->target.parent;
        if (one.upload.parent.empty()) {
            if (known && !known->target.project.empty())
                one.folder = "";
            continue;
        }
        auto path = paths.of(one.upload.parent);
        if (!path.ok())
            return path.status();
        one.folder = std::move(*path);
    }
    return {};
}

std::string list_line(const UnfinishedUpload& one) {
    std::string line = title_of(one);
    if (one.folder && !one.folder->empty())
        line += " in " + printable(*one.folder);
    if (one.parts_reported)
        line += ", " + count_of(*one.parts_reported, "part") + " reported";
    if (one.part_size)
        line += " (of up to " + format_size(*one.part_size) + ")";
    if (const KnownUpload* known = one.best_known())
        line += "; known here: " + std::to_string(known->parts_stored) +
                (known->parts() ? " of " + count_of(*known->parts(), "part") : std::string(" parts")) + " stored of " +
                printable(known->path);
    return line;
}

ListSummary listed(const ListOptions& options, const PlatformEnvironment& environment, CancelToken& cancel) {
    PlatformSession session(options, environment, cancel);
    auto found = unfinished_uploads(session.api(), options, options.target, true, environment.log);
    if (!found.ok())
        return {.uploads = {}, .api_calls = session.calls(), .status = found.error()};
    if (const Status named = find_folders(session.api(), found->uploads, environment.log); !named)
        return {.uploads = {}, .api_calls = session.calls(), .status = named};
    for (const UnfinishedUpload& one : found->uploads)
        environment.log.info(list_line(one));
    const std::size_t count = found->uploads.size();
    environment.log.info((count == 0 ? "no" : std::to_string(count)) +
                         (count == 1 ? " unfinished upload in " : " unfinished uploads in ") +
                         title_of(options.target));
    return {.uploads = std::move(found->uploads), .api_calls = session.calls(), .status = {}};
}

} // namespace

const KnownUpload* UnfinishedUpload::best_known() const {
    const auto best = std::max_element(known.begin(), known.end(), [](const KnownUpload& a, const KnownUpload& b) {
        return a.parts_stored < b.parts_stored;
    });
    return best == known.end() ? nullptr : &*best;
}

Result<FoundUploads> unfinished_uploads(PlatformApi& api, const PlatformOptions& options, const Target& target,
                                        bool details, Log& log) {
    return Finder(api, target, details, log).run(options);
}

std::string title_of(const UnfinishedUpload& upload) {
    std::string title = "upload " + printable(upload.upload.upload_id, 100);
    if (!upload.upload.name.empty())
        title += " of '" + printable(upload.upload.name) + "'";
    return upload.age ? title + ", begun " + format_duration(*upload.age) + " ago" : title;
}

std::string title_of(const Target& target) {
    return target.parent.empty() ? "project " + printable(target.project, 255)
                                 : "folder " + printable(target.parent, 255);
}

ListSummary list_uploads(const ListOptions& options, const PlatformEnvironment& environment, CancelToken& cancel) {
    std::string defect = "of an unknown kind";
    try {
        return listed(options, environment, cancel);
    } catch (const std::exception& exception) {
        defect = printable(exception.what());
    } catch (...) {
    }
    return {.uploads = {}, .status = {ErrorKind::internal, "an unexpected failure inside Ferry: " + defect}};
}

} // namespace ferry
