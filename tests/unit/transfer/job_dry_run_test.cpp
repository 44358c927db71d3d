// What a step would do, told without doing it.
#include "job_fixture.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace ferry::test {

TEST_CASE("a dry run lists, tells the plan and changes nothing") {
    JobFixture f;
    f.options.dry_run = true;
    f.options.part_size = 10;
    f.options.conflict = Conflict::skip;
    f.add("a", 25);
    f.add("b", 0);
    const std::string there = f.add("c", 5);
    f.platform.put_file({.id = "id-c", .name = "c", .content = there});
    const UploadSummary summary = f.run();
    CHECK(summary.status.ok());
    CHECK(summary.files == 0);
    CHECK(f.platform.calls() == std::vector<std::string>{"list", "project"});
    CHECK(f.log.mentions("a as a: 25 B, 3 parts"));
    CHECK(f.log.mentions("would skip " + (f.dir / "c").string()));
    CHECK(f.log.mentions("would upload 2 files"));
    CHECK(f.log.mentions("4 parts with 9 API calls"));
    CHECK(f.listener.files.empty());
    REQUIRE(summary.planned);
    CHECK(summary.planned->files == 2);
    CHECK(summary.planned->bytes == 25);
    CHECK(summary.planned->parts == 4);
    CHECK(summary.planned->api_calls == 9);
}

TEST_CASE("a dry run tells a token that may only read, where the platform tells it") {
    JobFixture f;
    f.options.dry_run = true;
    f.add("a", 5);
    f.platform.may_write = std::nullopt;
    CHECK(f.run().status.ok());
    f.platform.may_write = false;
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::rights);
    CHECK(summary.status.error().message.starts_with("the token may not write to me/project, only read; "));
    f.options.files.push_back({.path = "missing", .name = std::nullopt});
    CHECK(f.run().status.error().kind == ErrorKind::rights); // whatever else is wrong
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        return call.kind == "project" ? std::optional(reply(404, R"({"status":404,"code":3002,"message":"no"})"))
                                      : std::nullopt;
    };
    f.options.files.pop_back();
    CHECK_MESSAGE(f.run().status.ok(), "the listing was answered, so it is there");
}

TEST_CASE("a dry run offline makes no call, and still looks at files and journal") {
    JobFixture f;
    f.keep_state();
    f.options.part_size = 10;
    f.add("done", 15);
    REQUIRE(f.run().status.ok());
    const std::size_t calls = f.platform.calls().size();
    f.options.dry_run = f.options.offline = true;
    f.add("new", 25);
    f.options.conflict = Conflict::fail;
    SUBCASE("names that the platform would have to tell are taken to be free") {
        f.platform.put_file({.id = "id-new", .name = "new", .content = "x"});
        const UploadSummary summary = f.run_again();
        CHECK(summary.status.ok());
        REQUIRE(summary.planned);
        CHECK(summary.planned->files == 2); // another step than before: its journal knows nothing
        CHECK(summary.planned->bytes == 40);
        CHECK(summary.planned->parts == 5);
        CHECK(summary.planned->api_calls == 1 + 2 * 2 + 5);
    }
    SUBCASE("what the journal has as done counts as done") {
        f.options.files.pop_back();
        const UploadSummary summary = f.run_again();
        REQUIRE(summary.planned);
        CHECK(summary.planned->files == 0);
        CHECK(summary.planned->api_calls == 1);
        CHECK(f.log.mentions("uploaded before: "));
        CHECK(f.log.mentions("and skip 0; uploaded before: "));
    }
    SUBCASE("a missing file is an error") {
        std::filesystem::remove(f.dir / "new");
        const UploadSummary summary = f.run_again();
        REQUIRE_FALSE(summary.status.ok());
        CHECK(summary.status.error().message.find("new") != std::string::npos);
        CHECK_FALSE(summary.planned);
    }
    CHECK(f.platform.calls().size() == calls);
}

TEST_CASE("the plan counts one listing for each hundred files") {
    JobFixture f;
    f.options.dry_run = f.options.offline = true;
    for (int i = 0; i < 101; ++i)
        f.add("f" + std::to_string(i), 1);
    const UploadSummary summary = f.run();
    REQUIRE(summary.planned);
    CHECK(summary.planned->api_calls == 2 + 3 * 101);
}

TEST_CASE("a dry run counts no part twice: what is stored of an unfinished upload is not planned") {
    JobFixture f;
    f.keep_state();
    f.options.part_size = 10;
    f.options.parallel_parts = 1;
    f.add("a", 45);
    int puts = 0;
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "put" && ++puts == 3)
            f.cancel.cancel();
        return std::nullopt;
    };
    REQUIRE_FALSE(f.run().status.ok());
    f.platform.hook = {};
    f.options.dry_run = f.options.offline = true;
    const UploadSummary summary = f.run_again();
    REQUIRE(summary.planned);
    const std::uint64_t left = summary.planned->parts;
    CHECK(left >= 2);
    CHECK(left < 5);
    CHECK(summary.planned->bytes == 45 - 10 * (5 - left));
    CHECK(summary.planned->api_calls == 1 + 2 + left);
}

} // namespace ferry::test
