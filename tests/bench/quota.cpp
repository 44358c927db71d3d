#include "quota.hpp"

#include <algorithm>
#include <stdexcept>

namespace ferry::bench {

namespace {

Line line_of(const Rush& rush, const std::vector<Usage>& usages, const Seen& seen) {
    const auto by_wall = [](const Usage& a, const Usage& b) { return a.wall_s < b.wall_s; };
    const auto by_peak = [](const Usage& a, const Usage& b) { return a.peak_mib < b.peak_mib; };
    const auto [fastest, slowest] = std::minmax_element(usages.begin(), usages.end(), by_wall);
    const double refused = 100 * static_cast<double>(seen.refused) / static_cast<double>(seen.api_calls);
    const std::uint64_t windows = (seen.api_calls - seen.refused + rush.calls - 1) / rush.calls;
    Line line;
    line.name = rush.name;
    line.wall_ferry = fixed(slowest->wall_s, 2);
    line.peak_ferry = fixed(std::max_element(usages.begin(), usages.end(), by_peak)->peak_mib, 1);
    line.calls = std::to_string(seen.api_calls);
    line.further = "all " + std::to_string(rush.runners) + " done; " + fixed(refused, 1) +
                   " % of the calls refused; slowest/fastest " + fixed(slowest->wall_s / fastest->wall_s, 2) +
                   "; the quota alone takes " + std::to_string((windows - 1) * rush.seconds) + " s";
    return line;
}

} // namespace

Line measure_rush(const Rush& rush, const Place& place) {
    const SinkProcess sink({"--rate-limit", std::to_string(rush.calls) + "/" + std::to_string(rush.seconds)});
    const Load load{.name = rush.name, .files = rush.files, .file_size = 16 * kib};
    std::vector<Command> commands;
    for (int runner = 0; runner < rush.runners; ++runner) {
        const std::string folder = "files" + std::to_string(runner);
        make_files(place, folder, load.files, load.file_size);
        commands.push_back(ferry_command(load, place, sink, folder, runner));
    }
    const std::vector<Usage> usages = run_together(commands);
    const Seen seen = sink.seen();
    if (seen.bytes != load.bytes() * commands.size())
        throw std::runtime_error(rush.name + ": only " + std::to_string(seen.bytes) + " bytes have arrived");
    return line_of(rush, usages, seen);
}

} // namespace ferry::bench
