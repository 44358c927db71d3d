#include "table.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>

namespace ferry::bench {

namespace {

double wall(const Run& run) {
    return run.usage.wall_s;
}

double cpu(const Run& run) {
    return run.usage.cpu_s;
}

double peak(const Run& run) {
    return run.usage.peak_mib;
}

double calls(const Run& run) {
    return static_cast<double>(run.seen.api_calls);
}

bool one_file(const Load& load) {
    return load.files == 1;
}

// Seconds for a GiB, or milliseconds for a file where it is their number that counts.
std::string cpu_text(const Load& load, const std::vector<Run>& runs) {
    const double seconds = spread(runs, cpu).median;
    if (one_file(load))
        return fixed(seconds * gib / static_cast<double>(load.bytes()), 2) + " s/GiB";
    return fixed(seconds * 1000 / static_cast<double>(load.files), 2) + " ms/file";
}

std::string calls_text(const Pairs& pairs) {
    const double all = spread(pairs.ferry, calls).median;
    const Load& load = pairs.load;
    const double unit = one_file(load) ? static_cast<double>(load.bytes()) / gib : static_cast<double>(load.files);
    return fixed(all, 0) + " (" + fixed(all / unit, one_file(load) ? 1 : 2) + (one_file(load) ? "/GiB)" : "/file)");
}

std::string sink_text(const Pairs& pairs) {
    const auto sink = [](const Run& run) { return static_cast<double>(run.seen.cpu_us) / 1e6; };
    const auto connections = [](const Run& run) { return static_cast<double>(run.seen.connections); };
    return "sink's CPU " + fixed(spread(pairs.ferry, sink).median, 2) + " and " +
           fixed(spread(pairs.curl, sink).median, 2) + " s; " + fixed(spread(pairs.ferry, connections).median, 0) +
           " and " + fixed(spread(pairs.curl, connections).median, 0) + " connections";
}

// The time that latency alone takes when every slot is always busy.
double bound_of(const Pairs& pairs) {
    const Load& load = pairs.load;
    const double latency = load.latency_ms / 1000.0;
    if (!one_file(load)) // init, sign, put and complete of each
        return static_cast<double>(load.files * 4) * latency / load.slots;
    const std::uint64_t rounds = (pairs.parts + load.slots - 1) / load.slots;
    return static_cast<double>(3 + 2 * rounds) * latency; // listing, init, complete; sign and put
}

std::string bound_text(const Pairs& pairs) {
    if (pairs.load.latency_ms == 0)
        return {};
    const double bound = bound_of(pairs);
    const Spread over = spread(pairs.ferry, [&](const Run& run) { return wall(run) / bound; });
    return "latency alone takes " + fixed(bound, 2) + " s, ferry " + with_quartiles(over) + " times that; ";
}

} // namespace

std::string fixed(double value, int digits) {
    char text[64] = {};
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string with_quartiles(const Spread& spread) {
    return fixed(spread.median, 2) + " (" + fixed(spread.low, 2) + "-" + fixed(spread.high, 2) + ")";
}

void print_heading() {
    std::cout << "| run | wall s: ferry | curl | ratio | CPU: ferry | curl | ratio | peak MiB: ferry | curl "
                 "| API calls | further |\n"
                 "|---|---|---|---|---|---|---|---|---|---|---|"
              << std::endl;
}

void print(const Line& line) {
    for (const std::string* cell :
         {&line.name, &line.wall_ferry, &line.wall_curl, &line.wall_ratio, &line.cpu_ferry, &line.cpu_curl,
          &line.cpu_ratio, &line.peak_ferry, &line.peak_curl, &line.calls, &line.further})
        std::cout << "| " << *cell << ' ';
    std::cout << '|' << std::endl;
}

Line line_of(const Pairs& pairs) {
    return {.name = pairs.load.name,
            .wall_ferry = fixed(spread(pairs.ferry, wall).median, 2),
            .wall_curl = fixed(spread(pairs.curl, wall).median, 2),
            .wall_ratio = with_quartiles(ratio(pairs, wall)),
            .cpu_ferry = cpu_text(pairs.load, pairs.ferry),
            .cpu_curl = cpu_text(pairs.load, pairs.curl),
            .cpu_ratio = with_quartiles(ratio(pairs, cpu)),
            .peak_ferry = fixed(spread(pairs.ferry, peak).median, 1),
            .peak_curl = fixed(spread(pairs.curl, peak).median, 1),
            .calls = calls_text(pairs),
            .further = bound_text(pairs) + sink_text(pairs)};
}

Line measure_md5(std::uint64_t size, const Place& place) {
    Command rates;
    rates.words = {BENCH_MD5, std::to_string(size)};
    rates.out = (place.dir / "md5.out").string();
    rates.err = (place.dir / "md5.err").string();
    run(rates);
    Line line;
    line.name = "MD5 alone";
    std::ifstream printed(rates.out);
    for (std::string form; std::getline(printed, form);)
        line.further += (line.further.empty() ? "" : "; ") + form;
    return line;
}

} // namespace ferry::bench
