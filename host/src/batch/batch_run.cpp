#include "batch/batch_run.hpp"

#include "batch/batch_folder.hpp"
#include "batch/row_reporter.hpp"
#include "batch/row_text.hpp"
#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "workflow/outputs_document.hpp"
#include "workflow/shared_steps.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <csignal>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace ferry {

namespace {

// How often the signals' flag is looked at: a handler can wake nobody.
constexpr std::chrono::milliseconds kSignalTick{50};

double unix_seconds() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string host_name() {
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    const std::string text = shell_quoted(name.data());
    return text.find_first_of("\t\n") == std::string::npos && name[0] != '\0' ? text : ":";
}

// Rows that failed at the same step with the same code count as one failure, told in the words of the first.
void add_failure(const RunResult& result, std::uint64_t row, ProblemList& failures) {
    const StepResult* cause = cause_of(result);
    failures.add(cause ? cause->id + ": " + cause->error.code : "could not be run", row,
                 cause ? cause->error.message : std::string());
}

class BatchRun {
  public:
    BatchRun(BatchPlan plan, const BatchSinks& sinks, const StopFlag& signals)
        : plan_(std::move(plan))
        , sinks_(sinks)
        , signals_(signals)
        , pass_(plan_.manifest.pass())
        , plans_(plan_.shard, plan_.resume, std::move(plan_.known), plan_.load.vars)
        , host_(host_name())
        , left_(plan_.to_run) {
        if (plan_.run.run_id.empty())
            plan_.run.run_id = make_run_id();
    }

    BatchResult go();

  private:
    struct Job {
        ManifestRow row;
        RowValues values; // those of --var behind the row's
    };

    void work();
    std::optional<Job> next();
    bool may_start();
    std::optional<Job> read_on();
    void run(const Job& job);
    RunResult not_run(const Job& job, const std::string& why);
    void finish(const Job& job, const RunResult& result, double start, double seconds);
    bool hand_over(const Job& job, const RunResult& result, double start, double seconds);
    void sync();
    void judge(const RunResult& result, std::uint64_t row, bool handed_over);
    void stop_starting(const std::string& why);
    void say_broken(const std::string& problem);
    void give_up(const std::string& problem, const std::string& why);
    void show();

    BatchPlan plan_;
    const BatchSinks& sinks_;
    const StopFlag& signals_; // of the process
    StopFlag stop_;           // of the rows

    SharedSteps shared_steps_;

    // Of the sinks: held while a line is written, which may take as long as its reader likes. Comes before mutex_.
    std::mutex lines_;
    std::chrono::steady_clock::time_point synced_ = std::chrono::steady_clock::now();
    bool results_broken_ = false;
    bool joblog_broken_ = false;

    std::mutex mutex_; // all below
    std::condition_variable ended_;
    std::unique_ptr<Manifest::Pass> pass_;
    RowPlans plans_;
    const std::string host_;
    std::uint64_t left_;
    std::uint64_t running_ = 0;
    std::size_t workers_ = 0;
    bool closed_ = false; // no other row starts
    BatchResult result_;
};

void BatchRun::show() {
    sinks_.progress.set_rows(
        {result_.done, result_.failed + result_.stopped + result_.not_handed_over, running_, left_});
}

void BatchRun::say_broken(const std::string& problem) {
    sinks_.log.error(problem);
    result_.broken = true;
}

void BatchRun::stop_starting(const std::string& why) {
    if (std::exchange(closed_, true))
        return;
    sinks_.log.warn("no other row is started: " + why);
}

bool BatchRun::may_start() {
    if (signals_.requested() || stop_.requested())
        closed_ = true;
    if (!closed_ && !plan_.manifest.unchanged()) {
        say_broken("the manifest '" + printable(plan_.manifest.path()) + "' was changed while its rows were running");
        stop_starting("the rows that were checked are no longer those of the file; run again with --resume");
    }
    return !closed_;
}

// The next row that is to run.
std::optional<BatchRun::Job> BatchRun::read_on() {
    Job job;
    for (;;) {
        switch (pass_->next(job.row)) {
        case Manifest::Pass::Next::end:
            return std::nullopt;
        case Manifest::Pass::Next::problem: // the check found none, so the file or its disk is at fault
            say_broken(to_text(pass_->problem()));
            stop_starting("the manifest cannot be read any more");
            return std::nullopt;
        case Manifest::Pass::Next::row:
            break;
        }
        if (plans_.next(job.row, job.values) == RowPlan::run)
            return job;
    }
}

std::optional<BatchRun::Job> BatchRun::next() {
    const std::lock_guard lock(mutex_);
    if (!may_start())
        return std::nullopt;
    auto job = read_on();
    if (!job || !may_start()) // changed while it was read
        return std::nullopt;
    left_ -= left_ > 0 ? 1 : 0;
    ++running_;
    show();
    return job;
}

void BatchRun::run(const Job& job) {
    const double start = unix_seconds();
    const auto began = std::chrono::steady_clock::now();
    RunResult result;
    try {
        LoadRequest request = plan_.load;
        request.vars = {job.values.begin(), job.values.end()};
        const LoadResult loaded = plan_.workflow.bind(request);
        RunOptions options = plan_.run;
        options.shared = &shared_steps_;
        options.row = job.row.number;
        if (!options.run_dir.empty())
            options.run_dir = row_folder(options.run_dir, job.row.number);
        RowReporter reporter(job.row.number, plan_.to_run, sinks_.log, sinks_.progress, sinks_.events);
        if (loaded.workflow)
            result = run_workflow(*loaded.workflow, options, reporter, stop_);
        else // the check has admitted it, so its surroundings have changed
            result = not_run(job, loaded.diagnostics.empty() ? "" : to_text(loaded.diagnostics.front()));
    } catch (const std::exception& error) {
        result = not_run(job, error.what());
    }
    finish(job, result, start, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
}

RunResult BatchRun::not_run(const Job& job, const std::string& why) {
    sinks_.log.write(FERRY_LOG_ERROR, "row " + std::to_string(job.row.number),
                     "could not be run: " + printable(why, 500));
    RunResult result;
    result.workflow = plan_.workflow.steps().name;
    result.run_id = plan_.run.run_id;
    result.row = job.row.number;
    result.status = RunStatus::failed;
    for (const auto& [name, value] : job.values)
        result.vars[name] = value;
    return result;
}

void BatchRun::finish(const Job& job, const RunResult& result, double start, double seconds) {
    const bool handed_over = hand_over(job, result, start, seconds);
    const std::lock_guard lock(mutex_);
    --running_;
    judge(result, job.row.number, handed_over);
    show();
}

void BatchRun::give_up(const std::string& problem, const std::string& why) {
    const std::lock_guard lock(mutex_);
    say_broken(problem);
    stop_starting(why);
}

// The joblog last, and only if the document is wherever it was asked for: a row that the joblog has runs no more, and
// so is never handed over again.
bool BatchRun::hand_over(const Job& job, const RunResult& result, double start, double seconds) {
    const std::string document = quiet_json(to_json(outputs_document(result)));
    const JoblogEntry entry{job.row.number,
                            host_,
                            start,
                            seconds,
                            result.exit_code(),
                            result.signal,
                            row_command(plan_.workflow_file, job.values)};
    const std::lock_guard lock(lines_);
    if (const auto problem = sinks_.results.add(document, signals_)) {
        if (!std::exchange(results_broken_, true))
            give_up(*problem, "results can no longer be handed over");
        sinks_.log.write(FERRY_LOG_ERROR, "row " + std::to_string(job.row.number),
                         "its document could not be handed over, so it is not in the joblog, and --resume runs it "
                         "again");
        return false;
    }
    if (const auto problem = sinks_.joblog.append(entry)) {
        if (!std::exchange(joblog_broken_, true))
            give_up(*problem, "what they do could not be kept in the joblog");
        sinks_.log.write(FERRY_LOG_ERROR, "row " + std::to_string(job.row.number),
                         "it could not be kept in the joblog, so --resume runs it again");
    }
    if (std::chrono::steady_clock::now() - synced_ >= plan_.sync_every)
        sync();
    return true;
}

// Documents before the lines that have them as done: after a power cut, a row too many runs again rather than none.
void BatchRun::sync() {
    if (const auto problem = sinks_.results.sync(); problem && !std::exchange(results_broken_, true))
        give_up(*problem, "results can no longer be handed over");
    if (const auto problem = sinks_.joblog.sync(); problem && !std::exchange(joblog_broken_, true))
        give_up(*problem + "; --resume would run the rows again that it has no line of",
                "what they do could not be kept in the joblog");
    synced_ = std::chrono::steady_clock::now();
}

void BatchRun::judge(const RunResult& result, std::uint64_t row, bool handed_over) {
    const int code = result.exit_code();
    const bool no_token = is_token_refused(result);
    result_.leftovers.add(result);
    result_.unloadable = result_.unloadable || code == 3;
    result_.refused = result_.refused || no_token;
    if (no_token)
        stop_starting("the platform refused the token, and would refuse it to every row");
    else if (code == 3)
        stop_starting("a plugin cannot be used, and every row needs it");
    if (!handed_over) {
        ++result_.not_handed_over;
    } else if (result.status == RunStatus::succeeded) {
        ++result_.done;
    } else if (result.status == RunStatus::interrupted) {
        ++result_.stopped;
    } else {
        ++result_.failed;
        add_failure(result, row, result_.failures);
    }
    if (result.status != RunStatus::failed || plan_.halt == Halt::never)
        return;
    stop_starting("row " + std::to_string(row) + " failed (--halt " + (plan_.halt == Halt::soon ? "soon)" : "now)"));
    if (plan_.halt == Halt::now)
        stop_.request(SIGTERM);
}

void BatchRun::work() {
    while (const auto job = next())
        run(*job);
    const std::lock_guard lock(mutex_);
    --workers_;
    ended_.notify_all();
}

BatchResult BatchRun::go() {
    sinks_.progress.set_steps(plan_.workflow.steps().steps.size());
    show();
    std::vector<std::thread> threads;
    const std::uint64_t wanted = std::min<std::uint64_t>(plan_.jobs, std::max<std::uint64_t>(plan_.to_run, 1));
    try {
        while (threads.size() < wanted) {
            {
                const std::lock_guard lock(mutex_);
                ++workers_;
            }
            threads.emplace_back([this] { work(); });
        }
    } catch (const std::system_error& error) { // fewer are slower, but as right
        const std::lock_guard lock(mutex_);
        --workers_;
        if (threads.empty())
            say_broken(std::string("no thread can be started for the rows: ") + error.what());
    }
    {
        std::unique_lock lock(mutex_);
        while (workers_ > 0) {
            ended_.wait_for(lock, kSignalTick);
            if (signals_.requested())
                stop_.request(signals_.signal());
        }
    }
    for (std::thread& thread : threads)
        thread.join();
    sync();
    result_.not_started = left_;
    if (signals_.requested() && result_.stopped + result_.not_handed_over + result_.not_started > 0)
        result_.signal = signals_.signal();
    return std::move(result_);
}

} // namespace

std::optional<Halt> halt_mode(std::string_view name) {
    if (name == "never")
        return Halt::never;
    if (name == "soon")
        return Halt::soon;
    return name == "now" ? std::optional(Halt::now) : std::nullopt;
}

BatchResult run_batch(BatchPlan plan, const BatchSinks& sinks, const StopFlag& stop) {
    return BatchRun(std::move(plan), sinks, stop).go();
}

int exit_code_of(const BatchResult& result, std::uint64_t done_before, std::uint64_t failed_before) {
    if (result.signal > 0)
        return 128 + result.signal;
    if (result.unloadable)
        return 3;
    if (result.refused)
        return 4;
    if (result.broken)
        return 1;
    if (result.failed + result.stopped + failed_before > 0)
        return result.done + done_before > 0 ? 5 : 1;
    return result.not_started > 0 ? 1 : 0;
}

} // namespace ferry
