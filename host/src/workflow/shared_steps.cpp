#include "workflow/shared_steps.hpp"

#include <chrono>
#include <exception>

namespace ferry {

namespace {

// How often the stop flag is looked at: a signal handler can wake nobody.
constexpr std::chrono::milliseconds kTick{50};

} // namespace

SharedSteps::Hold SharedSteps::hold(const std::string& key, const std::function<bool()>& stopped) {
    std::unique_lock lock(mutex_);
    while (!held_.insert(key).second) {
        if (stopped())
            return {};
        freed_.wait_for(lock, kTick);
    }
    return {*this, key};
}

SharedSteps::Hold::~Hold() {
    if (!steps_)
        return;
    {
        const std::lock_guard lock(steps_->mutex_);
        steps_->held_.erase(key_);
    }
    steps_->freed_.notify_all();
}

SharedSteps::Hold hold_step(const Step& step, const RunScope& scope, const StepCache& cache, const RunOptions& options,
                            const std::function<bool()>& stopped) {
    if (!options.shared || !options.keep_records || options.dry_run)
        return {};
    try {
        const auto shown = visible_options(step, scope);
        if (!shown || files_of(step, *shown).outputs.empty())
            return {};
        return options.shared->hold(cache.key_of(step, *shown), stopped);
    } catch (const std::exception&) {
        return {}; // the attempt tells what is wrong with its options
    }
}

} // namespace ferry
