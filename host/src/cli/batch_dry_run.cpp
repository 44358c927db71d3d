#include "cli/batch_dry_run.hpp"

#include "batch/row_text.hpp"
#include "cli/run_support.hpp"
#include "document/text.hpp"
#include "document/units.hpp"
#include "report/result_writer.hpp"
#include "report/run_reporter.hpp"
#include "signals.hpp"

namespace ferry {
namespace {

constexpr std::uint64_t rows_shown = 20;

std::string graph_text(const Workflow& workflow) {
    std::string text = workflow.name + ": " + count_of(workflow.steps.size(), "step") + " a row\n";
    for (const Step& step : workflow.steps) {
        text += "  " + step.id + " (" + step.task + ")";
        for (std::size_t i = 0; i < step.needs.size(); ++i)
            text += (i == 0 ? " after " : ", ") + workflow.steps[step.needs[i]].id;
        text += "\n";
    }
    return text;
}

std::string totals_text(const RowCheckResult& checked, std::size_t steps) {
    std::string text = count_of(checked.rows, "row");
    if (checked.mine != checked.rows)
        text += ", " + std::to_string(checked.mine) + " in this shard";
    text += ": " + std::to_string(checked.to_run) + " to run (" + count_of(checked.to_run * steps, "step") + "), " +
            std::to_string(checked.done_before) + " done before";
    if (checked.failed_before > 0)
        text += ", " + std::to_string(checked.failed_before) + " failed before (--resume-failed runs them again)";
    return text + "\n";
}

class Plan {
  public:
    Plan(const BatchCommand& command, const BatchInput& input, Shard shard, KnownRows known, Session& session)
        : command_(command)
        , input_(input)
        , shard_(shard)
        , known_(std::move(known))
        , session_(session)
        , progress_(session.console(), ProgressMode::none) {}

    // The first rows, one after the other.
    std::string rows() {
        const auto pass = input_.manifest->pass();
        ManifestRow row;
        std::string text;
        for (std::uint64_t shown = 0; shown < rows_shown && !process_stop_flag().requested();) {
            if (pass->next(row) != Manifest::Pass::Next::row)
                break;
            if (!shard_.has(row.number))
                continue;
            text += "\nrow " + std::to_string(row.number) + ": ";
            RowValues values = row.values;
            values.insert(values.end(), input_.load.vars.begin(), input_.load.vars.end());
            const RowPlan plan = plan_of(known_.take(row_hash(values)), command_.resume);
            text += plan == RowPlan::run           ? row_command(command_.workflow, values) + "\n" + steps(row, values)
                    : plan == RowPlan::done_before ? "done before\n"
                                                   : "failed before\n";
            ++shown;
        }
        return text;
    }
    int code() const { return code_; }

  private:
    std::string steps(const ManifestRow& row, const RowValues& values) {
        LoadRequest request = input_.load;
        request.vars = {values.begin(), values.end()};
        const LoadResult loaded = input_.workflow.bind(request);
        if (!loaded.workflow)
            return {};
        RunReporter reporter(session_.log(), progress_, nullptr, true);
        RunOptions options;
        options.state_dir = request.state_dir;
        options.work_dir = request.work_dir;
        options.row = row.number;
        options.dry_run = true;
        const int code = run_workflow(*loaded.workflow, options, reporter, process_stop_flag()).exit_code();
        code_ = code_ == exit_code::done || code > code_ ? code : code_;
        return reporter.plan();
    }

    const BatchCommand& command_;
    const BatchInput& input_;
    const Shard shard_;
    KnownRows known_;
    Session& session_;
    ProgressDisplay progress_;
    int code_ = exit_code::done;
};

} // namespace

int plan_batch(const BatchCommand& command, const BatchInput& input, Shard shard, const RowCheckResult& checked,
               KnownRows known, Session& session) {
    install_signal_handlers(process_stop_flag(), running_groups());
    Plan plan(command, input, shard, std::move(known), session);
    const Workflow& workflow = input.workflow.steps();
    const std::string totals = totals_text(checked, workflow.steps.size());
    std::string text = graph_text(workflow) + totals + plan.rows();
    if (checked.mine > rows_shown)
        text += "\nand " + count_of(checked.mine - rows_shown, "row") + " more\n";
    if (auto reason = write_stdout(text)) {
        session.log().error(*reason);
        return exit_code::failed;
    }
    return plan.code();
}

} // namespace ferry
