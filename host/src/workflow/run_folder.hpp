// What belongs to all runs of one workflow with the same variables in the same working directory: a folder below
// STATE_DIR/runs, which one process at a time may use.
#pragma once

#include "base/clock.hpp"
#include "state/lease.hpp"
#include "workflow/workflow.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace ferry {

// 32 hex digits of the workflow's file (of a task alone: its name and options), the variables and the working
// directory.
std::string run_identity(const Workflow& workflow, const std::string& work_dir);

class RunFolder {
  public:
    static constexpr std::size_t kept_runs = 10; // whose commands' output is kept

    struct Told {
        std::function<void(const std::string&)> info;
        std::function<void(const std::string&)> warn;
        std::function<void(std::string)> on_lost; // another process has taken over; on a thread of the folder's own
    };

    // STATE_DIR/runs/IDENTITY; touches nothing.
    RunFolder(const std::string& state_dir, const std::string& identity);

    // The id of the run that begin() was last called with; empty if none is known.
    std::string last_run_id() const;

    // Takes the folder for this process until the RunFolder's end. An error says who has it, since when, and what to
    // do. A state directory that does not let us costs the exclusion, and is told.
    std::optional<std::string> lease(Clock& clock, Told told);
    // Notes the id, and removes the folders of all but the last runs. Where it cannot be noted, --resume will not find
    // it, and must not find the run before instead.
    struct NotNoted {
        std::string reason;
        bool older_stays = false; // the run before is still noted
    };
    std::optional<NotNoted> begin(const std::string& run_id) const;

    // Removes the folder of a workflow that nobody has run for long: the logs of its runs, and which the last one was.
    // Not while a process has it. True if it is gone.
    static bool forget_unused(const std::string& path, std::int64_t now);

    std::string run_dir(const std::string& run_id) const { return path_ + "/" + run_id; }

  private:
    Status try_lease(Clock& clock, const Told& told);
    void forget_old_runs(const std::string& current) const;

    std::string state_dir_;
    std::string path_;
    std::unique_ptr<PrivateFolder> folder_;
    CancelToken never_;
    std::unique_ptr<Lease> lease_;
};

} // namespace ferry
