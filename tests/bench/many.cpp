#include "many.hpp"

#include <fstream>
#include <stdexcept>

namespace ferry::bench {

namespace {

namespace fs = std::filesystem;

// An empty folder with an empty state in it.
fs::path fresh_folder(const Place& place) {
    const fs::path folder = place.dir / "many";
    fs::remove_all(folder);
    fs::create_directories(folder);
    return folder;
}

Command ferry_in(const fs::path& folder, std::vector<std::string> words) {
    Command command;
    command.words = {FERRY_BINARY};
    command.words.insert(command.words.end(), words.begin(), words.end());
    for (const std::string& word : {std::string("--progress"), std::string("none"), std::string("--log-level"),
                                    std::string("warn"), std::string("--state-dir"), (folder / "state").string()})
        command.words.push_back(word);
    command.environment = {"HOME=" + folder.string()};
    command.out = (folder / "outputs").string();
    command.err = (folder / "stderr").string();
    return command;
}

Command batch_in(const fs::path& folder, unsigned jobs) {
    return ferry_in(folder, {"batch", (folder / "w.json").string(), "--manifest", (folder / "rows.csv").string(),
                             "--jobs", std::to_string(jobs)});
}

Run upload_rows(const RowUploads& uploads, std::uint64_t rows, unsigned jobs, const Place& place,
                const SinkProcess& sink) {
    constexpr std::uint64_t size = 16 * kib;
    const fs::path folder = fresh_folder(place);
    std::ofstream(folder / "w.json") << R"({"name":"many","vars":{"file":null},"steps":[{"id":"publish",)"
                                     << R"("task":"upload","with":{"project":"me/bench","files":["${vars.file}"]}}]})";
    std::ofstream manifest(folder / "rows.csv");
    manifest << "file\n";
    for (const fs::path& file : make_files(place, "many/files", rows, size))
        manifest << file.string() << '\n';
    manifest.close();
    Command command = batch_in(folder, jobs);
    command.environment.insert(command.environment.end(), {"SB_API_ENDPOINT=" + sink.api(), "SB_AUTH_TOKEN=bench"});
    const Seen before = sink.seen();
    Run one{run(command), {}};
    one.seen = sink.seen().since(before);
    if (one.seen.bytes != rows * size)
        throw std::runtime_error(uploads.name + ": only " + std::to_string(one.seen.bytes) + " bytes have arrived");
    return one;
}

double wall_of(const Run& run) {
    return run.usage.wall_s;
}

void write_trues(const Trues& trues, const fs::path& folder) {
    std::ofstream workflow(folder / "w.json");
    workflow << R"({"name":"many",)" << (trues.as_rows ? R"("vars":{"row":null},)" : "") << R"("steps":[)";
    for (std::uint64_t i = 0; i < (trues.as_rows ? 1 : trues.count); ++i)
        workflow << (i == 0 ? "" : ",") << R"({"id":"s)" << i << R"(","task":"command","with":{"command":["true"]}})";
    workflow << "]}";
    if (!trues.as_rows)
        return;
    std::ofstream rows(folder / "rows.csv");
    rows << "row\n";
    for (std::uint64_t i = 0; i < trues.count; ++i)
        rows << i << '\n';
}

// What starting `true` and waiting for it takes a small process, as often.
double spawns(std::uint64_t count) {
    Command command;
    command.words = {"true"};
    double seconds = 0;
    for (std::uint64_t i = 0; i < count; ++i)
        seconds += run(command).wall_s;
    return seconds;
}

} // namespace

Line measure_row_uploads(const RowUploads& uploads, const Place& place) {
    const std::string latency = std::to_string(uploads.latency_ms);
    const SinkProcess sink({"--api-latency", latency, "--storage-latency", latency});
    std::vector<Run> together;
    std::vector<Run> alone;
    for (unsigned i = 0; i < uploads.runs; ++i) {
        together.push_back(upload_rows(uploads, uploads.rows, uploads.jobs, place, sink));
        alone.push_back(upload_rows(uploads, uploads.rows_alone, 1, place, sink));
    }
    const double wall = spread(together, wall_of).median;
    const double measured = spread(alone, wall_of).median;
    const double scaled = measured * static_cast<double>(uploads.rows) / static_cast<double>(uploads.rows_alone);
    Line line;
    line.name = uploads.name;
    line.wall_ferry = fixed(wall, 2);
    line.cpu_ferry = fixed(spread(together, [](const Run& run) { return run.usage.cpu_s; }).median, 2) + " s";
    line.peak_ferry = fixed(spread(together, [](const Run& run) { return run.usage.peak_mib; }).median, 1);
    line.calls = std::to_string(together.front().seen.api_calls);
    line.further = "--jobs 1 takes " + fixed(scaled, 1) + " s (" + std::to_string(uploads.rows_alone) + " rows in " +
                   fixed(measured, 2) + " s, scaled), " + fixed(scaled / wall, 1) + " times as long";
    fs::remove_all(place.dir / "many");
    return line;
}

Line measure_trues(const Trues& trues, const Place& place) {
    std::vector<Run> runs;
    std::vector<double> spawned;
    for (unsigned i = 0; i < trues.runs; ++i) {
        const fs::path folder = fresh_folder(place);
        write_trues(trues, folder);
        spawned.push_back(spawns(trues.count));
        runs.push_back({run(trues.as_rows ? batch_in(folder, 1)
                                          : ferry_in(folder, {"run", (folder / "w.json").string(), "--jobs", "1"})),
                        {}});
    }
    const double count = static_cast<double>(trues.count);
    const double each = spread(runs, wall_of).median * 1000 / count;
    const double spawn = spread(spawned).median * 1000 / count;
    const std::string unit = trues.as_rows ? "row" : "step";
    Line line;
    line.name = trues.name;
    line.wall_ferry = fixed(spread(runs, wall_of).median, 2);
    line.cpu_ferry = fixed(spread(runs, [](const Run& run) { return run.usage.cpu_s; }).median * 1000 / count, 2) +
                     " ms/" + unit + " (with its child)";
    line.peak_ferry = fixed(spread(runs, [](const Run& run) { return run.usage.peak_mib; }).median, 1);
    line.further =
        fixed(each, 2) + " ms a " + unit + ": the spawn " + fixed(spawn, 2) + ", beyond it " + fixed(each - spawn, 2);
    fs::remove_all(place.dir / "many");
    return line;
}

} // namespace ferry::bench
