#include "cli/execute.hpp"

#include "cli/go_on.hpp"
#include "cli/run_support.hpp"
#include "cli/session.hpp"
#include "cli/set_options.hpp"
#include "cli/state_dir.hpp"
#include "cli/tidy_state.hpp"
#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "report/plan_totals.hpp"
#include "report/result_writer.hpp"
#include "report/run_reporter.hpp"
#include "signals.hpp"
#include "tasks/child_process.hpp"
#include "workflow/atomic_file.hpp"
#include "workflow/missing_record.hpp"
#include "workflow/outputs_document.hpp"
#include "workflow/run_folder.hpp"
#include "workflow/selection.hpp"

#include <csignal>
#include <filesystem>

namespace ferry {
namespace {

struct RunSetup {
    const CommonOptions& common;
    bool dry_run;
    std::string input;  // the file that is read: workflow or options; may be empty
    RunOptions options; // what the command line says of it
};

// What would be written over something that is still needed; empty if nothing.
std::string overwriting(const RunSetup& setup) {
    const CommonOptions& common = setup.common;
    const auto clash = [](const std::string& name, const std::string& file, const std::string& other) {
        return "--" + name + " '" + printable(file) + "' is " + other + " too; give another name";
    };
    if (same_file(common.outputs, setup.input))
        return clash("outputs", common.outputs, "the file that is read");
    if (same_file(common.events, setup.input))
        return clash("events", common.events, "the file that is read");
    return same_file(common.events, common.outputs) ? clash("events", common.events, "the file of --outputs") : "";
}

// Where everything goes, opened before the first step: what is wrong with it is the command line's fault.
struct Destinations {
    std::string state_dir;
    std::unique_ptr<EventWriter> events;
};

std::optional<Destinations> open_destinations(const RunSetup& setup, Session& session) {
    if (const std::string clash = overwriting(setup); !clash.empty()) {
        session.log().error(clash);
        return std::nullopt;
    }
    Destinations made;
    bool fine = true;
    const auto refuse = [&](const std::string& reason) {
        session.log().error(reason);
        fine = false;
    };
    const auto state = open_state_dir(setup.common.state_dir, !setup.dry_run);
    if (const auto* problem = std::get_if<StateDirProblem>(&state))
        refuse(problem->reason);
    else
        made.state_dir = std::get<std::string>(state);
    if (!setup.common.outputs.empty())
        if (auto reason = outputs_file_problem(setup.common.outputs))
            refuse(*reason);
    if (!setup.common.events.empty() && !setup.dry_run) {
        auto events = EventWriter::open(setup.common.events, process_stop_flag());
        if (const auto* reason = std::get_if<std::string>(&events))
            refuse(*reason);
        else
            made.events = std::move(std::get<std::unique_ptr<EventWriter>>(events));
    }
    return fine ? std::optional(std::move(made)) : std::nullopt;
}

// 0, or 1 with the reason told. A reader is waited for, after a stop only for a moment. `ran`: there is a result that
// would be lost.
int hand_over(const std::string& document, const std::string& file, bool ran, Session& session) {
    const std::string advice =
        ran ? "; what has run is done, so mend that and run the same again (a workflow with --resume)" : "";
    int code = exit_code::done;
    if (!file.empty())
        if (auto reason = write_atomically(file, document)) {
            session.log().error(*reason + advice);
            code = exit_code::failed;
        }
    if (auto reason = write_stdout(document, &process_stop_flag())) {
        session.log().error(*reason + advice);
        code = exit_code::failed;
    }
    return code;
}

// The run's options and its folder, which this process has for itself while the RunPlace lives.
struct RunPlace {
    RunOptions options;
    std::optional<RunFolder> folder;
    SystemClock clock;
};

// exit_code::done, or how to exit; told.
int take_place(const Workflow& workflow, const RunSetup& setup, RunPlace& place, Session& session) {
    RunOptions& options = place.options;
    if (const auto problem = selection_problem(workflow, options)) {
        session.log().error(*problem);
        return exit_code::usage;
    }
    std::string unleased; // why another run of the same would not be noticed
    RunFolder& folder = place.folder.emplace(options.state_dir, run_identity(workflow, options.work_dir));
    if (!setup.dry_run) {
        const RunFolder::Told told{[&](const std::string& words) { session.log().info(words); },
                                   [&](const std::string& words) { unleased = words; },
                                   [&](const std::string& words) {
                                       session.log().error(words + "; this one stops");
                                       process_stop_flag().request(SIGTERM);
                                   }};
        if (const auto problem = folder.lease(place.clock, told)) {
            session.log().error(*problem);
            return exit_code::failed;
        }
    }
    const bool goes_on = options.resume || !options.from.empty() || !options.only.empty();
    options.run_id = goes_on ? folder.last_run_id() : "";
    if (options.run_id.empty()) {
        options.run_id = make_run_id();
        if (goes_on)
            session.log().info("no earlier run with these variables is known here");
    }
    options.run_dir = folder.run_dir(options.run_id);
    const auto stopped = [] { return process_stop_flag().requested(); };
    if (const auto missing = missing_record(workflow, options, stopped)) {
        session.log().error("step \"" + missing->step +
                            "\" has to run first, as no record of an earlier run answers it" +
                            (missing->reason.empty() ? "" : " (" + missing->reason + ")") + ": " +
                            printable(command_for_step(setup.common.words, missing->step), 4096));
        return exit_code::usage;
    }
    const auto problem = setup.dry_run ? std::nullopt : folder.begin(options.run_id);
    if (problem && problem->older_stays) {
        session.log().error("the run was not started: it could not be noted, and --resume would take the one before "
                            "for it: " +
                            problem->reason + "; see to the state directory, or give another with --state-dir");
        return exit_code::failed;
    }
    if (problem) // of which the other is but a part
        session.log().warn("the run goes on, but --resume will not find it: " + problem->reason +
                           "; see to that disk, or name another folder with --state-dir");
    else if (!unleased.empty())
        session.log().warn(unleased);
    return exit_code::done;
}

// Of a dry run: what its steps come to together.
std::string totals_of(const Workflow& workflow, const RunResult& result) {
    PlanTotals totals;
    totals.add(workflow, result);
    return totals.worth_telling() ? totals.text() : std::string();
}

int run_to_end(const Workflow& workflow, const RunSetup& setup, const std::string& work_dir, Session& session) {
    auto destinations = open_destinations(setup, session);
    if (!destinations)
        return exit_code::usage;
    RunPlace place;
    place.options = setup.options;
    place.options.dry_run = setup.dry_run;
    place.options.state_dir = destinations->state_dir;
    place.options.work_dir = work_dir;
    adopt_orphans();
    install_signal_handlers(process_stop_flag(), running_groups());
    if (const int code = take_place(workflow, setup, place, session); code != exit_code::done) {
        if (code == exit_code::failed)
            tell_how_to_go_on(command_again(setup.common.words), session);
        return code;
    }
    ProgressDisplay progress(session.console(), setup.dry_run ? ProgressMode::none : setup.common.progress);
    RunReporter reporter(session.log(), progress, std::move(destinations->events), setup.dry_run);
    progress.start();
    const RunResult result = run_workflow(workflow, place.options, reporter, process_stop_flag());
    progress.stop();
    // A dry run's result is the plan; the outputs of an earlier run stay as they are.
    const int handed = setup.dry_run
                           ? hand_over(reporter.plan() + totals_of(workflow, result), {}, false, session)
                           : hand_over(to_json(outputs_document(result)) + "\n", setup.common.outputs, true, session);
    if (!setup.dry_run) {
        Leftovers leftovers;
        leftovers.add(result);
        tell_leftovers(leftovers, setup.common, place.options.state_dir, session);
    }
    if (!setup.dry_run && !process_stop_flag().requested())
        tidy_state(place.options.state_dir);
    const int code = result.exit_code() != exit_code::done ? result.exit_code() : handed;
    if (code != exit_code::done)
        tell_how_to_go_on(setup.dry_run ? command_again(setup.common.words) : command_to_go_on(setup.common.words),
                          session);
    return code;
}

int load_and_run(const RunSetup& setup, std::map<std::string, std::string> vars, const Session::Load& load,
                 Session& session) {
    const auto work_dir = session.work_dir();
    if (!work_dir)
        return exit_code::usage;
    LoadRequest request;
    request.vars = std::move(vars);
    request.work_dir = *work_dir;
    request.state_dir = absolute_in(*work_dir, setup.common.state_dir);
    int code = exit_code::usage;
    const auto workflow = session.load(load, std::move(request), code);
    return workflow ? run_to_end(*workflow, setup, *work_dir, session) : code;
}

} // namespace

int execute_run(const RunCommand& command) {
    Session session(command.common);
    const auto load = [&](const TaskRegistry& registry, const LoadRequest& request) {
        return load_workflow(command.workflow, registry, request);
    };
    RunOptions options;
    options.jobs = command.jobs;
    options.keep_records = true;
    options.resume = command.resume;
    options.from = command.from;
    options.only = command.only;
    return load_and_run({command.common, command.dry_run, command.workflow, options}, command.vars, load, session);
}

int execute_task(const TaskCommand& command) {
    Session session(command.common);
    Diagnostics problems;
    const auto options = task_options(command.with, command.sets, problems);
    for (const Diagnostic& found : problems)
        session.log().error(to_text(found));
    if (!options)
        return exit_code::usage;
    const auto load = [&](const TaskRegistry& registry, const LoadRequest& request) {
        return load_task(command.task, options, command.with, registry, request);
    };
    return load_and_run({command.common, command.dry_run, command.with, {}}, {}, load, session);
}

int execute_validate(const ValidateCommand& command) {
    Session session(command.common);
    const auto work_dir = session.work_dir();
    if (!work_dir)
        return exit_code::usage;
    LoadRequest request;
    request.vars = command.vars;
    request.work_dir = *work_dir;
    request.state_dir = absolute_in(*work_dir, command.common.state_dir);
    int code = exit_code::usage;
    const auto load = [&](const TaskRegistry& registry, const LoadRequest& wanted) {
        return load_workflow(command.workflow, registry, wanted);
    };
    if (const auto workflow = session.load(load, std::move(request), code))
        session.log().info(command.workflow + ": no errors in " + std::to_string(workflow->steps.size()) +
                           (workflow->steps.size() == 1 ? " step" : " steps"));
    return code;
}

} // namespace ferry
