#include "verify_fixture.hpp"

#include <set>
#include <string>

namespace ferry::test {

TEST_CASE("what was uploaded is the same afterwards, in one call for a hundred files") {
    VerifyFixture f;
    for (int i = 0; i < 120; ++i)
        f.add("f" + std::to_string(i), static_cast<std::size_t>(i));
    f.upload();
    const VerifySummary done = f.verify();
    REQUIRE_MESSAGE(done.status.ok(), done.status.error().message);
    CHECK(done.counts.of(VerifyStatus::same) == 120);
    CHECK(done.counts.all() == 120);
    CHECK(done.api_calls == 2);
    CHECK(done.bytes == 119 * 120 / 2);
    CHECK(f.told.begun == 120);
    CHECK(f.told.last.bytes_done == f.told.last.bytes_total);
    CHECK(f.told.last.bytes_total == done.bytes);
    CHECK(f.told.last.files_done == 120);
    CHECK(f.told.finals == 1);
    std::set<std::string> names;
    for (const VerifiedFile& file : f.told.files)
        names.insert(file.name);
    CHECK(names.size() == 120);
    CHECK(f.log.contains(LogLevel::info, "120 files of 120 are the same here and on the platform: by size and etag"));
    CHECK(f.log.count(LogLevel::error) == 0);
}

TEST_CASE("each file that is not the same is told, with how many there are and what to do") {
    VerifyFixture f;
    for (const char* name : {"good", "bytes", "size", "there", "here", "empty"})
        f.add(name, name == std::string("empty") ? 0 : 35);
    f.upload();
    f.change_in_place("bytes");
    f.dir.write("size", "short");
    f.platform.change_files([](std::vector<StoredFile>& files) {
        std::erase_if(files, [](const auto& one) { return one.name == "there"; });
    });
    std::filesystem::remove(f.dir / "here");
    const VerifySummary done = f.verify();
    REQUIRE_FALSE(done.status.ok());
    CHECK(done.status.error().kind == ErrorKind::different);
    CHECK(done.status.error().message ==
          "4 of 6 files are not the same here and on the platform (2 different, 1 missing on the platform, 1 missing "
          "here); each is named above: upload it again if what is here is right, else get it back from there");
    CHECK(f.found("good").status == VerifyStatus::same);
    CHECK(f.found("empty").status == VerifyStatus::same);
    CHECK(ways(f.found("empty")) == "size etag");
    CHECK(f.found("bytes").status == VerifyStatus::different);
    CHECK(f.found("size").status == VerifyStatus::different);
    CHECK(f.found("there").status == VerifyStatus::missing);
    CHECK(f.found("here").status == VerifyStatus::missing_local);
    CHECK(f.log.count(LogLevel::error) == 4);
    CHECK(f.log.contains(LogLevel::error, (f.dir / "there").string() + ": is not on the platform any more"));
    CHECK(f.told.last.bytes_done == f.told.last.bytes_total);
}

TEST_CASE("files are found by their names, in their folders, without receipts") {
    VerifyFixture f;
    std::filesystem::create_directories(f.dir / "in/sub");
    f.options.preserve_folders = true;
    f.options.folder = "run";
    f.options.base_dir = "in";
    f.add("in/a b'ü%", 12);
    f.add("in/sub/b", 25);
    f.upload();
    f.asked.receipts.reset();
    f.asked.target.project = "me/project";
    f.asked.files = {{.path = "in/**", .name = std::nullopt}};
    f.asked.preserve_folders = true;
    f.asked.folder = "run";
    f.asked.base_dir = "in";
    VerifySummary done = f.verify();
    REQUIRE_MESSAGE(done.status.ok(), done.status.error().message);
    CHECK(done.counts.of(VerifyStatus::same) == 2);
    CHECK(ways(f.found("in/a b'ü%")) == "size");
    CHECK_FALSE(f.found("in/sub/b").id.empty());
    f.dir.write("in/sub/c", "new");
    done = f.verify();
    CHECK(f.found("in/sub/c").status == VerifyStatus::missing);
    CHECK(f.found("in/sub/c").id.empty());
    f.asked.files = {{.path = "none*", .name = std::nullopt}, {.path = "neither*", .name = std::nullopt}};
    done = f.verify();
    CHECK(done.status.error().kind == ErrorKind::invalid);
    CHECK(has_text(done.status.error().message, "none*: the pattern matches no file"));
    CHECK(has_text(done.status.error().message, "(and 1 more problem, told above)"));
    CHECK(f.told.begun == 0);
}

TEST_CASE("a broken line of the receipts fails the step, after all others were compared") {
    VerifyFixture f;
    f.add("a", 12);
    f.add("b", 12);
    f.upload();
    std::string lines = read_file(f.dir / "receipts.ndjson");
    lines.insert(0, "{\"path\":\"/lost\n");
    f.dir.write("receipts.ndjson", lines);
    for (const bool dry_run : {false, true}) {
        f.asked.dry_run = dry_run;
        const VerifySummary done = f.verify();
        REQUIRE_FALSE(done.status.ok());
        CHECK(done.status.error().kind == ErrorKind::different);
        CHECK(done.status.error().message == "1 line of the receipts cannot be used, and its file was not compared; "
                                             "mend or remove the line named above");
        CHECK(done.counts.of(VerifyStatus::same) == (dry_run ? 0 : 2));
    }
    CHECK(f.log.contains(LogLevel::error, "receipts.ndjson, line 1: column "));
}

TEST_CASE("of one local file under two names both are looked for on the platform") {
    VerifyFixture f;
    f.dir.write("a", "content");
    f.options.files = {{.path = "a", .name = "x"}, {.path = "a", .name = "y"}};
    f.upload();
    CHECK(f.verify().counts.of(VerifyStatus::same) == 2);
    f.platform.change_files(
        [](std::vector<StoredFile>& files) { std::erase_if(files, [](const auto& one) { return one.name == "x"; }); });
    const VerifySummary done = f.verify();
    CHECK_FALSE(done.status.ok());
    CHECK(done.counts.of(VerifyStatus::missing) == 1);
    CHECK(done.counts.of(VerifyStatus::same) == 1);
}

TEST_CASE("an upload's own outputs do in the place of receipts") {
    VerifyFixture f;
    f.add("a", 12);
    f.upload();
    const auto entry = JsonFields::parse(to_json(f.listener.files.at(0)));
    f.asked.receipts.reset();
    f.asked.uploaded = {*read_receipt(*entry), *read_receipt(*entry)};
    const VerifySummary done = f.verify();
    CHECK(done.status.ok());
    CHECK(done.counts.all() == 1);
    f.asked.uploaded->clear();
    CHECK(f.verify().status.ok());
    CHECK(f.log.contains(LogLevel::warn, "there is no file to compare: nothing was verified"));
}

TEST_CASE("a dry run asks nobody, hashes nothing, and does not need the receipts that an upload has yet to write") {
    VerifyFixture f;
    f.add("a", 12);
    f.upload();
    const std::size_t before = f.platform.calls().size();
    f.asked.dry_run = true;
    VerifySummary done = f.verify();
    CHECK(done.status.ok());
    CHECK(done.planned_calls == 1u);
    CHECK(done.bytes == 0);
    CHECK(f.log.contains(LogLevel::info,
                         "would compare 1 file with the platform's records, in 1 API call, and hash 12 B"));
    f.asked.receipts = "later.ndjson";
    done = f.verify();
    CHECK(done.status.ok());
    CHECK(f.log.contains(LogLevel::warn, "later.ndjson yet"));
    CHECK(f.platform.calls().size() == before);
    f.asked.dry_run = false;
    done = f.verify();
    CHECK(done.status.error().kind == ErrorKind::invalid);
    CHECK(has_text(done.status.error().message, "later.ndjson cannot be read: there is no such file"));
}

TEST_CASE("of more than a hundred bad files the rest is counted") {
    VerifyFixture f;
    for (int i = 0; i < 103; ++i)
        f.add("f" + std::to_string(i), 3);
    f.upload();
    f.platform.change_files([](std::vector<StoredFile>& files) { files.clear(); });
    const VerifySummary done = f.verify();
    CHECK(done.counts.of(VerifyStatus::missing) == 103);
    CHECK(f.log.count(LogLevel::error) == 101);
    CHECK(f.log.contains(LogLevel::error, "and 3 more files that are not the same"));
}

TEST_CASE("a refused token ends it at once, and a stop says how far it came") {
    VerifyFixture f;
    f.add("a", 12);
    f.upload();
    f.platform.hook = [](const Call&, CancelToken&) {
        return std::optional(reply(401, R"({"status":401,"code":90001,"message":"Unauthorized."})"));
    };
    CHECK(f.verify().status.error().kind == ErrorKind::auth);
    f.platform.hook = [&f](const Call&, CancelToken&) -> std::optional<HttpOutcome> {
        f.cancel.cancel();
        return std::nullopt;
    };
    const VerifySummary done = f.verify();
    CHECK(done.status.error().kind == ErrorKind::cancelled);
    CHECK(done.status.error().message == "stopped with 0 of 1 file compared");
    CHECK(f.told.files.empty());
    CHECK(f.told.finals == 1);
}

TEST_CASE("more files than are in memory together are all compared, in their order") {
    VerifyFixture f;
    f.asked.receipts.reset();
    f.asked.uploaded.emplace();
    for (int i = 0; i < 4'100; ++i) {
        const std::string name = "f" + std::to_string(i);
        f.dir.write(name, "xy");
        f.platform.put_file({.id = "id" + std::to_string(i), .name = name, .content = "xy"});
        VerifyItem item{.path = name, .name = name};
        item.id = "id" + std::to_string(i);
        item.size = 2;
        f.asked.uploaded->push_back(item);
    }
    const VerifySummary done = f.verify();
    CHECK(done.status.ok());
    CHECK(done.counts.of(VerifyStatus::same) == 4'100);
    CHECK(done.api_calls == 41);
    REQUIRE(f.told.files.size() == 4'100);
    CHECK(f.told.files[4'099].name == "f4099");
}

} // namespace ferry::test
