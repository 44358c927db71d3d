// Files that go into folders below the target.
#include "job_fixture.hpp"
#include "platform/json_fields.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ferry::test {
namespace {

struct FoldersJob : JobFixture {
    void file(const std::string& path, std::size_t size = 5) {
        std::filesystem::create_directories((dir / path).parent_path());
        (void)add(path, size);
    }
    void there(const std::string& id, const std::string& name, const std::string& parent = {}, bool folder = true) {
        platform.put_file({.id = id, .name = name, .content = "12345", .folder = folder, .parent = parent});
    }
};

using Paths = std::vector<std::string>;

} // namespace

TEST_CASE("a folder that is missing is made once, when its first file is begun") {
    FoldersJob f;
    f.options.folder = "runs/7";
    for (const char* name : {"a", "b", "c"})
        f.file(name, 25);
    const UploadSummary summary = f.run();
    REQUIRE(summary.status.ok());
    CHECK(f.platform.paths() == Paths{"runs/7/a", "runs/7/b", "runs/7/c"});
    CHECK(f.platform.count("mkdir") == 2);
    CHECK(f.platform.count("list") == 1); // "runs" is missing, so nothing can be in it
    CHECK(summary.api_calls == 1 + 2 + 3 * (3 + 2));
    CHECK(f.listener.files.at(0).name == "a");
    CHECK_FALSE(f.listener.files.at(0).parent.empty());
    CHECK(f.platform.wrongs().empty());
}

TEST_CASE("preserve_folders makes the tree below base_dir again, and a file's own folder wins") {
    FoldersJob f;
    f.options.preserve_folders = true;
    f.options.base_dir = "data";
    f.options.folder = "up";
    f.file("data/S1/a");
    f.file("data/S2/x/a");
    f.file("data/top");
    f.file("elsewhere");
    f.options.files.back().folder = "";
    f.file("data/S1/own");
    f.options.files.back().folder = "own";
    REQUIRE(f.run().status.ok());
    CHECK(f.platform.paths() == Paths{"elsewhere", "own/own", "up/S1/a", "up/S2/x/a", "up/top"});
    CHECK(f.platform.count("mkdir") == 5);
}

TEST_CASE(
    "events call a file by its path below the target, all of them alike, and parts say of which upload they are") {
    FoldersJob f;
    f.options.preserve_folders = true;
    for (const char* path : {"a/r.bin", "b/r.bin", "c/x.bin"})
        f.file(path, 15);
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "put" && call.part == 1 && call.nth == 1)
            return reply(503, "<Error><Code>SlowDown</Code></Error>");
        if (call.kind == "put" && call.part == 2 && call.name == "x.bin")
            return reply(403, "<Error><Code>AccessDenied</Code></Error>");
        return std::nullopt;
    };
    CHECK_FALSE(f.run().status.ok());
    std::map<std::string, std::multiset<std::string>> types; // by name
    std::map<std::string, std::set<std::string>> uploads;    // likewise
    for (const auto& [type, json] : f.listener.events) {
        const auto fields = JsonFields::parse(json);
        REQUIRE(fields.ok());
        const std::string name = fields->text("name", 100).value_or("");
        if (name.empty()) // of no file
            continue;
        types[name].insert(type);
        if (fields->has("upload_id"))
            uploads[name].insert(fields->text("upload_id", 100).value_or(""));
        CHECK((fields->has("path") || fields->has("upload_id")));
    }
    CHECK(types.size() == 3);
    for (const char* name : {"a/r.bin", "b/r.bin"})
        CHECK(types[name] ==
              std::multiset<std::string>{"file_done", "file_started", "part_done", "part_done", "retry"});
    CHECK(types["c/x.bin"].count("file_started") == 1);
    CHECK(types["c/x.bin"].count("file_failed") == 1);
    for (const auto& [name, ids] : uploads)
        CHECK_MESSAGE(ids.size() == 1, name);
}

TEST_CASE("names are looked up by folder, none in folders that are missing") {
    FoldersJob f;
    f.options.preserve_folders = true;
    f.there("id-S1", "S1");
    f.file("S1/a");
    f.file("S1/b");
    f.file("S2/a");
    f.file("top");
    SUBCASE("all are free") {
        const UploadSummary summary = f.run();
        REQUIRE(summary.status.ok());
        CHECK(f.platform.count("list") == 3); // S1 and S2; top; a and b in S1
        CHECK(f.platform.paths() == Paths{"S1/a", "S1/b", "S2/a", "top"});
        CHECK(f.listener.files.at(0).parent == "id-S1");
    }
    SUBCASE("a clash is told with its folder, and only there") {
        f.there("id-1", "b", "id-S1", false);
        f.there("id-2", "a", {}, false);
        const UploadSummary summary = f.run();
        REQUIRE_FALSE(summary.status.ok());
        CHECK(summary.status.error().message.starts_with(
            "a name is taken on the platform, and nothing was uploaded: S1/b;"));
        CHECK(f.platform.count("mkdir") == 0);
    }
}

TEST_CASE("skip and overwrite mean the folder's own files") {
    FoldersJob f;
    f.options.folder = "S1";
    f.there("id-S1", "S1");
    f.there("id-root", "a", {}, false);
    f.there("id-a", "a", "id-S1", false);
    f.file("a", 5);
    SUBCASE("skip") {
        f.options.conflict = Conflict::skip;
        REQUIRE(f.run().status.ok());
        CHECK(f.listener.files.at(0).id == "id-a");
        CHECK(f.listener.files.at(0).parent == "id-S1");
        CHECK(f.platform.count("init") == 0);
    }
    SUBCASE("overwrite says what it replaces") {
        f.options.conflict = Conflict::overwrite;
        REQUIRE(f.run().status.ok());
        CHECK(f.log.mentions("S1/a: replaces the file id-a"));
        CHECK(f.platform.paths() == Paths{"S1/a", "a"});
        CHECK(f.listener.files.at(0).id != "id-a");
        CHECK(f.platform.content("a") == "12345"); // the root's
    }
    SUBCASE("a dry run says it, too") {
        f.options.conflict = Conflict::overwrite;
        f.options.dry_run = true;
        REQUIRE(f.run().status.ok());
        CHECK(f.log.mentions("as S1/a, in the place of the file id-a: 5 B"));
        CHECK(f.log.mentions("would replace 1 file on the platform"));
    }
}

TEST_CASE("a dry run tells the folders that would be made and what they cost") {
    FoldersJob f;
    f.options.dry_run = true;
    f.options.preserve_folders = true;
    f.there("id-S1", "S1");
    f.file("S1/new/a");
    f.file("S2/a");
    for (int i = 0; i < 20; ++i)
        f.file("z/" + std::to_string(i) + "/a");
    const UploadSummary summary = f.run();
    REQUIRE(summary.planned);
    CHECK(f.log.mentions("would make 23 folders, with one API call each: S1/new, S2, z, z/0, z/1, z/10, z/11, z/12, "
                         "z/13, z/14 and 13 more"));
    CHECK(summary.planned->api_calls == 2 + 23 + 3 * 22);
    CHECK(f.platform.count("mkdir") == 0);
    const std::size_t asked = f.platform.calls().size();
    f.options.dry_run = false;
    const UploadSummary done = f.run_again();
    REQUIRE(done.status.ok());
    CHECK(f.platform.calls().size() - asked - 22 == summary.planned->api_calls); // the PUTs go to storage
}

TEST_CASE("a dry run offline takes folders to be there, and tells of none that it would make") {
    FoldersJob f;
    f.options.dry_run = f.options.offline = true;
    f.options.preserve_folders = true;
    f.file("S1/a");
    f.file("S2/a");
    const UploadSummary summary = f.run();
    REQUIRE(summary.planned);
    CHECK(summary.planned->api_calls == 1 + 2 + 3 * 2);
    CHECK_FALSE(f.log.mentions("would make"));
    CHECK(f.platform.calls().empty());
}

TEST_CASE("a folder whose name a file has ends the step before the first byte") {
    FoldersJob f;
    f.options.folder = "S1/x";
    f.there("id-S1", "S1", {}, false);
    f.file("a");
    for (const Conflict policy : {Conflict::fail, Conflict::skip, Conflict::overwrite, Conflict::rename}) {
        f.options.conflict = policy;
        const UploadSummary summary = f.run_again();
        REQUIRE_FALSE(summary.status.ok());
        CHECK(summary.status.error().kind == ErrorKind::conflict);
        CHECK(summary.status.error().message.find("a file on the platform is called S1") != std::string::npos);
    }
    CHECK(f.platform.count("init") + f.platform.count("mkdir") == 0);
}

TEST_CASE("a folder that goes away in between is made again") {
    FoldersJob f;
    f.options.folder = "S1";
    f.there("id-S1", "S1");
    f.file("a");
    bool gone = false;
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "init" && !std::exchange(gone, true))
            f.platform.change_files([](std::vector<StoredFile>& files) { files.clear(); });
        return std::nullopt;
    };
    REQUIRE(f.run().status.ok());
    CHECK(f.platform.paths() == Paths{"S1/a"});
    CHECK(f.platform.count("mkdir") == 1);
}

TEST_CASE("a folder that cannot be made fails its files, and those alone") {
    FoldersJob f;
    f.options.preserve_folders = true;
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "mkdir" && call.name == "bad")
            return reply(400, R"({"status":400,"code":5024,"message":"Invalid name"})");
        return std::nullopt;
    };
    f.file("bad/a");
    f.file("bad/b");
    f.file("good/a");
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().message.find("cannot make the folder bad") != std::string::npos);
    CHECK(summary.status.error().message.find("1 more file failed") != std::string::npos);
    CHECK(f.platform.paths() == Paths{"good/a"});
    CHECK(f.listener.count("file_failed") == 2);
    CHECK(f.platform.count("mkdir") == 2);
}

TEST_CASE("a folder that turns out to be a file fails its files, whatever lies elsewhere under their names") {
    FoldersJob f;
    f.options.conflict = Conflict::skip;
    f.options.folder = "S1";
    f.there("id-root", "a", {}, false);
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "mkdir")
            f.there("id-file", "S1", {}, false);
        return std::nullopt;
    };
    f.file("a", 5); // as long as the one in the root
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().message.find("a file on the platform has that name") != std::string::npos);
    CHECK(f.listener.files.empty());
}

TEST_CASE("files in folders are gone on with, and known as done, by their path") {
    FoldersJob f;
    f.keep_state();
    f.options.preserve_folders = true;
    f.options.parallel_parts = 1;
    f.file("S1/a", 45);
    f.file("S2/a", 45);
    int puts = 0;
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "put" && ++puts == 7)
            f.cancel.cancel();
        return std::nullopt;
    };
    REQUIRE_FALSE(f.run().status.ok());
    f.platform.hook = {};
    REQUIRE(f.run_again().status.ok());
    CHECK(f.platform.count("put") <= 12);
    CHECK(f.platform.count("init") == 2);
    CHECK(f.platform.count("mkdir") == 2);
    CHECK(f.platform.paths() == Paths{"S1/a", "S2/a"});
    CHECK(f.log.mentions("/a: going on with upload"));
    const std::size_t calls = f.platform.calls().size();
    REQUIRE(f.run_again().status.ok());
    REQUIRE(f.listener.files.size() == 2);
    CHECK(f.listener.files[0].before);
    CHECK(f.listener.files[1].parent != f.listener.files[0].parent);
    CHECK(f.platform.calls().size() - calls == 3); // the folders, and what is in each
}

TEST_CASE("many files of folders that take turns still share their listings") {
    FoldersJob f;
    f.options.dry_run = true;
    f.options.folder = "S1";
    f.there("id-S1", "S1");
    f.there("id-S2", "S2");
    for (int i = 0; i < 300; ++i) {
        f.file("f" + std::to_string(i));
        if (i % 2 == 1)
            f.options.files.back().folder = "S2";
    }
    REQUIRE(f.run().status.ok());
    CHECK(f.platform.count("list") == 1 + 2 + 2);
}

} // namespace ferry::test
