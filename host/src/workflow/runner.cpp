#include "workflow/runner.hpp"

#include "document/text.hpp"
#include "workflow/attempt.hpp"
#include "workflow/selection.hpp"
#include "workflow/shared_steps.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>
#include <thread>

namespace ferry {

namespace {

using Moment = std::chrono::steady_clock::time_point;

// How often the stop flag is looked at while nothing else happens: a signal handler can wake nobody.
constexpr std::chrono::milliseconds kStopTick{50};

std::int64_t system_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

double since(Moment start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// What is left to do of a step, and what it did. Written under the mutex.
struct Progress {
    std::size_t open_needs = 0;
    std::uint32_t attempts = 0;
    std::optional<Moment> started;
    bool failed_upstream = false; // a need failed, or was skipped because of one
    bool ended = false;
};

class Run {
  public:
    Run(const Workflow& workflow, const RunOptions& options, RunListener& listener, const StopFlag& stop)
        : workflow_(workflow)
        , options_(options)
        , listener_(listener)
        , stop_(stop)
        , graph_(graph_of(workflow))
        , choices_(choose_steps(workflow, graph_, options))
        , cache_(workflow, options.state_dir, options.work_dir, options.environment)
        , progress_(workflow.steps.size())
        , unfinished_(workflow.steps.size()) {
        result_.workflow = workflow.name;
        result_.run_id = options.run_id.empty() ? make_run_id() : options.run_id;
        result_.row = options.row;
        result_.vars = workflow.vars;
        result_.steps.resize(workflow.steps.size());
        for (std::size_t i = 0; i < workflow.steps.size(); ++i) {
            result_.steps[i].id = workflow.steps[i].id;
            result_.steps[i].outputs = new_object();
            progress_[i].open_needs = workflow.steps[i].needs.size();
        }
        now_ms_ = options.now_ms ? options.now_ms : system_ms;
    }

    RunResult go();

  private:
    void work();
    std::optional<std::size_t> next();
    void attempt(std::size_t number);
    bool answer(std::size_t number, bool shared);
    void answer_with(std::size_t number, const StepRecord& record);
    void miss(std::size_t number, const std::string& reason);
    RunScope scope() const {
        return {workflow_, options_.environment, result_.run_id, result_.steps, options_.dry_run, true};
    }
    bool retry(std::size_t number, const AttemptResult& attempt, const TaskContext& context);
    void finish(std::size_t number, AttemptResult attempt, const TaskContext& context);
    std::string mark_of(std::size_t number, const AttemptResult& attempt) const;
    void skip(std::size_t number, std::string code, std::string message);
    void skip_all(std::vector<std::size_t> to_skip);
    void release_first();
    std::vector<std::size_t> release(std::size_t number);
    void wait_for_end();
    void skip_rest();
    TaskContext context_of(std::size_t number, std::uint32_t attempt) const;
    std::string why_skip(std::size_t number) const;
    void conclude();

    const Workflow& workflow_;
    const RunOptions& options_;
    RunListener& listener_;
    const StopFlag& stop_;
    const Graph graph_;
    const std::vector<Choice> choices_;
    const StepCache cache_;
    std::function<std::int64_t()> now_ms_;

    std::mutex mutex_;
    std::condition_variable changed_;                  // ready_, delayed_, unfinished_ or stopping_
    std::set<std::size_t> ready_;                      // in the file's order
    std::set<std::pair<Moment, std::size_t>> delayed_; // waiting for their next attempt
    std::vector<Progress> progress_;
    std::size_t unfinished_; // steps whose end has not been told yet
    bool stopping_ = false;
    bool interrupted_ = false;
    RunResult result_; // a step's result is written by its worker before its dependents can start
};

TaskContext Run::context_of(std::size_t number, std::uint32_t attempt) const {
    const Step& step = workflow_.steps[number];
    TaskContext context;
    context.state_dir = options_.state_dir;
    context.work_dir = options_.work_dir;
    context.workflow = workflow_.name;
    context.run_id = result_.run_id;
    context.run_dir = options_.run_dir.empty() ? options_.state_dir + "/runs/" + result_.run_id : options_.run_dir;
    context.step_id = step.id;
    context.attempt = attempt;
    context.dry_run = options_.dry_run;
    context.offline = options_.offline;
    context.row = options_.row;
    if (step.timeout && attempt > 0)
        context.deadline_ms = now_ms_() + step.timeout->count();
    return context;
}

// Waits for a step that may start; nullopt when there will be none any more.
std::optional<std::size_t> Run::next() {
    std::unique_lock lock(mutex_);
    for (;;) {
        stopping_ = stopping_ || stop_.requested();
        if (stopping_ || unfinished_ == 0)
            return std::nullopt;
        const Moment now = std::chrono::steady_clock::now();
        while (!delayed_.empty() && delayed_.begin()->first <= now) {
            ready_.insert(delayed_.begin()->second);
            delayed_.erase(delayed_.begin());
        }
        if (!ready_.empty()) {
            const std::size_t number = *ready_.begin();
            ready_.erase(ready_.begin());
            Progress& progress = progress_[number];
            ++progress.attempts;
            if (!progress.started)
                progress.started = now;
            return number;
        }
        if (delayed_.empty()) {
            changed_.wait(lock);
            continue;
        }
        // By value: another worker may erase the entry while this one waits, and the wait reads its argument after
        // that. No longer than a tick: without another thread nobody else sees the stop flag.
        changed_.wait_until(lock, Moment(std::min(delayed_.begin()->first, now + kStopTick)));
    }
}

void Run::work() {
    while (const auto number = next())
        attempt(*number);
}

// True if the step is done with, as a record answers it, or has to and does not.
bool Run::answer(std::size_t number, bool shared) {
    const Choice choice = choices_[number];
    const bool runs = choice == Choice::run || choice == Choice::demanded;
    if ((runs && !shared) || progress_[number].attempts > 1)
        return false;
    auto found = look_up(workflow_.steps[number], scope(), cache_, [this] { return stop_.requested(); });
    if (const auto* record = std::get_if<StepRecord>(&found); record && (!runs || record->run_id == result_.run_id)) {
        answer_with(number, *record);
        return true;
    }
    if (runs)
        return false;
    const std::string& reason = std::get<NoRecord>(found).reason;
    if (choice == Choice::from_record) {
        miss(number, reason);
        return true;
    }
    listener_.log(context_of(number, 0), reason.empty() ? FERRY_LOG_DEBUG : FERRY_LOG_INFO,
                  "not cached: " + (reason.empty() ? "there is no record of it" : reason));
    return false;
}

void Run::answer_with(std::size_t number, const StepRecord& record) {
    StepResult& result = result_.steps[number];
    result.status = StepStatus::cached;
    result.outputs = record.outputs;
    result.from_run = record.run_id;
    result.mark = record.mark;
    listener_.step_finished(context_of(number, 0), result, {});
    skip_all(release(number));
}

void Run::miss(std::size_t number, const std::string& reason) {
    StepResult& result = result_.steps[number];
    result.allowed = workflow_.steps[number].allow_failure;
    result.status = result.allowed ? StepStatus::skipped : StepStatus::failed;
    result.error = {"record", "no record of an earlier run answers it" + (reason.empty() ? "" : ": " + reason)};
    result.mark = result.allowed ? skipped_mark(stand_of(workflow_.steps[number], result_.steps)) : new_mark();
    listener_.step_finished(context_of(number, 0), result, {});
    skip_all(release(number));
}

void Run::attempt(std::size_t number) {
    const SharedSteps::Hold held =
        hold_step(workflow_.steps[number], scope(), cache_, options_, [this] { return stop_.requested(); });
    if (answer(number, static_cast<bool>(held)))
        return;
    const Step& step = workflow_.steps[number];
    const TaskContext context = context_of(number, progress_[number].attempts);
    listener_.step_started(context, step);
    AttemptResult result =
        run_attempt(step, context, scope(), now_ms_, listener_, stop_, options_.keep_records ? &cache_ : nullptr);
    if (!retry(number, result, context))
        finish(number, std::move(result), context);
}

// True if the step gets another attempt. Its delay holds no worker.
bool Run::retry(std::size_t number, const AttemptResult& attempt, const TaskContext& context) {
    const RetryPlan& plan = workflow_.steps[number].retry;
    if (!attempt.may_retry || attempt.status != StepStatus::failed || context.attempt >= plan.attempts)
        return false;
    result_.steps[number].error = attempt.error; // what stands if a stop comes before the next attempt
    result_.steps[number].code = attempt.code;
    listener_.step_retried(context, attempt.error, plan.delay);
    const std::lock_guard lock(mutex_);
    delayed_.insert({std::chrono::steady_clock::now() + plan.delay, number});
    changed_.notify_one();
    return true;
}

void Run::finish(std::size_t number, AttemptResult attempt, const TaskContext& context) {
    StepResult& result = result_.steps[number];
    result.status = attempt.status;
    result.seconds = since(*progress_[number].started);
    result.outputs = attempt.outputs;
    result.error = attempt.error;
    result.code = attempt.code;
    result.allowed = attempt.status == StepStatus::failed && workflow_.steps[number].allow_failure;
    result.mark = mark_of(number, attempt);
    listener_.step_finished(context, result, attempt.diagnostics);
    skip_all(release(number));
}

// What is planned is not done: those behind it have nothing that they could have stood on.
std::string Run::mark_of(std::size_t number, const AttemptResult& attempt) const {
    if (options_.dry_run)
        return {};
    if (attempt.status == StepStatus::succeeded)
        return attempt.mark;
    const bool known = result_.steps[number].allowed && !attempt.key.empty();
    return known ? failed_mark(attempt.key, stand_of(workflow_.steps[number], result_.steps)) : new_mark();
}

// A skipped step releases its own dependents in turn; a chain of them may be long, so no recursion.
void Run::skip_all(std::vector<std::size_t> to_skip) {
    for (std::size_t i = 0; i < to_skip.size(); ++i) {
        skip(to_skip[i], "skipped", why_skip(to_skip[i]));
        const auto more = release(to_skip[i]);
        to_skip.insert(to_skip.end(), more.begin(), more.end());
    }
}

// Those without needs.
void Run::release_first() {
    std::vector<std::size_t> to_skip;
    for (std::size_t number = 0; number < progress_.size(); ++number) {
        if (progress_[number].open_needs > 0)
            continue;
        if (why_skip(number).empty())
            ready_.insert(number);
        else
            to_skip.push_back(number);
    }
    skip_all(std::move(to_skip));
}

void Run::skip(std::size_t number, std::string code, std::string message) {
    StepResult& result = result_.steps[number];
    result.status = StepStatus::skipped;
    result.error = {std::move(code), std::move(message)};
    result.mark = skipped_mark(stand_of(workflow_.steps[number], result_.steps));
    listener_.step_finished(context_of(number, 0), result, {});
}

// Counts an ended step off at its dependents: those that may start become ready, those that may not are answered.
std::vector<std::size_t> Run::release(std::size_t number) {
    const std::lock_guard lock(mutex_);
    const StepResult& result = result_.steps[number];
    const bool stopped = stop_.requested();
    interrupted_ = interrupted_ || (stopped && result.status == StepStatus::failed);
    stopping_ = stopping_ || stopped;
    const bool failed = result.status == StepStatus::failed ||
                        (result.status == StepStatus::skipped && progress_[number].failed_upstream);
    std::vector<std::size_t> to_skip;
    for (const std::size_t dependent : graph_.dependents(number)) {
        Progress& progress = progress_[dependent];
        progress.failed_upstream = progress.failed_upstream || failed;
        if (--progress.open_needs > 0)
            continue;
        if (why_skip(dependent).empty())
            ready_.insert(dependent);
        else if (!stopping_)
            to_skip.push_back(dependent);
    }
    progress_[number].ended = true;
    --unfinished_;
    changed_.notify_all();
    return to_skip;
}

// Empty if the step, all needs ended, may start.
std::string Run::why_skip(std::size_t number) const {
    return reason_to_skip(workflow_.steps[number], choices_[number], result_.steps, progress_[number].failed_upstream,
                          options_);
}

// Returns when every step has ended or, after a stop, when no worker will take another.
void Run::wait_for_end() {
    std::unique_lock lock(mutex_);
    while (unfinished_ > 0 && !stopping_) {
        changed_.wait_for(lock, kStopTick);
        if (stop_.requested()) {
            stopping_ = true;
            changed_.notify_all();
        }
    }
}

// After a stop, with all workers gone: what never started, and what waited for another attempt.
void Run::skip_rest() {
    for (std::size_t number = 0; number < progress_.size(); ++number) {
        const Progress& progress = progress_[number];
        if (progress.ended)
            continue;
        interrupted_ = true;
        if (progress.attempts == 0) {
            skip(number, "cancelled", "not started: the run was stopped");
            continue;
        }
        StepResult& result = result_.steps[number]; // with the error of its last attempt
        result.status = StepStatus::failed;
        result.seconds = since(*progress.started);
        listener_.step_finished(context_of(number, progress.attempts), result, {});
    }
}

void Run::conclude() {
    const bool failed = std::any_of(result_.steps.begin(), result_.steps.end(), [](const StepResult& step) {
        return step.status == StepStatus::failed && !step.allowed;
    });
    result_.status = interrupted_ ? RunStatus::interrupted : failed ? RunStatus::failed : RunStatus::succeeded;
    result_.signal = interrupted_ ? stop_.signal() : 0;
}

RunResult Run::go() {
    listener_.run_started(workflow_, result_.run_id);
    release_first();
    const std::size_t wanted = std::clamp<std::size_t>(options_.jobs, 1, std::max<std::size_t>(1, progress_.size()));
    std::vector<std::thread> workers;
    try {
        while (wanted > 1 && workers.size() < wanted)
            workers.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
        // Fewer workers are slower, but as right.
    }
    if (workers.empty())
        work(); // one step at a time needs no other thread: a batch runs many thousand small workflows
    wait_for_end();
    for (std::thread& worker : workers)
        worker.join();
    skip_rest();
    conclude();
    listener_.run_finished(result_);
    return std::move(result_);
}

} // namespace

RunResult run_workflow(const Workflow& workflow, const RunOptions& options, RunListener& listener,
                       const StopFlag& stop) {
    return Run(workflow, options, listener, stop).go();
}

} // namespace ferry
