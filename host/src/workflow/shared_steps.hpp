// Steps that are the same in several runs of one process, such as the rows of a batch: one at a time does them, as they
// would write the same files.
#pragma once

#include "workflow/selection.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace ferry {

// Thread-safe.
class SharedSteps {
  public:
    // Holds nothing, or a step until it is let go. The SharedSteps outlives it.
    class Hold {
      public:
        Hold() = default;
        Hold(SharedSteps& steps, std::string key) : steps_(&steps), key_(std::move(key)) {}
        Hold(Hold&& other) noexcept : steps_(std::exchange(other.steps_, nullptr)), key_(std::move(other.key_)) {}
        Hold& operator=(Hold&&) = delete;
        ~Hold();
        explicit operator bool() const { return steps_ != nullptr; }

      private:
        SharedSteps* steps_ = nullptr;
        std::string key_;
    };

    // Waits until nobody else holds it; an empty hold if `stopped` ended that.
    Hold hold(const std::string& key, const std::function<bool()>& stopped);

  private:
    std::mutex mutex_;
    std::condition_variable freed_;
    std::set<std::string> held_;
};

// The step for this run alone, if others may have the same one in work: one that declares outputs. Never throws.
SharedSteps::Hold hold_step(const Step& step, const RunScope& scope, const StepCache& cache, const RunOptions& options,
                            const std::function<bool()>& stopped);

} // namespace ferry
