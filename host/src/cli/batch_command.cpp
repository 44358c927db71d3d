#include "cli/execute.hpp"

#include "batch/batch_folder.hpp"
#include "batch/row_text.hpp"
#include "cli/batch_dry_run.hpp"
#include "cli/go_on.hpp"
#include "cli/run_support.hpp"
#include "cli/state_dir.hpp"
#include "cli/tidy_state.hpp"
#include "document/text.hpp"
#include "document/units.hpp"
#include "report/result_writer.hpp"
#include "signals.hpp"
#include "tasks/child_process.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <thread>

namespace ferry {
namespace {

// What would be written over something that is still needed; empty if nothing.
std::string clash_of(const BatchCommand& command, const std::string& joblog, const std::string& outputs,
                     const std::string& events) {
    const auto beside = [](const std::string& file, const char* ending) { return file.empty() ? file : file + ending; };
    const std::pair<const char*, std::string> read[] = {{"the workflow", command.workflow},
                                                        {"the manifest", command.manifest}};
    const std::pair<const char*, std::string> written[] = {
        {"--joblog", joblog},
        {"the earlier file of --joblog", beside(joblog, ".old")},
        {"--outputs", outputs},
        {"the unfinished file of --outputs", beside(outputs, ".partial")},
        {"the unfinished file of --outputs", beside(outputs, ".partial.new")},
        {"the earlier file of --outputs", beside(outputs, ".partial.old")},
        {"--events", events}};
    for (auto file = std::begin(written); file != std::end(written); ++file) {
        for (const auto& [name, path] : read)
            if (same_file(file->second, path))
                return std::string(file->first) + " '" + printable(path) + "' is " + name + "; give another name";
        for (auto other = std::begin(written); other != file; ++other)
            if (same_file(file->second, other->second))
                return std::string(file->first) + " '" + printable(file->second) + "' is " + other->first +
                       " too; give another name";
    }
    return {};
}

// One for each pair of workflow and manifest.
std::string default_joblog(const BatchCommand& command, const std::string& state_dir) {
    std::error_code error;
    const auto whole = [&](const std::string& path) {
        return std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error).string();
    };
    char hash[17];
    std::snprintf(hash, sizeof hash, "%016llx",
                  static_cast<unsigned long long>(row_hash({{whole(command.workflow), whole(command.manifest)}})));
    return state_dir + "/batch/" + stem_of(command.workflow) + "-" + hash + ".joblog";
}

class Batch {
  public:
    explicit Batch(const BatchCommand& command) : command_(command), session_(command.common) {}

    int run() {
        auto shard = command_.shard.empty() ? Shard() : parse_shard(command_.shard, process_environment());
        if (const auto* reason = std::get_if<std::string>(&shard))
            return refuse(*reason);
        shard_ = std::get<Shard>(shard);
        int code = exit_code::usage;
        const auto input = read_batch_input(command_.workflow, command_.manifest, command_.vars,
                                            command_.common.state_dir, session_, code);
        if (!input)
            return code;
        const auto state = open_state_dir(command_.common.state_dir, !command_.dry_run);
        if (const auto* problem = std::get_if<StateDirProblem>(&state))
            return refuse(problem->reason);
        state_dir_ = std::get<std::string>(state);
        joblog_of_all_ = command_.joblog.empty() ? default_joblog(command_, state_dir_) : command_.joblog;
        joblog_path_ = with_shard(joblog_of_all_, shard_.index, shard_.count);
        if (!command_.common.outputs.empty())
            outputs_path_ = with_shard(command_.common.outputs, shard_.index, shard_.count);
        if (!command_.common.events.empty())
            events_path_ = with_shard(command_.common.events, shard_.index, shard_.count);
        if (const std::string clash = clash_of(command_, joblog_path_, outputs_path_, events_path_); !clash.empty())
            return refuse(clash);
        if (command_.resume != Resume::no && !learn_what_is_done(*input))
            return exit_code::usage;
        return check_and_run(*input);
    }

  private:
    int refuse(const std::string& reason) {
        session_.log().error(reason);
        return exit_code::usage;
    }

    bool open_joblog(Joblog::Mode mode) {
        if (command_.joblog.empty() && mode != Joblog::Mode::read_only)
            ::mkdir((state_dir_ + "/batch").c_str(), 0700); // what is wrong with it is told of the file in it
        auto opened = read_joblog(joblog_path_, mode);
        if (const auto* reason = std::get_if<std::string>(&opened)) {
            refuse(*reason);
            return false;
        }
        joblog_ = std::move(std::get<std::unique_ptr<Joblog>>(opened));
        return true;
    }

    // Its lines to known_. A joblog of another workflow is refused: its rows may have the same values.
    std::variant<std::unique_ptr<Joblog>, std::string> read_joblog(const std::string& path, Joblog::Mode mode) {
        Joblog::Known known{[this](const JoblogEntry& entry) { known_.add(entry); }, 0};
        auto opened = Joblog::open(path, mode, known);
        for (const std::string& workflow : known_.workflows())
            if (!same_file(workflow, command_.workflow))
                return "the joblog '" + printable(path) + "' is of another workflow, '" + printable(workflow) +
                       "'; give another file with --joblog, or begin anew without --resume";
        if (known.odd_lines > 0)
            session_.log().warn("the joblog '" + printable(path) + "' has " + count_of(known.odd_lines, "line") +
                                " that cannot be read; if they were rows, those are run again");
        return opened;
    }

    // A row may have been another shard's before the table changed, so all joblogs of the shards count.
    bool learn_what_is_done(const BatchInput& input) {
        if (!open_joblog(command_.dry_run ? Joblog::Mode::read_only : Joblog::Mode::go_on))
            return false;
        for (std::uint64_t index = 1; index <= shard_.count; ++index)
            if (index != shard_.index) {
                const auto other =
                    read_joblog(with_shard(joblog_of_all_, index, shard_.count), Joblog::Mode::read_only);
                if (const auto* reason = std::get_if<std::string>(&other)) {
                    refuse(*reason);
                    return false;
                }
            }
        known_.seal(!shard_.whole());
        if (!shard_.whole())
            pin_rows(*input.manifest, input.load.vars, known_);
        return true;
    }

    int check_and_run(const BatchInput& input) {
        RowCheckRequest request{input.workflow, *input.manifest, input.load};
        request.shard = shard_;
        request.resume = command_.resume;
        const RowCheckResult checked = check_rows(request, known_);
        session_.hide_tokens(checked.token_variables);
        if (const int code = tell_check(checked, session_, session_.log()); code != exit_code::done)
            return code;
        if (checked.mine == 0)
            session_.log().warn(checked.rows == 0
                                    ? "the manifest '" + printable(command_.manifest) + "' has no rows: nothing is run"
                                    : "none of the " + count_of(checked.rows, "row") + " is in this shard");
        if (command_.dry_run) {
            const int code = plan_batch(command_, input, shard_, checked, known_, session_);
            if (code != exit_code::done)
                tell_how_to_go_on(command_again(command_.common.words), session_);
            return code;
        }
        return run_rows(input, checked);
    }

    int run_rows(const BatchInput& input, const RowCheckResult& checked) {
        const CommonOptions& common = command_.common;
        std::unique_ptr<EventWriter> events;
        if (!outputs_path_.empty())
            if (auto problem = outputs_file_problem(outputs_path_))
                return refuse(*problem);
        if (!events_path_.empty()) {
            auto opened = EventWriter::open(events_path_, process_stop_flag());
            if (const auto* reason = std::get_if<std::string>(&opened))
                return refuse(*reason);
            events = std::move(std::get<std::unique_ptr<EventWriter>>(opened));
        }
        if (!joblog_ && !open_joblog(Joblog::Mode::fresh))
            return exit_code::usage;
        // With the joblog, no other batch has these outputs in work.
        auto results = RowResults::open(outputs_path_, command_.resume != Resume::no, session_.console());
        if (const auto* reason = std::get_if<std::string>(&results))
            return refuse(*reason);
        adopt_orphans();
        install_signal_handlers(process_stop_flag(), running_groups());
        ProgressDisplay progress(session_.console(), common.progress);
        auto& lines = *std::get<std::unique_ptr<RowResults>>(results);
        if (!lines.set_aside().empty())
            session_.log().warn("an earlier batch had not completed its outputs: what there was is kept as '" +
                                printable(lines.set_aside()) + "'");
        const BatchSinks sinks{session_.log(), progress, events.get(), *joblog_, lines};
        const auto began = std::chrono::steady_clock::now();
        session_.log().info(input.workflow.steps().name + ": " + count_of(checked.to_run, "row") + " to run, " +
                            std::to_string(command_.jobs) + " at once; joblog " + printable(joblog_path_) +
                            (outputs_path_.empty() ? "" : "; outputs " + printable(outputs_path_)));
        progress.start();
        BatchPlan plan = plan_of_run(input, checked);
        BatchFolder folder(state_dir_, batch_identity(input), plan.run.run_id);
        folder.begin();
        plan.run.run_dir = folder.path();
        BatchResult result = run_batch(std::move(plan), sinks, process_stop_flag());
        progress.stop();
        if (auto problem = lines.finish()) {
            session_.log().error(*problem);
            result.broken = true;
        }
        const int code = exit_code_of(result, checked.done_before, checked.failed_before);
        if (const auto missing = events ? events->missing() : std::nullopt)
            session_.log().warn(*missing);
        tell_summary(result, checked, std::chrono::steady_clock::now() - began, progress.summary());
        if (!process_stop_flag().requested()) { // it may take a while
            folder.forget_old();
            tidy_state(state_dir_);
        }
        if (code != exit_code::done)
            tell_how_to_go_on(command_for_rows(command_.common.words, result.failed + checked.failed_before > 0),
                              session_);
        return code;
    }

    std::string batch_identity(const BatchInput& input) const {
        char hash[17];
        std::snprintf(hash, sizeof hash, "%016llx",
                      static_cast<unsigned long long>(
                          row_hash({{input.load.work_dir, absolute_in(input.load.work_dir, command_.workflow)}})));
        return hash;
    }

    BatchPlan plan_of_run(const BatchInput& input, const RowCheckResult& checked) {
        BatchPlan plan{input.workflow, *input.manifest, command_.workflow, input.load};
        plan.shard = shard_;
        plan.resume = command_.resume;
        plan.known = std::move(known_);
        plan.halt = command_.halt;
        plan.jobs = command_.jobs;
        plan.to_run = checked.to_run;
        plan.run.state_dir = state_dir_;
        plan.run.run_id = make_run_id();
        plan.run.work_dir = input.load.work_dir;
        // So that a row that is run again repeats no step that succeeded; a row of one step has none to repeat.
        plan.run.keep_records = input.workflow.steps().steps.size() > 1;
        plan.run.resume = command_.resume != Resume::no;
        // Steps of a row run side by side as far as the rows leave processors.
        plan.run.jobs = std::max(1u, std::max(1u, std::thread::hardware_concurrency()) / command_.jobs);
        return plan;
    }

    void tell_summary(const BatchResult& result, const RowCheckResult& checked,
                      std::chrono::steady_clock::duration took, const std::string& moved) {
        Log& log = session_.log();
        for (const auto& failure : result.failures.problems())
            log.error(count_of(failure.count, "row") + " failed: " + failure.text + " (" +
                      rows_text(failure.first, failure.count) + ")" +
                      (failure.count > 1 && !failure.place.empty() && !failure.first.empty()
                           ? ", row " + std::to_string(failure.first.front())
                           : "") +
                      (failure.place.empty() ? "" : ": " + failure.place));
        if (result.failures.not_kept() > 0)
            log.error(count_of(result.failures.not_kept(), "row") + " failed for other reasons");
        log.info(count_of(checked.mine, "row") + " in " +
                 format_duration(std::chrono::duration_cast<std::chrono::milliseconds>(took)) + ":");
        const auto line = [&log](const char* what, std::uint64_t count, bool always = false) {
            char text[64];
            std::snprintf(text, sizeof text, "  %-15s %8llu", what, static_cast<unsigned long long>(count));
            if (count > 0 || always)
                log.info(text);
        };
        line("done", result.done, true);
        line("failed", result.failed, true);
        line("stopped", result.stopped);
        line("done before", checked.done_before);
        line("failed before", checked.failed_before);
        line("not handed over", result.not_handed_over);
        line("not started", result.not_started);
        if (!moved.empty())
            log.info("  " + moved);
        tell_leftovers(result.leftovers, command_.common, state_dir_, session_);
    }

    const BatchCommand& command_;
    Session session_;
    Shard shard_;
    std::string state_dir_;
    std::string joblog_of_all_; // shards have theirs beside it
    std::string joblog_path_;
    std::string outputs_path_;
    std::string events_path_;
    std::unique_ptr<Joblog> joblog_;
    KnownRows known_;
};

} // namespace

int execute_batch(const BatchCommand& command) {
    return Batch(command).run();
}

} // namespace ferry
