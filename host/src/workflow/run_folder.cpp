#include "workflow/run_folder.hpp"

#include "base/system_reason.hpp"
#include "document/text.hpp"
#include "schema/json_value.hpp"
#include "state/digest.hpp"
#include "state/unused.hpp"
#include "tasks/command_files.hpp"
#include "workflow/atomic_file.hpp"
#include "workflow/step_record.hpp"
#include "workflow/workflow_place.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

namespace ferry {

namespace {

constexpr const char* kLeaseFile = "lease";
constexpr const char* kLastRun = "last-run";

// As make_run_id() makes them: what it names may be removed.
bool is_run_id(std::string_view text) {
    constexpr std::string_view kForm = "00000000T000000Z-xxxxxxxx";
    if (text.size() != kForm.size())
        return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        const bool hex = digit || (text[i] >= 'a' && text[i] <= 'f');
        if (kForm[i] == '0' ? !digit : kForm[i] == 'x' ? !hex : text[i] != kForm[i])
            return false;
    }
    return true;
}

} // namespace

std::string run_identity(const Workflow& workflow, const std::string& work_dir) {
    auto parts = new_object();
    const bool task_alone = workflow.steps.size() == 1 && workflow.steps.front().with_pointer.empty();
    parts->set("workflow", task_alone ? workflow.name : workflow_place(workflow, work_dir));
    if (task_alone)
        parts->set("with", workflow.steps.front().with);
    auto vars = new_object();
    for (const auto& [name, value] : workflow.vars)
        vars->set(name, value);
    parts->set("vars", vars);
    parts->set("work_dir", work_dir);
    return short_digest(canonical_json(Json(parts)));
}

RunFolder::RunFolder(const std::string& state_dir, const std::string& identity)
    : state_dir_(state_dir)
    , path_(state_dir + "/runs/" + identity) {}

std::string RunFolder::last_run_id() const {
    const auto folder = PrivateFolder::open(path_, true);
    const auto file = folder.ok() ? folder->read(kLastRun) : Result<Descriptor>(folder.error());
    const auto text = file.ok() ? read_all(file->get(), 64) : Result<std::string>(file.error());
    if (!text.ok())
        return {};
    const std::string id = text->substr(0, text->find('\n'));
    return is_run_id(id) ? id : std::string();
}

Status RunFolder::try_lease(Clock& clock, const Told& told) {
    if (const auto problem = make_run_folder(path_))
        return Status(ErrorKind::io, problem->reason);
    auto folder = PrivateFolder::open(path_);
    if (!folder.ok())
        return folder.status();
    folder_ = std::make_unique<PrivateFolder>(std::move(*folder));
    auto lease = Lease::acquire({.folder = *folder_,
                                 .name = kLeaseFile,
                                 .what = "this run",
                                 .clock = clock,
                                 .on_waiting = {},
                                 .on_takeover = told.info,
                                 .on_lost = told.on_lost,
                                 .patience = Duration{0}},
                                never_);
    if (lease.ok())
        lease_ = std::move(*lease);
    return lease.status();
}

std::optional<std::string> RunFolder::lease(Clock& clock, Told told) {
    Status taken = try_lease(clock, told);
    if (!taken && taken.error().kind == ErrorKind::not_found) // removed in between, as nobody had used it for long
        taken = try_lease(clock, told);
    if (taken)
        return std::nullopt;
    if (taken.error().kind == ErrorKind::conflict)
        return taken.error().message;
    told.warn("another run of the same would not be noticed: " + taken.error().message);
    return std::nullopt;
}

bool RunFolder::forget_unused(const std::string& path, std::int64_t now) {
    const auto unused = [&] { // its last run is noted when it begins
        return long_unused(path, now) &&
               (!written_at(path + "/" + kLastRun) || long_unused(path + "/" + kLastRun, now));
    };
    const auto folder = unused() ? PrivateFolder::open(path, true) : Result<PrivateFolder>(Error{});
    if (!folder.ok())
        return false;
    SystemClock clock;
    CancelToken never;
    {
        const auto lease = Lease::acquire({.folder = *folder,
                                           .name = kLeaseFile,
                                           .what = "a folder that is looked through",
                                           .clock = clock,
                                           .on_waiting = {},
                                           .on_takeover = {},
                                           .on_lost = {},
                                           .patience = Duration{0}},
                                          never);
        const auto noted = written_at(path + "/" + kLastRun);
        if (!lease.ok() || (noted && !long_unused(path + "/" + kLastRun, now)))
            return false;
        const auto names = folder->names();
        for (const std::string& name : names.ok() ? *names : std::vector<std::string>()) {
            std::error_code ignored;
            if (is_run_id(name))
                std::filesystem::remove_all(path + "/" + name, ignored);
        }
        folder->remove(kLastRun);
    }
    return ::rmdir(path.c_str()) == 0; // not if somebody has begun to use it
}

std::optional<RunFolder::NotNoted> RunFolder::begin(const std::string& run_id) const {
    const std::string path = path_ + "/" + kLastRun;
    if (auto reason = replace_private_file(path, run_id + "\n")) {
        const bool gone = ::unlink(path.c_str()) == 0 || errno == ENOENT || errno == ENOTDIR;
        return NotNoted{*std::move(reason), !gone};
    }
    forget_old_runs(run_id);
    return std::nullopt;
}

void RunFolder::forget_old_runs(const std::string& current) const {
    const auto names = folder_ ? folder_->names() : Result<std::vector<std::string>>(std::vector<std::string>());
    if (!names.ok())
        return;
    std::vector<std::string> runs;
    std::copy_if(names->begin(), names->end(), std::back_inserter(runs),
                 [&](const std::string& name) { return is_run_id(name) && name != current; });
    std::sort(runs.rbegin(), runs.rend()); // the newest first
    for (std::size_t i = kept_runs - 1; i < runs.size(); ++i) {
        std::error_code ignored; // it is tried again by the next run
        std::filesystem::remove_all(run_dir(runs[i]), ignored);
    }
}

} // namespace ferry
