#include "measure.hpp"

#include <algorithm>
#include <stdexcept>

namespace ferry::bench {

namespace {

namespace fs = std::filesystem;

Run measured(const Command& command, const Load& load, const SinkProcess& sink) {
    const Seen before = sink.seen();
    Run one{run(command), {}};
    one.seen = sink.seen().since(before);
    if (one.seen.bytes != load.bytes())
        throw std::runtime_error(command.words[0] + " sent " + std::to_string(one.seen.bytes) + " bytes of " +
                                 std::to_string(load.bytes()));
    return one;
}

// ferry's own files where each is one part.
std::vector<fs::path> part_files(const Pairs& pairs, const Place& place, const std::vector<fs::path>& files) {
    const Load& load = pairs.load;
    if (load.file_size <= pairs.part_size)
        return files;
    if (load.file_size % pairs.part_size != 0)
        throw std::runtime_error("a file of " + std::to_string(load.file_size) + " bytes has no equal parts of " +
                                 std::to_string(pairs.part_size));
    return make_files(place, "parts", load.bytes() / pairs.part_size, pairs.part_size);
}

double quantile(const std::vector<double>& sorted, std::size_t quarters) {
    const std::size_t at = (sorted.size() - 1) * quarters;
    const double low = sorted[at / 4];
    const double high = sorted[std::min(at / 4 + 1, sorted.size() - 1)];
    return low + (high - low) * static_cast<double>(at % 4) / 4;
}

} // namespace

Pairs measure(const Load& load, const Place& place) {
    Pairs pairs{.load = load, .ferry = {}, .curl = {}};
    const SinkProcess sink(sink_options(load, place));
    const std::vector<fs::path> files = make_files(place, "files", load.files, load.file_size);
    const Command warm_up = ferry_command(load, place, sink, "files");
    measured(warm_up, load, sink);
    pairs.part_size = number_of(read_text(warm_up.out), "part_size");
    pairs.parts = load.files * ((load.file_size + pairs.part_size - 1) / pairs.part_size);
    const Command curl = curl_command(load, place, sink, part_files(pairs, place, files));
    measured(curl, load, sink);
    for (unsigned i = 0; i < load.pairs; ++i) {
        pairs.ferry.push_back(measured(ferry_command(load, place, sink, "files"), load, sink));
        pairs.curl.push_back(measured(curl, load, sink));
    }
    fs::remove_all(place.dir / "files");
    fs::remove_all(place.dir / "parts");
    return pairs;
}

Spread spread(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return {quantile(values, 2), quantile(values, 1), quantile(values, 3)};
}

Spread spread(const std::vector<Run>& runs, const Value& value) {
    std::vector<double> values;
    values.reserve(runs.size());
    for (const Run& run : runs)
        values.push_back(value(run));
    return spread(std::move(values));
}

Spread ratio(const Pairs& pairs, const Value& value) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < pairs.ferry.size(); ++i)
        ratios.push_back(value(pairs.ferry[i]) / value(pairs.curl[i]));
    return spread(std::move(ratios));
}

} // namespace ferry::bench
