#include "workflow/attempt.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "schema/defaults.hpp"
#include "secret_text.hpp"
#include "workflow/selection.hpp"

#include <algorithm>
#include <exception>

namespace ferry {

namespace {

AttemptResult ended(StepStatus status, std::string code, std::string message) {
    AttemptResult result;
    result.status = status;
    result.error = {std::move(code), std::move(message)};
    result.outputs = new_object();
    return result;
}

// "options": what is wrong with them was known only now.
AttemptResult wrong_options(Diagnostics problems) {
    const auto first =
        std::find_if(problems.begin(), problems.end(), [](const Diagnostic& problem) { return !problem.warning; });
    Diagnostic shown = *first;
    shown.file.clear();
    const std::size_t more = problems.size() - 1;
    AttemptResult result =
        ended(StepStatus::failed, "options", to_text(shown) + (more ? " (and " + std::to_string(more) + " more)" : ""));
    result.code = FERRY_INVALID;
    result.diagnostics = std::move(problems);
    return result;
}

class Attempt {
  public:
    Attempt(const Step& step, const TaskContext& context, const RunScope& scope,
            const std::function<std::int64_t()>& now_ms, RunListener& listener, const StopFlag& stop,
            const StepCache* cache)
        : step_(step)
        , context_(context)
        , scope_(scope)
        , now_ms_(now_ms)
        , listener_(listener)
        , stop_(stop)
        , cache_(cache)
        , host_{
              listener, scope.environment, [this] { return stop_.requested() || is_late(); },
              [this](std::string text) { return without_secrets(std::move(text), scope_.workflow.token_variables); }} {}

    AttemptResult run() {
        const Resolved shown = resolve_in_run(step_, scope_, true);
        if (!shown.problems.empty())
            return wrong_options(shown.problems);
        Diagnostics problems =
            without_open(step_.validator->check(shown.options, scope_.workflow.file, step_.with_pointer), shown.open,
                         step_.with_pointer);
        if (!problems.empty())
            return wrong_options(std::move(problems));
        // Tokens are put in last, when nothing that prints values comes after.
        const Resolved resolved = shown.open.empty() || scope_.dry_run ? shown : resolve_in_run(step_, scope_, false);
        const auto options = with_defaults(step_.entry->schema, *resolved.options);
        if (scope_.dry_run)
            return plan(*options, shown);
        problems = in_file(validate_task(*step_.entry, *options, context_, host_), shown);
        if (has_errors(problems))
            return wrong_options(std::move(problems));
        return cache_ && !scope_.dry_run ? run_and_keep(*options, shown) : run_with(*options, shown);
    }

  private:
    bool is_late() const { return context_.deadline_ms > 0 && now_ms_() >= context_.deadline_ms; }

    // The task's pointers lead into its options; what it found at a token's place is not passed on.
    Diagnostics in_file(Diagnostics problems, const Resolved& shown) const {
        for (Diagnostic& problem : problems) {
            for (const std::string& secret : shown.open)
                if (is_at_or_below(problem.pointer, secret))
                    problem.found = "a secret value";
            problem.file = scope_.workflow.file;
            problem.pointer = step_.with_pointer + problem.pointer;
        }
        return problems;
    }

    AttemptResult plan(const JsonObject& options, const Resolved& shown) {
        listener_.step_planned(context_, options, shown.complete);
        if (!shown.complete)
            return ended(StepStatus::skipped, "planned", "some of its options are known only after other steps");
        AttemptResult result = run_with(options, shown);
        // What is missing now may be there once the steps before have run.
        if (result.status == StepStatus::failed && !step_.needs.empty()) {
            result.status = StepStatus::skipped;
            result.error = {"planned", "not known before its needs have run: " + result.error.message};
            result.code = FERRY_OK;
        }
        return result;
    }

    // The record must not hold what people may not see, and nothing says so later.
    AttemptResult run_and_keep(const JsonObject& options, const Resolved& shown) {
        const auto stopped = [this] { return stop_.requested(); };
        const auto visible = shown.open.empty() ? nullptr : with_defaults(step_.entry->schema, *shown.options);
        auto stand = stand_of(step_, scope_.results);
        const auto begun = cache_->begin(step_, visible ? *visible : options,
                                         stand ? *std::move(stand) : std::vector<std::string>(), stopped);
        if (begun.stale)
            return ended(StepStatus::failed, "record",
                         "it was not started: the record of an earlier run, which would say that it is done, cannot be "
                         "removed: " +
                             *begun.stale + "; see to the state directory, or give another with --state-dir");
        AttemptResult result = run_with(options, shown);
        result.key = begun.key;
        if (result.status != StepStatus::succeeded)
            return result;
        if (const auto problem = cache_->keep(step_, begun, context_.run_id, result.mark, result.outputs))
            listener_.log(context_, FERRY_LOG_WARN, "--resume would run this step again: " + *problem);
        return result;
    }

    AttemptResult run_with(const JsonObject& options, const Resolved& shown) {
        TaskOutcome outcome = run_task(*step_.entry, options, context_, host_);
        AttemptResult result;
        result.code = outcome.code;
        result.outputs = outcome.outputs ? outcome.outputs : new_object();
        result.diagnostics = in_file(std::move(outcome.diagnostics), shown);
        if (outcome.code == FERRY_OK) {
            result.status = StepStatus::succeeded;
            result.mark = new_mark();
            return result;
        }
        result.error = error_of(outcome);
        result.may_retry = (outcome.code == FERRY_FAILED || result.error.code == "timeout") && !stop_.requested();
        return result;
    }

    StepError error_of(const TaskOutcome& outcome) const {
        const std::string message = outcome.message.empty() ? "the task gave no reason" : outcome.message;
        if (stop_.requested())
            return {"cancelled", message};
        if (is_late())
            return {"timeout", "ended after its timeout of " + format_duration(*step_.timeout) + ": " + message};
        if (outcome.code == FERRY_CANCELLED)
            return {"cancelled", message};
        return {outcome.kind.empty() ? "failed" : printable(outcome.kind, 64), message};
    }

    const Step& step_;
    const TaskContext& context_;
    const RunScope& scope_;
    const std::function<std::int64_t()>& now_ms_;
    RunListener& listener_;
    const StopFlag& stop_;
    const StepCache* const cache_;
    TaskHost host_;
};

} // namespace

AttemptResult run_attempt(const Step& step, const TaskContext& context, const RunScope& scope,
                          const std::function<std::int64_t()>& now_ms, RunListener& listener, const StopFlag& stop,
                          const StepCache* cache) {
    try {
        return Attempt(step, context, scope, now_ms, listener, stop, cache).run();
    } catch (const std::exception& error) {
        return ended(StepStatus::failed, "failed", "the step could not be run: " + printable(error.what(), 500));
    }
}

} // namespace ferry
