// Signals in the middle of an upload: put to sleep, stopped in order, stopped at once.
#include "wait_until.hpp"
#include "workspace.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>

namespace ferry::test {
namespace {

constexpr std::uint64_t parts = 8;
// The storage takes part 6 and says nothing any more.
constexpr const char* held_part = R"({"operation":"put","part":6,"fault":"stall"})";
const std::string patient = R"("project":"me/my-project","files":["a.bin"],"timeouts":{"stall":300})";

// All parts are stored but the one that is held.
void await_held(Workspace& space) {
    wait_until([&] { return space.server().counters().stored_parts == parts - 1; });
}

void check_left(Workspace& space) {
    const auto open = space.server().open_uploads();
    REQUIRE(open.size() == 1);
    CHECK(open[0].reported == std::vector<std::uint32_t>{1, 2, 3, 4, 5, 7, 8});
    CHECK(space.server().files("me/my-project").empty());
}

// Run once more: one part is all that is sent.
void check_rerun(Workspace& space) {
    const std::uint64_t before = space.server().counters().puts;
    const ProcessResult result = space.upload(patient);
    CHECK_MESSAGE(result.status == 0, result.err);
    CHECK(space.stored("a.bin", Workspace::bytes(parts * Workspace::part)));
    CHECK(space.server().counters().puts == before + 1);
    CHECK(space.server().counters().of("init") == 1);
    CHECK(space.server().open_upload_count() == 0);
}

// Longer than ferry lets a part stall.
template <class Look> void sleep_and_wake(const FerryProcess& process, Look before_waking) {
    process.signal(SIGSTOP);
    std::this_thread::sleep_for(std::chrono::seconds(3));
    before_waking();
    process.signal(SIGCONT);
}

void check_nothing_again(Workspace& space, FerryProcess& process, const std::string& content, std::uint64_t count) {
    const ProcessResult result = process.wait();
    CHECK_MESSAGE(result.status == 0, result.err);
    CHECK(space.stored("a.bin", content));
    CHECK_MESSAGE(space.server().counters().puts == count, result.err);
    CHECK(space.server().counters().of("sign") == count);
    CHECK(space.server().open_upload_count() == 0);
}

const std::string impatient = R"("project":"me/my-project","files":["a.bin"],"timeouts":{"stall":1})";

} // namespace

TEST_CASE("a process that is put to sleep in the middle of a part goes on with it") {
    constexpr std::uint64_t part = 16u << 20;
    platform::PlatformSettings settings;
    settings.part_size = platform::PartSizePolicy::fixed;
    settings.fixed_part_size = part;
    Workspace space(settings);
    // More than the sockets' buffers hold is still to be sent while the storage takes a rest, a shorter one than a
    // stall.
    space.server().add_faults(R"({"operation":"put","times":2,"fault":"stall","after_bytes":1000000,"ms":700})");
    space.make_file("a.bin", 2 * part);
    FerryProcess process({"run", space.upload_workflow(impatient)}, space.setup());
    wait_until([&] { return space.server().counters().puts == 2; });
    sleep_and_wake(process, [&] { REQUIRE(space.server().counters().stored_parts == 0); });
    check_nothing_again(space, process, Workspace::bytes(2 * part), 2);
}

TEST_CASE("a process that is put to sleep while a part's answer is due takes the answer when it wakes") {
    platform::PlatformSettings settings;
    settings.storage_latency = platform::Milliseconds(500);
    Workspace space(settings);
    space.make_file("a.bin", parts * Workspace::part);
    FerryProcess process({"run", space.upload_workflow(impatient)}, space.setup());
    wait_until([&] { return space.server().counters().stored_parts >= 1; });
    sleep_and_wake(process, [&] { REQUIRE(process.running()); });
    check_nothing_again(space, process, Workspace::bytes(parts * Workspace::part), parts);
}

TEST_CASE("a first signal ends an upload in order: its parts are reported, and the next run sends only the rest") {
    for (const int signal : {SIGINT, SIGTERM}) {
        CAPTURE(signal);
        Workspace space;
        space.server().add_faults(held_part);
        space.make_file("a.bin", parts * Workspace::part);
        FerryProcess process({"run", space.upload_workflow(patient)}, space.setup());
        await_held(space);
        process.signal(signal);
        CHECK(process.wait().status == 128 + signal);
        check_left(space);
        check_rerun(space);
    }
}

TEST_CASE("a platform that takes no reports holds up no stop") {
    Workspace space;
    space.server().add_faults(held_part);
    space.server().add_faults(R"({"operation":"report_many","fault":"stall"})");
    space.make_file("a.bin", parts * Workspace::part);
    FerryProcess process({"run", space.upload_workflow(patient)}, space.setup());
    await_held(space);
    process.signal(SIGTERM);
    CHECK(process.wait().status == 128 + SIGTERM); // within the patience of this test, not within the stall timeout
    CHECK(space.server().open_upload_count() == 1);
    check_rerun(space);
}

TEST_CASE("a second signal ends at once, and the upload is gone on from all the same") {
    Workspace space;
    space.server().add_faults(held_part);
    space.make_file("a.bin", parts * Workspace::part);
    const auto workflow = space.dir() / "two.json";
    // Beside the upload, a command that would hold up an end in order for ten seconds.
    std::ofstream(workflow) << R"({"name":"two","steps":[{"id":"publish","task":"upload","with":{)" << patient
                            << R"(}},{"id":"deaf","task":"command","with":{"command":
      ["sh","-c","trap '' TERM; echo > ready; while :; do sleep 1000; done"]}}]})";
    FerryProcess process({"run", workflow.string(), "--jobs", "2"}, space.setup());
    await_held(space);
    wait_until([&] { return std::filesystem::exists(space.dir() / "ready"); });
    process.signal(SIGINT);
    wait_until([&] { return space.server().counters().of("report_many") == 1; });
    process.signal(SIGTERM);
    CHECK(process.wait().status == 128 + SIGTERM);
    check_rerun(space);
}

} // namespace ferry::test
