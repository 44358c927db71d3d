// The same step run twice at once, with one state directory.
#include "wait_until.hpp"
#include "workspace.hpp"

#include <Poco/JSON/Array.h>
#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace ferry::test {
namespace {

constexpr std::uint64_t parts = 5;
// The storage takes part 3 and says nothing any more; ferry would wait for minutes.
constexpr const char* held_part = R"({"operation":"put","part":3,"fault":"stall"})";
const std::string patient = R"("project":"me/my-project","files":["a.bin"],"timeouts":{"stall":300})";

// A first process with four of five parts stored, and a second one that waits for it.
struct Two {
    Workspace space;
    std::string workflow = space.upload_workflow(patient);
    FerryProcess first{prepared(), space.setup()};
    FerryProcess second{followed(), space.setup()};

    std::vector<std::string> prepared() {
        space.server().add_faults(held_part);
        space.make_file("a.bin", parts * Workspace::part);
        return {"run", workflow};
    }
    std::vector<std::string> followed() {
        wait_until([&] { return space.server().counters().stored_parts == parts - 1; });
        // Another run in ferry's eyes, as it is of another file: else it would not even begin.
        std::filesystem::copy_file(workflow, workflow + ".copy");
        return {"run", workflow + ".copy"};
    }
    void await_second() {
        wait_until([&] { return second.told().find("waiting for up to") != std::string::npos; });
    }
    // The storage cuts its connections and is back at once: the part is sent again.
    void release_first() {
        space.server().stop_storage();
        space.server().start_storage();
    }
    std::string title_of_first() const {
        std::array<char, 256> host{};
        REQUIRE(::gethostname(host.data(), host.size() - 1) == 0);
        return "process " + std::to_string(first.pid()) + " on host " + host.data();
    }
    void check_stored() {
        CHECK(space.stored("a.bin", Workspace::bytes(parts * Workspace::part)));
        CHECK(space.server().files("me/my-project").size() == 1);
        CHECK(space.server().open_upload_count() == 0);
        CHECK(space.server().counters().of("init") == 1);
    }
    void check_uploaded(const ProcessResult& result) {
        REQUIRE_MESSAGE(result.status == 0, result.err);
        const auto file = outputs(result, "publish")->getArray("files")->getObject(0);
        CHECK(file->getValue<std::string>("status") == "uploaded");
        CHECK(file->getValue<std::string>("id") == space.server().stored("me/my-project", "a.bin").id);
    }
};

} // namespace

TEST_CASE("the second of two runs of one step waits, and finds uploaded what the first has sent") {
    Two two;
    two.await_second();
    CHECK(two.second.told().find(two.title_of_first()) != std::string::npos);
    two.release_first();
    two.check_uploaded(two.first.wait());
    two.check_uploaded(two.second.wait());
    two.check_stored();
    CHECK(two.space.server().counters().puts == parts + 1);
    CHECK(two.space.server().counters().of("complete") == 1);
}

TEST_CASE("the second of two runs of one step goes on where the first was stopped or killed") {
    for (const int signal : {SIGTERM, SIGKILL}) {
        CAPTURE(signal);
        Two two;
        two.await_second();
        two.first.signal(signal);
        CHECK(two.first.wait().status == 128 + signal);
        two.check_uploaded(two.second.wait());
        two.check_stored();
        CHECK(two.space.server().counters().puts == parts + 1);
    }
}

TEST_CASE("a second run of the same workflow does not begin, and names the first") {
    Workspace space;
    space.server().add_faults(held_part);
    space.make_file("a.bin", parts * Workspace::part);
    const std::string workflow = space.upload_workflow(patient);
    FerryProcess first{{"run", workflow}, space.setup()};
    wait_until([&] { return space.server().counters().stored_parts == parts - 1; });
    const ProcessResult second = space.ferry({"run", workflow});
    CHECK(second.status == 1);
    CHECK(second.out.empty());
    CHECK_MESSAGE(second.err.find("error: process " + std::to_string(first.pid()) + " on host ") != std::string::npos,
                  second.err);
    CHECK(second.err.find(" has this run in work, since 2") != std::string::npos);
    first.signal(SIGKILL);
    CHECK(first.wait().status == 128 + SIGKILL);
    const ProcessResult third = space.ferry({"run", workflow, "--resume"}); // takes the dead one's place at once
    REQUIRE_MESSAGE(third.status == 0, third.err);
    CHECK(third.err.find("which had this run before, is gone: going on in its place") != std::string::npos);
    CHECK(space.server().counters().of("init") == 1);
}

TEST_CASE("long: the second of two runs of one step gives up after a minute and names the first" * doctest::skip()) {
    Two two;
    const std::string first = two.title_of_first();
    const ProcessResult result = two.second.wait();
    CHECK(result.status == 1);
    CHECK_MESSAGE(result.err.find(first + " has this very upload step in work, and still had after") !=
                      std::string::npos,
                  result.err);
    CHECK(two.first.running());
    two.release_first();
    two.check_uploaded(two.first.wait());
    two.check_stored();
}

} // namespace ferry::test
