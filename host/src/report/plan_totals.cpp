#include "report/plan_totals.hpp"

#include "document/units.hpp"
#include "schema/json_value.hpp"

#include <chrono>
#include <limits>

namespace ferry {
namespace {

// The platform's: so many calls in so much time, counted anew after it.
constexpr std::uint64_t window_calls = 1'000;
constexpr std::chrono::minutes quota_window{5};

void add_number(std::uint64_t& sum, const JsonObject& object, const char* key) {
    const Json value = member(object, key);
    if (kind_of(value) != JsonKind::integer)
        return;
    std::uint64_t number = 0;
    try {
        number = value.convert<Poco::UInt64>();
    } catch (const Poco::Exception&) { // a plugin's slip, such as a number below 0
        return;
    }
    const std::uint64_t room = std::numeric_limits<std::uint64_t>::max() - sum;
    sum += number < room ? number : room;
}

std::string grouped_count(std::uint64_t number, const char* noun) {
    return grouped(number) + " " + noun + (number == 1 ? "" : "s");
}

// The calls of the last window need not wait for its end.
std::string quota_text(std::uint64_t calls) {
    if (calls <= window_calls)
        return {};
    const std::uint64_t minutes = (calls - 1) / window_calls * static_cast<std::uint64_t>(quota_window.count());
    const std::uint64_t hours = minutes / 60;
    return ", at least " + (hours > 0 ? grouped(hours) + " h " : "") +
           (hours > 0 && minutes % 60 == 0 ? "" : std::to_string(minutes % 60) + " min ") + "at " +
           grouped(window_calls) + " calls in " + std::to_string(quota_window.count()) + " min";
}

} // namespace

void PlanTotals::add_planned(const JsonObject& planned) {
    ++summed_;
    add_number(files_, planned, "files");
    add_number(bytes_, planned, "bytes");
    add_number(parts_, planned, "parts");
    add_number(api_calls_, planned, "api_calls");
}

void PlanTotals::add(const Workflow& workflow, const RunResult& result) {
    for (std::size_t i = 0; i < result.steps.size(); ++i) {
        const StepResult& step = result.steps[i];
        const std::string& task = workflow.steps[i].task;
        if (step.status == StepStatus::succeeded) {
            if (const auto planned = object_of(member(*step.outputs, "planned"))) {
                add_planned(*planned);
                ++told_;
            }
        } else if (step.error.code == "planned" && task != "command") { // a command has nothing to tell
            ++later_[task];
            ++told_;
        }
    }
}

bool PlanTotals::worth_telling() const {
    return told_ > 1 || api_calls_ > window_calls;
}

std::string PlanTotals::text() const {
    std::string text;
    if (summed_ > 0)
        text += "in all: " + grouped_count(files_, "file") + ", " + format_size(bytes_) + ", in " +
                grouped_count(parts_, "part") + " with " + grouped_count(api_calls_, "API call") +
                quota_text(api_calls_) + "\n";
    for (const auto& [task, steps] : later_)
        text += (summed_ > 0 ? "not in it: " : "") + grouped_count(steps, "step") + " of " + task +
                ", known only when " + (steps == 1 ? "it runs" : "they run") + "\n";
    return text;
}

} // namespace ferry
