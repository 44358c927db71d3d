// What all tasks of a process have done together, those included that have ended.
#pragma once

#include "plugins/task_progress.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ferry {

// What the other side still allows.
struct CallsLeft {
    std::uint64_t left = 0;
    std::uint64_t limit = 0;
};

struct WorkDone {
    std::uint64_t bytes_done = 0; // never more than bytes_total, if that is known
    std::uint64_t bytes_total = 0;
    std::uint64_t bytes_moved = 0;
    std::uint64_t items_done = 0;
    std::uint64_t items_total = 0;
    std::uint64_t items_skipped = 0;
    std::uint64_t retries = 0;
    std::uint64_t api_calls = 0;
    std::uint64_t in_flight = 0;

    WorkDone& operator+=(const WorkDone& other);
    bool any() const { return items_done > 0 || bytes_moved > 0 || api_calls > 0; }
};

// Not thread-safe. In memory of the tasks that run. What is done stays done: a task that is tried again goes on from
// what its tries before had reached, and one that ends leaves what it did, and nothing of what it did not.
class ProgressSums {
  public:
    void started(const std::string& task); // again, where it is tried again
    void told(const std::string& task, const TaskProgress& progress);
    void finished(const std::string& task);

    WorkDone all() const;
    bool running() const { return !running_.empty(); }
    std::vector<std::string> running_tasks(std::size_t most) const;
    // Of each task that runs, from 0 to 1 by its bytes; `only` those if it is not empty. And whether all of them have
    // told how much they have to do.
    struct Shares {
        double sum = 0;
        std::size_t tasks = 0;
        bool all_told = true;
    };
    Shares shares(const std::set<std::string>& only = {}) const;
    std::size_t running_count() const { return running_.size(); }
    const std::optional<CallsLeft>& calls_left() const { return calls_left_; } // as told last
    std::string waiting_for() const;                                           // of the first that waits; may be empty
    std::vector<ItemProgress> items(std::size_t most) const;                   // in work, of the tasks by turns

  private:
    struct Task {
        WorkDone before; // of its earlier tries
        TaskProgress now;
    };
    static WorkDone work_of(const Task& task);

    std::map<std::string, Task> running_;
    WorkDone ended_;
    std::optional<CallsLeft> calls_left_;
};

// "300 files (2 skipped), 1.20 GiB in 12.3 s (98.00 MiB/s), 912 API calls, 3 retries"; empty if nothing was done.
std::string summary_text(const WorkDone& work, double seconds);

} // namespace ferry
