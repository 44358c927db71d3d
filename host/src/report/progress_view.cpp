#include "report/progress_view.hpp"

#include "document/units.hpp"
#include "report/plan_totals.hpp"
#include "report/text_columns.hpp"

#include <algorithm>
#include <cstdio>

namespace ferry {
namespace {

constexpr std::size_t bar_width = 20;
constexpr std::size_t widest_name = 48;
constexpr double longest_wait = 1e7; // seconds; what takes longer is no estimate

double share_of(std::uint64_t done, std::uint64_t total) {
    return total == 0 ? 0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
}

std::string percent(std::uint64_t done, std::uint64_t total) {
    return std::to_string(static_cast<int>(share_of(done, total) * 100)) + " %";
}

// "50 % of 50.00 MiB", "3.00 MiB"; empty where there are no bytes.
std::string bytes_text(const WorkDone& work) {
    if (work.bytes_total > 0)
        return percent(work.bytes_done, work.bytes_total) + " of " + format_size(work.bytes_total);
    return work.bytes_done > 0 ? format_size(work.bytes_done) : std::string();
}

std::string files_text(const WorkDone& work) {
    if (work.items_total == 0 && work.items_done == 0)
        return {};
    return std::to_string(work.items_done) +
           (work.items_total > 0 ? "/" + std::to_string(work.items_total) + " files" : " files");
}

// An estimate is good to a second at best.
std::string estimate(std::int64_t seconds) {
    return seconds < 60 ? std::to_string(seconds) + " s" : format_duration(std::chrono::seconds(seconds));
}

std::string rate_text(const ProgressView& view) {
    if (view.bytes_per_second == 0)
        return {};
    std::string text = format_size(view.bytes_per_second) + "/s";
    if (view.work.bytes_total > view.work.bytes_done) {
        const double left = static_cast<double>(view.work.bytes_total - view.work.bytes_done) /
                            static_cast<double>(view.bytes_per_second);
        if (left < longest_wait)
            text += ", " + estimate(static_cast<std::int64_t>(left) + 1) + " left";
    }
    return text;
}

std::string tasks_text(const ProgressView& view) {
    std::string text;
    for (const std::string& task : view.tasks)
        text += (text.empty() ? "" : ", ") + task;
    if (view.running > view.tasks.size())
        text += " and " + std::to_string(view.running - view.tasks.size()) + " more";
    return text;
}

std::vector<std::string> details(const ProgressView& view) {
    std::vector<std::string> parts;
    if (view.work.in_flight > 0)
        parts.push_back(std::to_string(view.work.in_flight) + " in flight");
    if (view.work.retries > 0)
        parts.push_back(grouped(view.work.retries) + (view.work.retries == 1 ? " retry" : " retries"));
    if (view.calls_left)
        parts.push_back(grouped(view.calls_left->left) + " of " + grouped(view.calls_left->limit) + " API calls left");
    return parts;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts)
        if (!part.empty())
            text += (text.empty() ? "" : " | ") + part;
    return text;
}

// The first parts that fit.
std::string fitted(const std::vector<std::string>& parts, std::size_t columns) {
    std::string text;
    for (const std::string& part : parts) {
        if (part.empty())
            continue;
        const std::string longer = text.empty() ? part : text + " | " + part;
        if (columns_of(longer) > columns)
            return text.empty() ? fit_columns(part, columns) : text;
        text = longer;
    }
    return text;
}

std::string bar(const WorkDone& work) {
    const auto full = static_cast<std::size_t>(share_of(work.bytes_done, work.bytes_total) * bar_width);
    return "[" + std::string(full, '#') + std::string(bar_width - full, '-') + "]";
}

// "  sample_7.bam   45 % of 1.20 GiB"
std::string item_line(const ItemProgress& item, std::size_t name_width, std::size_t columns) {
    const std::string name = fit_columns(item.name, name_width);
    char share[8];
    std::snprintf(share, sizeof share, "%3d %%", static_cast<int>(share_of(item.bytes_done, item.bytes_total) * 100));
    const std::string line = "  " + name + std::string(name_width - columns_of(name), ' ') + "  " + share + " of " +
                             format_size(item.bytes_total);
    return fit_columns(line, columns);
}

} // namespace

std::string plain_progress(const ProgressView& view) {
    std::vector<std::string> parts{view.count, bytes_text(view.work), files_text(view.work), rate_text(view)};
    for (std::string& part : details(view))
        parts.push_back(std::move(part));
    if (!view.waiting_for.empty())
        parts.push_back("waiting for " + view.waiting_for);
    parts.push_back(tasks_text(view));
    return joined(parts);
}

std::string bar_progress(const ProgressView& view, std::size_t columns, std::size_t rows) {
    std::vector<std::string> lines;
    if (view.work.bytes_total > 0) {
        const std::string share = (columns > 2 * bar_width ? bar(view.work) + " " : "") + bytes_text(view.work);
        lines.push_back(fitted({share, rate_text(view), files_text(view.work)}, columns));
    }
    std::vector<std::string> parts = {view.count};
    for (std::string& part : details(view))
        parts.push_back(std::move(part));
    parts.push_back(tasks_text(view));
    lines.push_back(fitted(parts, columns));
    if (!view.waiting_for.empty())
        lines.push_back(fit_columns("waiting for " + view.waiting_for, columns));
    std::size_t name_width = 0;
    for (const ItemProgress& item : view.items)
        name_width = std::max(name_width, columns_of(item.name));
    constexpr std::size_t beside_name = 24; // what an item's line has besides
    name_width = std::min({name_width, widest_name, columns > 2 * beside_name ? columns - beside_name : columns / 2});
    for (const ItemProgress& item : view.items)
        lines.push_back(item_line(item, name_width, columns));
    std::string text;
    for (std::size_t i = 0; i < std::min(lines.size(), rows); ++i)
        text += (i == 0 ? "" : "\n") + lines[i];
    return text;
}

} // namespace ferry
