// Several runners, each a process of its own, with one token and its quota.
#include "workspace.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace ferry::test {
namespace {

constexpr int runners = 4;
constexpr int files_each = 25;
constexpr std::uint64_t calls_each = 1 + 3 * files_each; // a listing; start, URL and completion of each file
constexpr std::uint64_t size = 100;

std::string file_name(int runner, int file) {
    return "r" + std::to_string(runner) + "-" + std::to_string(file) + ".bin";
}

std::uint32_t seed(int runner, int file) {
    return static_cast<std::uint32_t>(runner * 1000 + file);
}

// Starts a runner that uploads files of its own.
std::unique_ptr<FerryProcess> start(Workspace& space, int runner) {
    for (int i = 0; i < files_each; ++i)
        space.make_file(file_name(runner, i), size, seed(runner, i));
    const std::string name = "r" + std::to_string(runner);
    return std::make_unique<FerryProcess>(std::vector<std::string>{"task", "upload", "--set", "project=me/my-project",
                                                                   "--set", R"(files=[")" + name + R"(-*.bin"])",
                                                                   "--state-dir", name + ".state"},
                                          space.setup());
}

} // namespace

TEST_CASE("shared quota: four runners at once are done in turn with the platform, and hardly ever refused") {
    platform::PlatformSettings settings;
    settings.rate_calls = 100; // the calls of all need more than three windows
    settings.rate_window = std::chrono::seconds(4);
    Workspace space(settings);
    std::vector<std::unique_ptr<FerryProcess>> processes;
    for (int i = 0; i < runners; ++i)
        processes.push_back(start(space, i));
    std::string told;
    for (const auto& process : processes) {
        const ProcessResult result = process->wait();
        CHECK_MESSAGE(result.status == 0, result.err);
        told += result.err;
    }
    for (int runner = 0; runner < runners; ++runner)
        for (int i = 0; i < files_each; ++i)
            CHECK(space.stored(file_name(runner, i), Workspace::bytes(size, seed(runner, i))));
    const platform::Counters counters = space.server().counters();
    CHECK(space.server().files("me/my-project").size() == runners * files_each);
    CHECK(space.server().open_upload_count() == 0);
    CHECK(counters.api_calls == runners * calls_each + counters.rate_limited);
    CHECK_MESSAGE(counters.rate_limited * 100 <= counters.api_calls * 3, counters.rate_limited << " refused");
    CHECK_MESSAGE(told.find("calls are spread over the ") != std::string::npos, told);
}

TEST_CASE("shared quota: a stop in order waits for no calls that are spread over an hour") {
    platform::PlatformSettings settings;
    settings.rate_calls = 10;
    settings.rate_window = std::chrono::hours(1);
    Workspace space(settings);
    space.make_file("a.bin", 20 * Workspace::part);
    FerryProcess process({"run", space.upload_workflow(R"("project":"me/my-project","files":["a.bin"])")},
                         space.setup());
    while (process.running() && process.told().find("calls are spread over the ") == std::string::npos)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    process.signal(SIGTERM);
    const ProcessResult result = process.wait();
    CHECK_MESSAGE(result.status == 128 + SIGTERM, result.err);
    CHECK(space.server().open_upload_count() == 1);
    CHECK(space.server().counters().of("report_many") == 1); // what is stored was told to the platform
    CHECK(space.server().counters().rate_limited == 0);
}

} // namespace ferry::test
