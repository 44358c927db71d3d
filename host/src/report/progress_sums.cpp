#include "report/progress_sums.hpp"

#include "document/units.hpp"

#include <algorithm>

namespace ferry {

WorkDone& WorkDone::operator+=(const WorkDone& other) {
    bytes_done += other.bytes_done;
    bytes_total += other.bytes_total;
    bytes_moved += other.bytes_moved;
    items_done += other.items_done;
    items_total += other.items_total;
    items_skipped += other.items_skipped;
    retries += other.retries;
    api_calls += other.api_calls;
    in_flight += other.in_flight;
    return *this;
}

void ProgressSums::started(const std::string& task) {
    Task& entry = running_[task];
    entry.before = work_of(entry);
    entry.before.in_flight = 0;
    entry.now = {};
}

void ProgressSums::told(const std::string& task, const TaskProgress& progress) {
    const auto entry = running_.find(task);
    if (entry == running_.end())
        return;
    entry->second.now = progress;
    if (progress.api_calls_limit > 0)
        calls_left_ = {progress.api_calls_left, progress.api_calls_limit};
}

void ProgressSums::finished(const std::string& task) {
    const auto entry = running_.find(task);
    if (entry == running_.end())
        return;
    WorkDone work = work_of(entry->second);
    work.bytes_total = work.bytes_done;
    work.items_total = work.items_done;
    work.in_flight = 0;
    ended_ += work;
    running_.erase(entry);
}

// Of what a task finds done, tries tell the same again; what they moved, called and tried again adds up.
WorkDone ProgressSums::work_of(const Task& task) {
    const WorkDone& before = task.before;
    const TaskProgress& now = task.now;
    WorkDone work{.bytes_done = std::max(before.bytes_done, now.bytes_done),
                  .bytes_total = now.bytes_total > 0 ? now.bytes_total : before.bytes_total,
                  .bytes_moved = before.bytes_moved + now.bytes_moved,
                  .items_done = std::max(before.items_done, now.items_done),
                  .items_total = now.items_total > 0 ? now.items_total : before.items_total,
                  .items_skipped = std::max(before.items_skipped, now.items_skipped),
                  .retries = before.retries + now.retries,
                  .api_calls = before.api_calls + now.api_calls,
                  .in_flight = now.in_flight};
    if (work.bytes_total > 0)
        work.bytes_done = std::min(work.bytes_done, work.bytes_total);
    return work;
}

WorkDone ProgressSums::all() const {
    WorkDone sum = ended_;
    for (const auto& [name, task] : running_)
        sum += work_of(task);
    return sum;
}

ProgressSums::Shares ProgressSums::shares(const std::set<std::string>& only) const {
    Shares shares;
    for (const auto& [name, task] : running_) {
        if (!only.empty() && only.count(name) == 0)
            continue;
        const WorkDone work = work_of(task);
        ++shares.tasks;
        shares.all_told = shares.all_told && work.bytes_total > 0;
        if (work.bytes_total > 0)
            shares.sum += static_cast<double>(work.bytes_done) / static_cast<double>(work.bytes_total);
    }
    return shares;
}

std::vector<std::string> ProgressSums::running_tasks(std::size_t most) const {
    std::vector<std::string> names;
    for (auto task = running_.begin(); task != running_.end() && names.size() < most; ++task)
        names.push_back(task->first);
    return names;
}

std::string ProgressSums::waiting_for() const {
    for (const auto& [name, task] : running_)
        if (!task.now.waiting_for.empty())
            return task.now.waiting_for;
    return {};
}

std::vector<ItemProgress> ProgressSums::items(std::size_t most) const {
    std::vector<ItemProgress> items;
    for (const bool done : {false, true}) { // what only waits for its completion comes last
        std::vector<std::vector<ItemProgress>> of_tasks;
        std::size_t longest = 0;
        for (const auto& [name, task] : running_) {
            auto& list = of_tasks.emplace_back();
            for (const ItemProgress& item : task.now.items)
                if ((item.bytes_total > 0 && item.bytes_done >= item.bytes_total) == done)
                    list.push_back(item);
            longest = std::max(longest, list.size());
        }
        for (std::size_t turn = 0; turn < longest; ++turn)
            for (const auto& list : of_tasks)
                if (turn < list.size() && items.size() < most)
                    items.push_back(list[turn]);
    }
    return items;
}

std::string summary_text(const WorkDone& work, double seconds) {
    if (!work.any())
        return {};
    std::string text = grouped(work.items_done) + (work.items_done == 1 ? " file" : " files");
    if (work.items_skipped > 0)
        text += " (" + grouped(work.items_skipped) + " skipped)";
    text += ", " + format_size(work.bytes_moved);
    if (work.bytes_moved > 0 && seconds > 0)
        text += " in " + format_duration(std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000))) + " (" +
                format_size(static_cast<std::uint64_t>(static_cast<double>(work.bytes_moved) / seconds)) + "/s)";
    text += ", " + grouped(work.api_calls) + (work.api_calls == 1 ? " API call" : " API calls");
    text += ", " + grouped(work.retries) + (work.retries == 1 ? " retry" : " retries");
    return text;
}

} // namespace ferry
