// The rows of a batch, run some at a time.
#pragma once

#include "batch/joblog.hpp"
#include "batch/manifest.hpp"
#include "batch/problem_list.hpp"
#include "batch/row_check.hpp"
#include "batch/row_results.hpp"
#include "report/event_writer.hpp"
#include "report/leftovers.hpp"
#include "report/log.hpp"
#include "report/progress_display.hpp"
#include "stop.hpp"
#include "workflow/load.hpp"
#include "workflow/runner.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry {

// What the first failed row means for the others.
enum class Halt {
    never,
    soon, // no other starts
    now   // those that run are stopped, too
};
std::optional<Halt> halt_mode(std::string_view name);

struct BatchPlan {
    const WorkflowTemplate& workflow;
    const Manifest& manifest;
    std::string workflow_file; // as given, for the joblog's commands
    LoadRequest load;          // with the variables of --var
    Shard shard = {};
    Resume resume = Resume::no;
    KnownRows known = {};
    Halt halt = Halt::never;
    unsigned jobs = 1;                          // rows at once
    RunOptions run = {};                        // of each row; its run_dir is divided among the rows
    std::uint64_t to_run = 0;                   // rows, as the check has counted them
    std::chrono::milliseconds sync_every{1000}; // what is written goes to the disk that often, as rows end
};

// Where the rows tell and what they leave; all outlive the run.
struct BatchSinks {
    const Log& log;
    ProgressDisplay& progress;
    EventWriter* events; // may be null
    Joblog& joblog;
    RowResults& results;
};

struct BatchResult {
    std::uint64_t done = 0;
    std::uint64_t failed = 0;
    std::uint64_t stopped = 0; // were running when they were told to stop
    std::uint64_t not_started = 0;
    std::uint64_t not_handed_over = 0; // have ended, but their documents could not be written: they run again
    int signal = 0;                    // that stopped the batch before its end
    bool unloadable = false;           // a row ended with 3
    bool refused = false;              // a row ended with 4
    bool broken = false;               // something could not be written or read, and was told
    ProblemList failures{100};         // "align: exit", and as place the message of the first row
    Leftovers leftovers = {};
};

// Blocks until all rows have ended that start. The first signal in `stop` stops those that run.
BatchResult run_batch(BatchPlan plan, const BatchSinks& sinks, const StopFlag& stop);

// 0, 1, 3, 4, 5 or 128 + signal: the first that applies of signal, 3, 4, 1. 5: some rows failed, and some are done, now
// or before.
int exit_code_of(const BatchResult& result, std::uint64_t done_before, std::uint64_t failed_before);

} // namespace ferry
