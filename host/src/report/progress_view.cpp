#include "report/progress_view.hpp"

#include "document/units.hpp"
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

std::string percent(double share) {
    return std::to_string(static_cast<int>(share * 100)) + " %";
}

double share_of(const ProgressView& view) {
    return view.over == ProgressView::Over::bytes ? share_of(view.work.bytes_done, view.work.bytes_total) : view.share;
}

// "50 % of 50.00 MiB", "50 %", "50 % of 100 rows"; empty where nothing is known.
std::string share_text(const ProgressView& view) {
    switch (view.over) {
    case ProgressView::Over::rows:
        return view.rows > 0 ? percent(view.share) + " of " + grouped(view.rows) + (view.rows == 1 ? " row" : " rows")
                             : std::string();
    case ProgressView::Over::steps:
        return view.work.bytes_total > 0 ? percent(view.share) : std::string();
    case ProgressView::Over::bytes:
        break;
    }
    return view.work.bytes_total > 0 ? percent(share_of(view)) + " of " + format_size(view.work.bytes_total)
                                     : std::string();
}

// What share_text() has not told of them. Of a batch only the sum is worth telling: the rows to come add to the rest.
std::string bytes_text(const ProgressView& view) {
    const WorkDone& work = view.work;
    if (view.over == ProgressView::Over::steps && work.bytes_total > 0)
        return format_size(work.bytes_done) + " of " + format_size(work.bytes_total);
    const bool told = view.over == ProgressView::Over::bytes && work.bytes_total > 0;
    return work.bytes_done > 0 && !told ? format_size(work.bytes_done) : std::string();
}

std::string files_text(const ProgressView& view) {
    const WorkDone& work = view.work;
    const bool total = work.items_total > 0 && view.over != ProgressView::Over::rows;
    if (!total && work.items_done == 0)
        return {};
    return std::to_string(work.items_done) + (total ? "/" + std::to_string(work.items_total) : std::string()) +
           (!total && work.items_done == 1 ? " file" : " files");
}

std::string seconds_text(double seconds) {
    const auto whole = static_cast<std::int64_t>(seconds) + 1;
    return whole < 60 ? std::to_string(whole) + " s" : format_duration(std::chrono::seconds(whole));
}

// How long it takes is told of the bytes only where no step is to come that adds to them.
std::string rate_text(const ProgressView& view) {
    if (view.bytes_per_second == 0)
        return {};
    std::string text = format_size(view.bytes_per_second) + "/s";
    if (view.over == ProgressView::Over::rows || !view.all_told || view.work.bytes_total <= view.work.bytes_done)
        return text;
    const double left =
        static_cast<double>(view.work.bytes_total - view.work.bytes_done) / static_cast<double>(view.bytes_per_second);
    return left < longest_wait ? text + ", " + seconds_text(left) + " left" : text;
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

// The parts that fit; of none, the beginning of the first.
std::string fitted(const std::vector<std::string>& parts, std::size_t columns) {
    std::string text;
    for (const std::string& part : parts) {
        const std::string longer = text.empty() ? part : text + " | " + part;
        if (!part.empty() && columns_of(longer) <= columns)
            text = longer;
    }
    const auto first = std::find_if(parts.begin(), parts.end(), [](const std::string& part) { return !part.empty(); });
    return text.empty() && first != parts.end() ? fit_columns(*first, columns) : text;
}

std::string bar(double share) {
    const auto full = static_cast<std::size_t>(share * bar_width);
    return "[" + std::string(full, '#') + std::string(bar_width - full, '-') + "]";
}

// What is told for itself: rows take a line.
std::vector<std::string> head_lines(const ProgressView& view, std::size_t columns) {
    std::vector<std::string> lines;
    if (const std::string share = share_text(view); !share.empty())
        lines.push_back(fitted({(columns > 2 * bar_width ? bar(share_of(view)) + " " : "") + share, bytes_text(view),
                                rate_text(view), files_text(view)},
                               columns));
    std::vector<std::string> parts = details(view);
    parts.push_back(tasks_text(view));
    if (view.over == ProgressView::Over::rows)
        lines.push_back(fit_columns(view.count, columns));
    else
        parts.insert(parts.begin(), view.count);
    if (std::string rest = fitted(parts, columns); !rest.empty())
        lines.push_back(std::move(rest));
    return lines;
}

// "  sample_7.bam   45 % of 1.20 GiB"; where that is too wide, without the size, and then of the name what fits.
std::string item_line(const ItemProgress& item, std::size_t name_width, std::size_t columns) {
    char share[16];
    std::snprintf(share, sizeof share, "  %3d %%", static_cast<int>(share_of(item.bytes_done, item.bytes_total) * 100));
    const std::string size = " of " + format_size(item.bytes_total);
    const std::size_t needed = 2 + columns_of(share);
    if (columns <= needed)
        return fit_columns(item.name, columns);
    name_width = std::min(name_width, columns - needed);
    const std::string name = fit_columns(item.name, name_width);
    const std::string line = "  " + name + std::string(name_width - columns_of(name), ' ') + share;
    return columns_of(line + size) <= columns ? line + size : line;
}

} // namespace

std::string estimate_text(double seconds) {
    return seconds >= 1 && seconds < longest_wait ? "about " + seconds_text(seconds) : std::string();
}

std::string plain_progress(const ProgressView& view) {
    const std::string share = view.over == ProgressView::Over::rows ? std::string() : share_text(view); // rows say it
    std::vector<std::string> parts{view.count, share, bytes_text(view), files_text(view), rate_text(view)};
    for (std::string& part : details(view))
        parts.push_back(std::move(part));
    if (!view.waiting_for.empty())
        parts.push_back("waiting for " + view.waiting_for);
    parts.push_back(tasks_text(view));
    return joined(parts);
}

std::string bar_progress(const ProgressView& view, std::size_t columns, std::size_t rows) {
    std::vector<std::string> lines = head_lines(view, columns);
    if (!view.waiting_for.empty())
        lines.push_back(fit_columns("waiting for " + view.waiting_for, columns));
    std::size_t name_width = 0;
    for (const ItemProgress& item : view.items)
        name_width = std::max(name_width, columns_of(item.name));
    constexpr std::size_t beside_name = 24; // what an item's line has besides
    name_width = std::min({name_width, widest_name, columns > 2 * beside_name ? columns - beside_name : columns});
    for (const ItemProgress& item : view.items)
        lines.push_back(item_line(item, name_width, columns));
    std::string text;
    for (std::size_t i = 0; i < std::min(lines.size(), rows); ++i)
        text += (i == 0 ? "" : "\n") + lines[i];
    return text;
}

} // namespace ferry
