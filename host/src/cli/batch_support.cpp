#include "cli/batch_support.hpp"

#include "cli/execute.hpp"
#include "cli/run_support.hpp"
#include "document/text.hpp"
#include "document/units.hpp"

#include <algorithm>
#include <filesystem>

namespace ferry {
std::string told(const ProblemList::Problem& problem, std::uint64_t rows) {
    if (problem.first.empty())
        return problem.place + problem.text;
    const bool all = problem.count > 1 && problem.count == rows;
    return problem.place + problem.text + " (" + (all ? "every row" : rows_text(problem.first, problem.count)) + ")";
}

std::optional<BatchInput> read_batch_input(const std::string& workflow, const std::string& manifest,
                                           const std::map<std::string, std::string>& vars, const std::string& state_dir,
                                           Session& session, int& code) {
    code = exit_code::usage;
    const auto work_dir = session.work_dir();
    if (!work_dir)
        return std::nullopt;
    auto rows = Manifest::open(manifest);
    if (const auto* reason = std::get_if<std::string>(&rows))
        session.log().error(*reason);
    Diagnostics problems;
    auto made = WorkflowTemplate::read(workflow, session.registry(), problems);
    if (made && made->lacks_tasks()) {
        session.load_plugins();
        made = WorkflowTemplate::read(workflow, session.registry(), problems);
    }
    for (const Diagnostic& found : problems)
        session.log().error(to_text(found));
    if (!made || std::holds_alternative<std::string>(rows))
        return std::nullopt;
    BatchInput input{std::move(*made), std::move(std::get<std::unique_ptr<Manifest>>(rows)), {}};
    input.load.vars = vars;
    input.load.work_dir = *work_dir;
    input.load.state_dir = absolute_in(*work_dir, state_dir);
    code = exit_code::done;
    return input;
}

int tell_check(const RowCheckResult& checked, const Session& session, const Log& log) {
    for (const auto& problem : checked.warnings.problems())
        log.warn(problem.text);
    if (checked.plugin_failed)
        session.tell_plugin_failures(FERRY_LOG_ERROR);
    for (const auto& problem : checked.errors.problems())
        log.error(told(problem, checked.to_run));
    if (checked.errors.not_kept() > 0)
        log.error("and " + std::to_string(checked.errors.not_kept()) + " more");
    if (checked.errors.empty())
        return exit_code::done;
    return checked.plugin_failed ? exit_code::plugin : exit_code::usage;
}

std::string stem_of(const std::string& workflow) {
    std::string name = std::filesystem::path(workflow).stem().string().substr(0, 100);
    std::replace_if(
        name.begin(), name.end(),
        [](char c) {
            return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '_');
        },
        '_');
    return name.empty() ? "batch" : name;
}

int execute_validate_rows(const ValidateCommand& command) {
    constexpr std::size_t most_told = 1000;
    Session session(command.common);
    int code = exit_code::usage;
    const auto input =
        read_batch_input(command.workflow, command.manifest, command.vars, command.common.state_dir, session, code);
    if (!input)
        return code;
    RowCheckRequest request{input->workflow, *input->manifest, input->load};
    request.every_row = true;
    request.most_told = most_told;
    const RowCheckResult checked = check_rows(request, {});
    code = tell_check(checked, session, session.log());
    if (code == exit_code::done)
        session.log().info(command.workflow + ": no errors in " +
                           count_of(input->workflow.steps().steps.size(), "step") + " and " +
                           count_of(checked.rows, "row"));
    return code;
}

} // namespace ferry
