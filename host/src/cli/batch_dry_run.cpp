#include "cli/batch_dry_run.hpp"

#include "batch/batch_run.hpp"
#include "batch/row_reporter.hpp"
#include "batch/row_text.hpp"
#include "cli/run_support.hpp"
#include "document/text.hpp"
#include "document/units.hpp"
#include "report/plan_totals.hpp"
#include "report/result_writer.hpp"
#include "report/run_reporter.hpp"
#include "signals.hpp"

#include <mutex>

namespace ferry {
namespace {

constexpr std::uint64_t rows_shown = 20;
constexpr std::size_t problems_told = 100; // different problems

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

// Of a row that is only counted: nothing is told but warnings, which many rows share.
class CountedRow final : public RunListener {
  public:
    CountedRow(std::uint64_t row, ProblemList& warnings) : row_(row), warnings_(warnings) {}

    void run_started(const Workflow&, const std::string&) override {}
    void step_started(const TaskContext&, const Step&) override {}
    void step_retried(const TaskContext&, const StepError&, std::chrono::milliseconds) override {}
    void step_finished(const TaskContext&, const StepResult&, const Diagnostics&) override {}
    void step_planned(const TaskContext&, const Poco::JSON::Object&, bool) override {}
    void run_finished(const RunResult&) override {}
    void log(const TaskContext& task, int level, std::string_view message) override {
        if (level != FERRY_LOG_WARN)
            return;
        const std::lock_guard lock(mutex_); // the row's steps run one at a time, but a task may have threads
        warnings_.add(task.step_id + ": " + std::string(message), row_);
    }
    void progress(const TaskContext&, const TaskProgress&) override {}
    void event(const TaskContext&, std::string_view, std::string_view) override {}

  private:
    const std::uint64_t row_;
    ProblemList& warnings_;
    std::mutex mutex_;
};

// All rows that are to run, one after the other: the first ones are shown and asked of the platform, the others only
// counted, on this machine alone.
class Plan {
  public:
    Plan(const BatchCommand& command, const BatchInput& input, Shard shard, const RowCheckResult& checked,
         KnownRows known, Session& session)
        : command_(command)
        , input_(input)
        , plans_(shard, command.resume, std::move(known), input.load.vars)
        , session_(session)
        , progress_(session.console(), command.common.progress)
        , request_(input.load)
        , left_(checked.to_run) {
        options_.state_dir = request_.state_dir;
        options_.work_dir = request_.work_dir;
        options_.run_id = make_run_id();
        options_.dry_run = true;
    }

    // The text of the first rows.
    std::string rows() {
        const auto pass = input_.manifest->pass();
        ManifestRow row;
        std::string text;
        show();
        progress_.start();
        RowValues values;
        while (!process_stop_flag().requested()) {
            const auto next = pass->next(row);
            if (next == Manifest::Pass::Next::problem) // the check found none, so the file or its disk is at fault
                failures_.add(to_text(pass->problem()), 0);
            if (next != Manifest::Pass::Next::row)
                break;
            if (const auto plan = plans_.next(row, values))
                text += plan_row(row, values, *plan);
        }
        progress_.stop();
        return text;
    }

    const PlanTotals& totals() const { return totals_; }
    std::uint64_t shown() const { return planned_shown_ + before_shown_; }

    // Tells what is wrong with rows; the exit code that the batch itself would end with.
    int conclude(const RowCheckResult& checked) {
        const Log& log = session_.log();
        const std::uint64_t planned = result_.done + result_.failed;
        for (const auto& problem : warnings_.problems())
            log.warn(told(problem, planned));
        for (const auto& problem : failures_.problems())
            log.error(told(problem, planned));
        if (failures_.not_kept() > 0)
            log.error("and " + count_of(failures_.not_kept(), "row") + " more would fail");
        if (result_.failed > 0)
            log.error(count_of(result_.failed, "row") + " of " + std::to_string(planned) + " would fail, and " +
                      (result_.failed == 1 ? "is" : "are") + " not in the sums");
        result_.broken = result_.failed == 0 && !failures_.empty(); // the manifest, and no row
        if (process_stop_flag().requested())
            result_.signal = process_stop_flag().signal();
        return exit_code_of(result_, checked.done_before, checked.failed_before);
    }

  private:
    // Rows that were done before are shown as well, but leave the others their place.
    std::string plan_row(const ManifestRow& row, const RowValues& values, RowPlan plan) {
        const std::string head = "\nrow " + std::to_string(row.number) + ": ";
        if (plan != RowPlan::run) {
            if (before_shown_ >= rows_shown)
                return {};
            ++before_shown_;
            return head + (plan == RowPlan::done_before ? "done before\n" : "failed before\n");
        }
        if (planned_shown_ < rows_shown) {
            ++planned_shown_;
            RunReporter reporter(session_.log(), progress_, nullptr, true);
            run(row, values, reporter);
            return head + row_command(command_.workflow, values) + "\n" + reporter.plan();
        }
        CountedRow quiet(row.number, warnings_);
        options_.offline = true;
        run(row, values, quiet);
        return {};
    }

    void run(const ManifestRow& row, const RowValues& values, RunListener& listener) {
        request_.vars = {values.begin(), values.end()};
        const LoadResult loaded = input_.workflow.bind(request_);
        left_ -= left_ > 0 ? 1 : 0;
        if (loaded.workflow) {
            options_.row = row.number;
            const RunResult result = run_workflow(*loaded.workflow, options_, listener, process_stop_flag());
            if (result.status != RunStatus::interrupted)
                judge(row, *loaded.workflow, result);
        } else { // the check has admitted it, so its surroundings have changed
            fail(row, loaded.diagnostics.empty() ? "cannot be planned" : to_text(loaded.diagnostics.front()));
        }
        show();
    }

    void judge(const ManifestRow& row, const Workflow& workflow, const RunResult& result) {
        const int code = result.exit_code();
        if (code == exit_code::done) {
            ++result_.done;
            totals_.add(workflow, result);
            return;
        }
        result_.unloadable = result_.unloadable || code == exit_code::plugin;
        result_.refused = result_.refused || is_token_refused(result);
        options_.offline = options_.offline || result_.refused; // it would be refused to the other rows, too
        const StepResult* cause = cause_of(result);
        fail(row, cause ? cause->id + ": " + cause->error.message : "the row would fail");
    }

    void fail(const ManifestRow& row, const std::string& why) {
        ++result_.failed;
        failures_.add(why, row.number, printable(input_.manifest->path()) + ":" + std::to_string(row.line) + ": ");
    }

    void show() { progress_.set_rows({result_.done, result_.failed, 0, left_, "planned"}); }

    const BatchCommand& command_;
    const BatchInput& input_;
    RowPlans plans_;
    Session& session_;
    ProgressDisplay progress_;
    LoadRequest request_;
    RunOptions options_;
    std::uint64_t left_; // rows to be planned
    std::uint64_t planned_shown_ = 0;
    std::uint64_t before_shown_ = 0;
    PlanTotals totals_;
    BatchResult result_;
    ProblemList failures_{problems_told};
    ProblemList warnings_{problems_told};
};

} // namespace

int plan_batch(const BatchCommand& command, const BatchInput& input, Shard shard, const RowCheckResult& checked,
               KnownRows known, Session& session) {
    install_signal_handlers(process_stop_flag(), running_groups());
    Plan plan(command, input, shard, checked, std::move(known), session);
    const Workflow& workflow = input.workflow.steps();
    std::string text = graph_text(workflow) + totals_text(checked, workflow.steps.size()) + plan.rows();
    if (checked.mine > plan.shown())
        text += "\nand " + count_of(checked.mine - plan.shown(), "row") + " more\n";
    if (const std::string totals = plan.totals().text(); !totals.empty())
        text += "\n" + totals;
    const int code = plan.conclude(checked);
    if (auto reason = write_stdout(text)) {
        session.log().error(*reason);
        return code == exit_code::done ? exit_code::failed : code;
    }
    return code;
}

} // namespace ferry
