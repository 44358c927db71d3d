#include "workflow/runner.hpp"

#include <Poco/DateTimeFormatter.h>
#include <Poco/Timestamp.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>

namespace ferry {

const char* to_string(StepStatus status) {
    switch (status) {
    case StepStatus::succeeded:
        return "succeeded";
    case StepStatus::failed:
        return "failed";
    case StepStatus::cached:
        return "cached";
    case StepStatus::skipped:
        break;
    }
    return "skipped";
}

const char* to_string(RunStatus status) {
    switch (status) {
    case RunStatus::succeeded:
        return "succeeded";
    case RunStatus::failed:
        return "failed";
    case RunStatus::interrupted:
        break;
    }
    return "interrupted";
}

int RunResult::exit_code() const {
    const auto any = [&](int32_t code) {
        return std::any_of(steps.begin(), steps.end(), [&](const StepResult& step) {
            return step.status == StepStatus::failed && !step.allowed && step.code == code;
        });
    };
    if (signal > 0)
        return 128 + signal;
    if (any(FERRY_UNSUPPORTED))
        return 3;
    if (any(FERRY_REFUSED))
        return 4;
    return status == RunStatus::succeeded ? 0 : 1;
}

std::string make_run_id() {
    std::random_device random;
    std::array<char, 9> suffix{};
    std::snprintf(suffix.data(), suffix.size(), "%08x", random());
    return Poco::DateTimeFormatter::format(Poco::Timestamp(), "%Y%m%dT%H%M%SZ-") + suffix.data();
}

} // namespace ferry
