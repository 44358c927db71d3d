#include "transfer/upload_preflight.hpp"

#include "document/text.hpp"
#include "http/http_transport.hpp"
#include "transfer/upload_plan.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace ferry {
namespace {

constexpr Duration look_time{60'000};

// The same for the same step run again, and for no other; endpoint and target are added by the journal.
std::string instance_of(const UploadOptions& options) {
    std::string text = options.work_dir;
    for (const FileRequest& file : options.files) {
        text += '\0' + std::string(file.literal ? "=" : "*") + file.path + '\0' + file.name.value_or("");
        if (file.folder)
            text += '\0' + ('/' + *file.folder);
    }
    if (options.manifest)
        text += '\0' + std::string("#") + *options.manifest;
    if (!options.folder.empty() || options.preserve_folders)
        text += std::string(2, '\0') + options.folder + '\0' +
                (options.preserve_folders ? options.base_dir : std::string());
    return text;
}

Result<std::unique_ptr<UploadJournal>> open_journal(const PreflightContext& context, bool read_only) {
    const UploadOptions& options = context.options;
    return UploadJournal::open({.state_dir = options.state_dir,
                                .endpoint = endpoint_text(options),
                                .project = options.target.project,
                                .parent = options.target.parent,
                                .instance = instance_of(options),
                                .read_only = read_only},
                               {.clock = context.api.clock, .log = context.api.log, .on_lost = context.on_lost},
                               context.stop);
}

Status begin_journal(UploadJournal& journal, const PlanList& files) {
    std::unordered_set<std::string_view> names; // those that the journal knows
    for (PlanList::Reader reader(files); journal.knows_any() && reader.more();) {
        const Result<PlannedFile> file = reader.next();
        if (!file.ok())
            return file.error();
        if (const SavedFile* saved = journal.saved(file->remote()))
            names.insert(saved->name);
    }
    return journal.begin(names);
}

Result<NameCheck> look_up(const PreflightContext& context, PlatformApi& api, const UploadJournal& journal,
                          const PlanList& files, PlanProblems& problems) {
    auto names = check_names({.api = context.options.offline ? nullptr : &api,
                              .options = context.options,
                              .journal = journal,
                              .folders = context.folders,
                              .new_names = context.new_names,
                              .problems = problems,
                              .log = context.api.log,
                              .cancel = context.stop},
                             files);
    if (names.ok())
        names->asked = context.api.calls.load();
    return names;
}

// Only a plan asks: an upload that may not be begun says so itself, before the first byte.
std::optional<Error> missing_rights(const UploadOptions& options, PlatformApi& api) {
    if (!options.dry_run || options.offline)
        return std::nullopt;
    const auto may_write = api.may_write(options.target);
    if (!may_write.ok() || (*may_write).value_or(true)) // where it is not told, it is not known
        return std::nullopt;
    const Target& target = options.target;
    return Error{ErrorKind::rights, "the token may not write to " +
                                        (target.project.empty() ? "the project of folder " + printable(target.parent)
                                                                : printable(target.project)) +
                                        ", only read; ask one of the project's administrators for the right to write"};
}

} // namespace

Result<NameCheck> look_before_upload(const PreflightContext& context, PlanProblems problems,
                                     std::unique_ptr<UploadJournal>& journal) {
    const Result<PlanList> files = plan_files(context.options, problems, context.api.log, context.stop);
    if (!files.ok())
        return files.error();
    const bool only_looks = context.options.dry_run || problems.any();
    if (only_looks)
        context.api.retry.max_elapsed = std::min(context.api.retry.max_elapsed, look_time);
    auto opened = open_journal(context, only_looks);
    if (!opened.ok())
        return opened.error();
    journal = std::move(*opened);
    if (const Status begun = begin_journal(*journal, *files); !begun)
        return begun.error();
    const std::unique_ptr<HttpTransport> transport = context.transports.make();
    PlatformApi api(context.api, *transport, context.stop);
    Result<NameCheck> names = look_up(context, api, *journal, *files, problems);
    if (!names.ok() && names.error().kind == ErrorKind::cancelled)
        return names;
    if (!names.ok())
        problems.add(names.error());
    else if (auto missing = missing_rights(context.options, api))
        problems.add(std::move(*missing));
    return problems.any() ? Result<NameCheck>(problems.error(context.api.log)) : std::move(names);
}

} // namespace ferry
