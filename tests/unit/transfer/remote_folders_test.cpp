#include "job_fixture.hpp"
#include "transfer/remote_folders.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace ferry::test {
namespace {

struct FoldersFixture {
    FakePlatform platform;
    FakeClock clock;
    FixedRandom random{0.5};
    RecordingLog log;
    QuotaGate quota{clock, random};
    LineGate line{clock, log, "the platform", 2};
    CancelToken cancel;
    ApiContext context{.base = FakePlatform::base(),
                       .token = Secret(std::string(FakePlatform::token)),
                       .token_source = {},
                       .retry = {.attempts = 2},
                       .timeouts = {},
                       .clock = clock,
                       .random = random,
                       .log = log,
                       .quota = quota,
                       .line = line};
    std::unique_ptr<HttpTransport> transport = platform.make();
    PlatformApi api{context, *transport, cancel};
    RemoteFolders folders{{.project = "me/project", .parent = {}}};

    void has(const std::string& id, const std::string& name, const std::string& parent = {}, bool folder = true) {
        platform.put_file({.id = id, .name = name, .content = {}, .folder = folder, .parent = parent});
    }
    std::size_t folders_there() const {
        const auto files = platform.files();
        return static_cast<std::size_t>(
            std::count_if(files.begin(), files.end(), [](const StoredFile& file) { return file.folder; }));
    }
};

} // namespace

TEST_CASE("folders are looked up level by level, those of one parent in one call, and each only once") {
    FoldersFixture f;
    f.has("id-runs", "runs");
    f.has("id-7", "7", "id-runs");
    f.has("id-8", "8", "id-runs");
    const std::set<std::string> paths{"", "runs/7", "runs/8", "runs/9/x", "new/a", "new/b"};
    REQUIRE(f.folders.look_up(f.api, paths).ok());
    CHECK(f.platform.count("list") == 2); // runs and new; 7, 8 and 9
    CHECK(f.folders.known("")->project == "me/project");
    CHECK(f.folders.known("runs/8")->parent == "id-8");
    CHECK_FALSE(f.folders.known("runs/9"));
    CHECK_FALSE(f.folders.known("runs/9/x"));
    CHECK_FALSE(f.folders.known("new"));
    REQUIRE(f.folders.look_up(f.api, paths).ok());
    CHECK(f.platform.count("list") == 2);
    CHECK(f.platform.count("mkdir") == 0);
}

TEST_CASE("a hundred folders of one parent take one call, and the estimate says the same") {
    FoldersFixture f;
    std::set<std::string> paths;
    for (int i = 0; i < 150; ++i)
        paths.insert("runs/" + std::to_string(i));
    RemoteFolders unasked({.project = "me/project", .parent = {}});
    CHECK(unasked.calls_to_look_up(paths) == 3);
    CHECK(unasked.calls_to_look_up(paths) == 0);
    CHECK(unasked.calls_to_look_up({"runs/1/x", "runs/1/y", "runs/2/x"}) == 2);
    CHECK_FALSE(unasked.known("runs"));
    f.has("id-runs", "runs");
    REQUIRE(f.folders.look_up(f.api, paths).ok());
    CHECK(f.platform.count("list") == 3);
}

TEST_CASE("a file in the place of a folder ends the look-up; beside a folder of the name it does not") {
    FoldersFixture f;
    f.has("id-file", "runs", {}, false);
    SUBCASE("alone") {
        const Status looked = f.folders.look_up(f.api, {"runs/7"});
        REQUIRE_FALSE(looked.ok());
        CHECK(looked.error().kind == ErrorKind::conflict);
        CHECK(looked.error().message.find("a file on the platform is called runs") != std::string::npos);
    }
    SUBCASE("beside") {
        f.has("id-runs", "runs");
        REQUIRE(f.folders.look_up(f.api, {"runs"}).ok());
        CHECK(f.folders.known("runs")->parent == "id-runs");
    }
}

TEST_CASE("missing folders are made once, with those above them, however many ask at the same time") {
    FoldersFixture f;
    REQUIRE(f.folders.look_up(f.api, {"a/b/c", "a/b/d"}).ok());
    std::vector<std::thread> threads;
    std::vector<std::string> ids(8);
    for (std::size_t i = 0; i < ids.size(); ++i)
        threads.emplace_back([&, i] {
            const auto transport = f.platform.make();
            PlatformApi api(f.context, *transport, f.cancel);
            if (const auto made = f.folders.made(api, i % 2 == 0 ? "a/b/c" : "a/b/d"); made.ok())
                ids[i] = made->parent;
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(f.platform.count("mkdir") == 4);
    CHECK(f.folders_there() == 4);
    for (std::size_t i = 2; i < ids.size(); ++i)
        CHECK(ids[i] == ids[i - 2]);
    CHECK(ids[0] != ids[1]);
}

TEST_CASE("a folder that somebody else makes in between is looked up, whatever the platform calls it") {
    FoldersFixture f;
    REQUIRE(f.folders.look_up(f.api, {"a"}).ok());
    f.has("id-theirs", "a");
    int status = 409;
    SUBCASE("409") {}
    SUBCASE("400") {
        status = 400;
    }
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "mkdir")
            return reply(status, R"({"status":400,"code":5030,"message":"folder already exists"})");
        return std::nullopt;
    };
    const auto made = f.folders.made(f.api, "a");
    REQUIRE(made.ok());
    CHECK(made->parent == "id-theirs");
    CHECK(f.folders_there() == 1);
}

TEST_CASE("what the platform refuses is asked for once; a passing failure is not kept") {
    FoldersFixture f;
    REQUIRE(f.folders.look_up(f.api, {"a/b"}).ok());
    int status = 400;
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "mkdir" && status != 0)
            return reply(status, R"({"status":400,"code":5024,"message":"bad name"})");
        return std::nullopt;
    };
    SUBCASE("refused") {
        REQUIRE_FALSE(f.folders.made(f.api, "a/b").ok());
        const auto again = f.folders.made(f.api, "a/b");
        REQUIRE_FALSE(again.ok());
        CHECK(again.error().message.find("cannot make the folder a") != std::string::npos);
        CHECK(f.platform.count("mkdir") == 1);
    }
    SUBCASE("passing") {
        status = 500;
        REQUIRE_FALSE(f.folders.made(f.api, "a/b").ok());
        status = 0;
        CHECK(f.folders.made(f.api, "a/b").ok());
    }
}

TEST_CASE("a folder that has gone is made again, and one that is there after all is found") {
    FoldersFixture f;
    f.has("id-a", "a");
    f.has("id-b", "b", "id-a");
    REQUIRE(f.folders.look_up(f.api, {"a/b"}).ok());
    f.platform.change_files([](std::vector<StoredFile>& files) { files.pop_back(); });
    f.folders.forget("a/b");
    const auto made = f.folders.made(f.api, "a/b");
    REQUIRE(made.ok());
    CHECK(made->parent != "id-b");
    CHECK(f.folders.known("a")->parent == "id-a"); // it was still there
}

} // namespace ferry::test
