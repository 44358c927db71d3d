// Metadata and tags of a step's files, against the platform inside the test.
#include "job_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace ferry::test {
namespace {

using Pairs = std::map<std::string, std::string>;

struct MetadataFixture : JobFixture {
    explicit MetadataFixture(int files = 1) {
        options.metadata.pairs["k"] = "v";
        for (int i = 0; i < files; ++i)
            add("f" + std::to_string(i), 5);
    }
    std::size_t described() const {
        const auto all = platform.files();
        return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const StoredFile& file) {
            return file.metadata == Pairs{{"k", "v"}};
        }));
    }
    // The first `times` edits are answered by that instead.
    void answer_edits(int times, HttpOutcome outcome) {
        platform.hook = [times, outcome](const Call& call, CancelToken&) mutable -> std::optional<HttpOutcome> {
            return call.kind == "edit" && times-- > 0 ? std::optional(outcome) : std::nullopt;
        };
    }
};

} // namespace

TEST_CASE("a call for each hundred files, while others are sent and at the end") {
    MetadataFixture f(230);
    const UploadSummary summary = f.run();
    REQUIRE_MESSAGE(summary.status.ok(), summary.status.error().message);
    CHECK(f.platform.count("edit") == 3);
    CHECK(f.described() == 230);
    CHECK(summary.api_calls == 3 + 3 * 230 + 3);
    CHECK(f.listener.files.size() == 230);
    CHECK(f.platform.wrongs().empty());
}

TEST_CASE("no metadata, no call") {
    JobFixture f;
    f.add("a", 5);
    f.dir.write("b.meta", "{}"); // beside nothing
    CHECK(f.run().status.ok());
    CHECK(f.platform.count("edit") == 0);
}

TEST_CASE("what an earlier run has uploaded is set by a later one, unless the journal has it as set") {
    MetadataFixture f(3);
    f.keep_state();
    f.answer_edits(100, reply(400, R"({"status":400,"code":90000,"message":"no"})"));
    const UploadSummary failed = f.run();
    REQUIRE_FALSE(failed.status.ok());
    CHECK(failed.files == 3); // they are on the platform
    CHECK(f.listener.files.size() == 3);
    CHECK(f.platform.count("edit") == 2); // with both keys
    CHECK(failed.status.error().message.starts_with("3 files are uploaded, but without metadata or tags: f"));
    CHECK(failed.status.error().message.find("(metadata k)") != std::string::npos);
    CHECK(f.log.count(LogLevel::error) == 3);

    f.platform.hook = {};
    const std::size_t puts = f.platform.count("put");
    CHECK(f.run_again().status.ok());
    CHECK(f.described() == 3);
    CHECK(f.platform.count("put") == puts);
    CHECK(f.platform.count("edit") == 3);

    CHECK(f.run_again().status.ok());
    CHECK(f.platform.count("edit") == 3);

    f.options.metadata.pairs["k"] = "w";
    CHECK(f.run_again().status.ok());
    CHECK(f.platform.count("edit") == 4);
    CHECK(f.run_again().status.ok()); // the journal was written anew in between
    CHECK(f.platform.count("edit") == 4);
}

TEST_CASE("other files' failures keep nobody's metadata back") {
    MetadataFixture f(3);
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "init" && call.name == "f1")
            return reply(400, R"({"status":400,"code":8013,"message":"bad name"})");
        return std::nullopt;
    };
    const UploadSummary summary = f.run();
    CHECK_FALSE(summary.status.ok());
    CHECK(summary.status.error().message.find("metadata") == std::string::npos);
    CHECK(f.described() == 2);
}

TEST_CASE("a stop tries once more, and tells what is left otherwise") {
    MetadataFixture f(2);
    bool stopped = false;
    bool deaf = false;
    SUBCASE("the platform answers") {}
    SUBCASE("it does not") {
        deaf = true;
    }
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind != "edit")
            return std::nullopt;
        if (!stopped) {
            stopped = true;
            f.cancel.cancel();
            return no_reply(FailureKind::cancelled);
        }
        return deaf ? std::optional(no_reply(FailureKind::stalled)) : std::nullopt;
    };
    const UploadSummary summary = f.run();
    CHECK(f.described() == (deaf ? 0 : 2));
    CHECK(f.platform.count("edit") == 2);
    CHECK(summary.status.ok() == !deaf);
    if (deaf) {
        CHECK(summary.status.error().kind == ErrorKind::cancelled);
        CHECK(summary.status.error().message.find("2 files are uploaded, but without") != std::string::npos);
        CHECK(f.log.count(LogLevel::error) == 0); // nothing has failed
    }
}

TEST_CASE("a token that is refused is asked for nothing more") {
    MetadataFixture f(1);
    f.answer_edits(100, reply(401, R"({"status":401,"code":90001,"message":"no"})"));
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::auth);
    CHECK(f.platform.count("edit") == 1);
}

TEST_CASE("a dry run counts the calls for metadata, but not where they are set") {
    MetadataFixture f(101);
    f.keep_state();
    f.options.dry_run = f.options.offline = true;
    const auto planned = f.run().planned;
    REQUIRE(planned);
    CHECK(planned->api_calls == 2 + 3 * 101 + 2);
    f.options.dry_run = f.options.offline = false;
    REQUIRE(f.run_again().status.ok());
    f.options.dry_run = f.options.offline = true;
    const auto done = f.run_again().planned;
    REQUIRE(done);
    CHECK(done->api_calls == 2);
}

} // namespace ferry::test
