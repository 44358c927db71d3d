// Loading, running and leaving, over and over: a race at the end of the process, of threads, of libraries or of what
// they hold, shows in few of many runs.
#include "workspace.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int cycles = 20; // each takes several times as long, and a race that happens is told even if it does no harm
#else
constexpr int cycles = 100;
#endif

} // namespace

TEST_CASE("the plugin is loaded, uploads and goes a hundred times, cleanly each time") {
    platform::PlatformSettings settings;
    settings.rate_calls = 100 * cycles; // its spreading over the minutes is none of this test's business
    Workspace space(settings);
    const std::string content = Workspace::bytes(3 * Workspace::part + 1);
    space.make_file("a.bin", content.size());
    for (int i = 0; i < cycles; ++i) {
        CAPTURE(i);
        const std::string name = "a-" + std::to_string(i) + ".bin";
        const ProcessResult result =
            space.ferry({"task", "upload", "--set", "project=me/my-project", "--set",
                         R"(files=[{"path":"a.bin","name":")" + name + "\"}]", "--log-level", "warn"});
        REQUIRE_MESSAGE(result.status == 0, result.err);
        CHECK(result.err.empty());
        REQUIRE(space.stored(name, content));
    }
    CHECK(space.server().counters().stored_parts == 4 * cycles);
    CHECK(space.server().open_upload_count() == 0);
}

} // namespace ferry::test
