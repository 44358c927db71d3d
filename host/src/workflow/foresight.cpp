#include "workflow/foresight.hpp"

#include <algorithm>
#include <exception>

namespace ferry {

namespace {

class Pass {
  public:
    Pass(const Workflow& workflow, const std::vector<Choice>& choices, const RunOptions& options,
         const std::string& run_id, const StepCache& cache, const std::function<bool()>& stopped)
        : workflow_(workflow)
        , choices_(choices)
        , options_(options)
        , run_id_(run_id)
        , cache_(cache)
        , stopped_(stopped)
        , results_(workflow.steps.size())
        , anew_(workflow.steps.size(), false)
        , answers_(workflow.steps.size()) {
        for (std::size_t number = 0; number < results_.size(); ++number) {
            results_[number].id = workflow.steps[number].id;
            results_[number].outputs = new_object();
        }
    }

    std::vector<Foreseen> go() {
        for (const std::size_t number : workflow_.order) {
            if (stopped_())
                break;
            try {
                look_at(number);
            } catch (const std::exception&) {
                anew_[number] = true; // nothing is known of it, so nothing behind it is safe
            }
        }
        return std::move(answers_);
    }

  private:
    void look_at(std::size_t number);
    void take(std::size_t number, const StepRecord& record) {
        results_[number].status = StepStatus::cached;
        results_[number].outputs = record.outputs;
    }
    // Skipped when all goes well.
    bool passed_over(const Step& step, Choice choice) const {
        if (choice == Choice::leave || choice == Choice::demanded)
            return choice == Choice::leave && step.when == When::failure;
        return step.when == When::failure;
    }

    const Workflow& workflow_;
    const std::vector<Choice>& choices_;
    const RunOptions& options_;
    const std::string& run_id_;
    const StepCache& cache_;
    const std::function<bool()>& stopped_;
    std::vector<StepResult> results_; // as far as records tell: stale ones lead on to the records that stand on them
    std::vector<bool> anew_;          // it will run, or stands on one that will
    std::vector<Foreseen> answers_;
};

void Pass::look_at(std::size_t number) {
    const Step& step = workflow_.steps[number];
    const Choice choice = choices_[number];
    if (passed_over(step, choice))
        return;
    const bool need_anew = std::any_of(step.needs.begin(), step.needs.end(), [&](std::size_t n) { return anew_[n]; });
    bool runs = need_anew || choice == Choice::run || choice == Choice::demanded;
    const RunScope scope{workflow_, options_.environment, run_id_, results_, false, true};
    const auto shown = visible_options(step, scope);
    if (shown && !runs && choice != Choice::leave) {
        auto found = cache_.find(step, *shown, stopped_);
        if (const auto* record = std::get_if<StepRecord>(&found)) {
            take(number, *record);
            answers_[number] = *record;
            return;
        }
        answers_[number] = std::get<NoRecord>(found);
        runs = true;
    }
    const auto before = shown ? cache_.recorded(step, *shown) : std::nullopt;
    if (before)
        take(number, *before);
    // One that may fail, and did, changes nothing for those behind it if it fails again.
    anew_[number] = runs && (before || !step.allow_failure);
    if (before && runs && options_.keep_records && !options_.dry_run)
        cache_.forget(step, *shown);
}

} // namespace

std::vector<Foreseen> foresee(const Workflow& workflow, const std::vector<Choice>& choices, const RunOptions& options,
                              const std::string& run_id, const StepCache& cache, const std::function<bool()>& stopped) {
    const bool asked = options.resume || !options.from.empty() || !options.only.empty();
    if (!asked && (!options.keep_records || options.dry_run))
        return std::vector<Foreseen>(workflow.steps.size());
    return Pass(workflow, choices, options, run_id, cache, stopped).go();
}

std::optional<MissingRecord> missing_record(const Workflow& workflow, const RunOptions& options) {
    if (options.from.empty() && options.only.empty())
        return std::nullopt;
    const std::vector<Choice> choices = choose_steps(workflow, graph_of(workflow), options);
    const StepCache cache(workflow, options.state_dir, options.work_dir, options.environment);
    RunOptions looking = options;
    looking.keep_records = false;
    const std::vector<Foreseen> answers =
        foresee(workflow, choices, looking, looking.run_id, cache, [] { return false; });
    for (const std::size_t number : workflow.order) {
        const Step& step = workflow.steps[number];
        if (choices[number] != Choice::from_record || step.when == When::failure || step.allow_failure)
            continue;
        if (const auto* none = std::get_if<NoRecord>(&answers[number]))
            return MissingRecord{step.id, none->reason};
    }
    return std::nullopt;
}

} // namespace ferry
