// The line is gone for real, for minutes.
#include "wait_until.hpp"
#include "workspace.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

namespace ferry::test {
namespace {

constexpr std::uint64_t parts = 40;

void check_waited_out(Workspace& space, FerryProcess& process) {
    const ProcessResult result = process.wait();
    CHECK_MESSAGE(result.status == 0, result.err);
    CHECK(space.stored("a.bin", Workspace::bytes(parts * Workspace::part)));
    CHECK(space.server().files("me/my-project").size() == 1);
    CHECK(space.server().open_upload_count() == 0);
    CHECK(space.server().counters().of("init") == 1);
    CHECK_MESSAGE(result.err.find("error") == std::string::npos, result.err);
    CHECK_MESSAGE(result.err.find("everything pauses") != std::string::npos, result.err);
    // What every run says, plus: gone and back, of the platform and of its storage, and a line of progress each 30 s.
    CHECK_MESSAGE(std::count(result.err.begin(), result.err.end(), '\n') <= 14, result.err);
    MESSAGE(result.err);
}

} // namespace

TEST_CASE("long: two minutes without platform and storage, or without storage alone, are waited out" *
          doctest::skip()) {
    platform::PlatformSettings settings;
    settings.storage_latency = platform::Milliseconds(50);
    Workspace both(settings);
    Workspace storage(settings);
    std::vector<std::unique_ptr<FerryProcess>> processes;
    for (Workspace* space : {&both, &storage}) {
        space->make_file("a.bin", parts * Workspace::part);
        processes.push_back(std::make_unique<FerryProcess>(
            std::vector<std::string>{"run", space->upload_workflow(R"("project":"me/my-project","files":["a.bin"])")},
            space->setup()));
        wait_until([&] { return space->server().counters().stored_parts >= 20; });
        space == &both ? space->server().stop() : space->server().stop_storage();
    }
    std::this_thread::sleep_for(std::chrono::minutes(2));
    both.server().start();
    storage.server().start_storage();
    check_waited_out(both, *processes[0]);
    check_waited_out(storage, *processes[1]);
}

} // namespace ferry::test
