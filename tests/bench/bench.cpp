// ferry_bench: uploads beside curl's, against one sink, as one table.
#include "many.hpp"
#include "quota.hpp"
#include "temp_dir.hpp"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string_view>

namespace {

using namespace ferry::bench;

constexpr const char* usage = "usage: ferry_bench [--pairs N] [--gib N] [--only TEXT] [--quick]\n"
                              "  --pairs N    pairs of runs, ferry's and curl's, for a row (11)\n"
                              "  --gib N      size of the large files (2)\n"
                              "  --only TEXT  the rows whose names hold this\n"
                              "  --quick      3 pairs, everything small: to see that it works\n";

struct Options {
    unsigned pairs = 0; // 0: as many as usual
    unsigned gib = 2;
    std::string only;
    bool quick = false;
};

struct Row {
    std::string name;
    std::function<Line()> measure;
};

unsigned count(const char* text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text, text + std::strlen(text), value);
    if (error != std::errc() || *end != '\0' || value == 0)
        throw std::invalid_argument(usage);
    return value;
}

Options read_options(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view option = argv[i];
        const char* const value = i + 1 < argc ? argv[i + 1] : "";
        if (option == "--quick") {
            options.quick = true;
            continue;
        }
        if (*value == '\0')
            throw std::invalid_argument(usage);
        if (option == "--pairs")
            options.pairs = count(value);
        else if (option == "--gib")
            options.gib = count(value);
        else if (option == "--only")
            options.only = value;
        else
            throw std::invalid_argument(usage);
        ++i;
    }
    if (options.pairs == 0)
        options.pairs = options.quick ? 3 : 11;
    return options;
}

std::string wire(bool tls) {
    return tls ? "https" : "http";
}

// As much as goes through: the cost of a byte.
std::vector<Load> byte_loads(const Options& options) {
    std::vector<Load> loads;
    for (const bool tls : {false, true})
        for (const char* verify : {"none", "etag"})
            for (const unsigned slots : {8u, 16u})
                loads.push_back(
                    {.name = "bytes, " + wire(tls) + ", verify " + verify + ", " + std::to_string(slots) + " slots",
                     .file_size = options.quick ? 40 * mib : options.gib * gib,
                     .part_size = (options.quick ? 5 : 32) * mib,
                     .slots = slots,
                     .tls = tls,
                     .verify = verify,
                     .pairs = options.pairs});
    return loads;
}

// Large parts in many slots: memory must not know either.
std::vector<Load> memory_loads(const Options& options) {
    std::vector<Load> loads;
    for (const bool tls : {false, true})
        loads.push_back({.name = "memory, " + wire(tls) + ", 16 slots, large parts",
                         .file_size = options.quick ? 80 * mib : 4 * gib,
                         .part_size = (options.quick ? 5 : 256) * mib,
                         .slots = 16,
                         .tls = tls,
                         .pairs = options.quick ? 1 : std::min(options.pairs, 3u)});
    return loads;
}

std::vector<Load> latency_loads(const Options& options) {
    std::vector<Load> loads;
    const std::uint64_t files = options.quick ? 20 : 1000;
    for (const unsigned latency : {0u, options.quick ? 5u : 20u, options.quick ? 20u : 80u})
        loads.push_back({.name = std::to_string(files) + " small files, " + std::to_string(latency) + " ms",
                         .files = files,
                         .file_size = 16 * kib,
                         .slots = 16,
                         .latency_ms = latency,
                         .pairs = options.pairs});
    // Without MD5, which would take longer than the latency that is looked for.
    for (const unsigned latency : {options.quick ? 5u : 20u, options.quick ? 20u : 80u})
        loads.push_back({.name = "large file, " + std::to_string(latency) + " ms",
                         .file_size = options.quick ? 32 * mib : options.gib * gib,
                         .verify = "none",
                         .latency_ms = latency,
                         .pairs = options.pairs});
    return loads;
}

std::vector<Rush> rushes(const Options& options) {
    std::vector<Rush> all;
    for (const int runners : {4, 8}) {
        Rush rush{.name = "quota, " + std::to_string(runners) + " runners", .runners = runners};
        if (options.quick)
            rush = {rush.name, runners, 2, static_cast<unsigned>(runners) * 5, 1};
        all.push_back(rush);
    }
    return all;
}

std::vector<RowUploads> row_uploads(const Options& options) {
    if (options.quick)
        return {{"20 rows of one part, 5 ms, --jobs 4 beside --jobs 1", 20, 5, 4, 5, 1}};
    RowUploads uploads;
    uploads.name = "1,000 rows of one part, 50 ms, --jobs 16 beside --jobs 1";
    uploads.runs = std::min(options.pairs, uploads.runs);
    return {uploads};
}

std::vector<Trues> trues(const Options& options) {
    if (options.quick)
        return {{"50 rows of true", 50, true, 1}, {"20 steps of true", 20, false, 1}};
    const unsigned runs = std::min(options.pairs, 3u);
    return {{"10,000 rows of true", 10'000, true, runs}, {"1,000 steps of true", 1'000, false, runs}};
}

std::vector<Row> rows(const Options& options, const Place& place) {
    std::vector<Row> all;
    const std::uint64_t hashed = options.quick ? 64 * mib : 4 * gib;
    all.push_back({"MD5 alone", [hashed, &place] { return measure_md5(hashed, place); }});
    for (const auto& loads : {byte_loads(options), memory_loads(options), latency_loads(options)})
        for (const Load& load : loads)
            all.push_back({load.name, [load, &place] { return line_of(measure(load, place)); }});
    for (const RowUploads& uploads : row_uploads(options))
        all.push_back({uploads.name, [uploads, &place] { return measure_row_uploads(uploads, place); }});
    for (const Trues& one : trues(options))
        all.push_back({one.name, [one, &place] { return measure_trues(one, place); }});
    for (const Rush& rush : rushes(options))
        all.push_back({rush.name, [rush, &place] { return measure_rush(rush, place); }});
    return all;
}

int measure_all(const Options& options) {
    const ferry::test::TempDir dir;
    const Place place{dir.path()};
    make_certificate(place);
    print_heading();
    int measured = 0;
    for (const Row& row : rows(options, place))
        if (row.name.find(options.only) != std::string::npos) {
            print(row.measure());
            ++measured;
        }
    std::cout << "\nMedians of " << options.pairs << " pairs of runs (quartiles), after one of each to warm up; of the "
              << "memory rows, of rows and of steps at most 3, of the quota rows 1. No peak can be told that is below "
              << fixed(own_peak_mib(), 1) << " MiB." << std::endl;
    if (measured == 0)
        std::cerr << "ferry_bench: no row's name holds '" << options.only << "'\n";
    return measured > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return measure_all(read_options(argc, argv));
    } catch (const std::invalid_argument& error) {
        std::cerr << error.what();
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "ferry_bench: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
