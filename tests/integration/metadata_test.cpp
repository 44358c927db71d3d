// Metadata and tags, read back from the platform.
#include "workspace.hpp"

#include <Poco/JSON/Array.h>
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace ferry::test {

namespace {

using Pairs = std::map<std::string, std::string>;
using Tags = std::vector<std::string>;

void write(const Workspace& space, const std::string& name, const std::string& content) {
    std::filesystem::create_directories((space.dir() / name).parent_path());
    std::ofstream(space.dir() / name, std::ios::binary) << content;
}

platform::StoredFile stored(Workspace& space, const std::string& name) {
    return space.server().stored("me/my-project", name);
}

std::uint64_t edits(Workspace& space) {
    return space.server().counters().of("bulk_edit");
}

// So many files would wait for the platform's quota.
platform::PlatformSettings ample(platform::BulkKey key = platform::BulkKey::either) {
    platform::PlatformSettings settings;
    settings.rate_calls = 100'000;
    settings.bulk_key = key;
    return settings;
}

// One upload of `files` files of a manifest, each with a key of its own.
std::string many(const Workspace& space, int files) {
    std::string table = "File name,nr\n";
    for (int i = 1; i <= files; ++i) {
        const std::string name = "f" + std::to_string(i);
        write(space, name, name);
        table += name + "," + std::to_string(i) + "\n";
    }
    write(space, "table.csv", table);
    return R"("project":"me/my-project","manifest":"table.csv")";
}

constexpr const char* one_file = R"("project":"me/my-project","files":["a.bin"],"metadata":{"k":"v"},"tags":["t"])";

// The first upload is cut off by `signal` while it sets the metadata of its only file.
struct CutOffEdit {
    Workspace space;
    explicit CutOffEdit(int signal) {
        space.make_file("a.bin", 10);
        space.server().add_faults(R"({"operation":"bulk_edit","fault":"stall"})");
        FerryProcess process({"run", space.upload_workflow(one_file)}, space.setup());
        for (int i = 0; i < 3000 && edits(space) == 0; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        REQUIRE(edits(space) == 1);
        process.signal(signal);
        first = process.wait();
    }
    ProcessResult first;
};

} // namespace

TEST_CASE("a file's own metadata win over the manifest's, those over the side file's, and those over the step's") {
    Workspace space;
    for (const char* name : {"own.bam", "row.bam", "side.bam", "data/far.bam"})
        write(space, name, name);
    write(space, "own.bam.meta", R"({"a":"side","side":7,"flag":true,"none":null})");
    write(space, "row.bam.meta", R"({"a":"side","c":"side"})");
    write(space, "side.bam.meta", "\xEF\xBB\xBF{\"a\":\"side\",\"b\":\"side\"}");
    write(space, "tables/t.csv",
          "\xEF\xBB\xBF"
          "File name,a,b,c\r\n../own.bam,row,row,\r\n../row.bam,\"x, "
          "\"\"y\"\"\",,\r\n../data/far.bam,,,\"line\r\nend\"\r\n");
    const ProcessResult result = space.upload(
        R"("project":"me/my-project","files":[{"path":"own.bam","metadata":{"a":"own","n":1.5,"z":null},"tags":["o"]},
        "row.bam","side.bam"],"manifest":"tables/t.csv","metadata":{"a":"step","d":"step"},"tags":["s 1","s 2"])");
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK(result.err.find("warning") == std::string::npos);
    CHECK(stored(space, "own.bam").metadata ==
          Pairs{{"a", "own"}, {"b", "row"}, {"d", "step"}, {"n", "1.5"}, {"side", "7"}, {"flag", "true"}});
    CHECK(stored(space, "own.bam").tags == Tags{"o"});
    CHECK(stored(space, "row.bam").metadata == Pairs{{"a", "x, \"y\""}, {"c", "side"}, {"d", "step"}});
    CHECK(stored(space, "side.bam").metadata == Pairs{{"a", "side"}, {"b", "side"}, {"d", "step"}});
    CHECK(stored(space, "far.bam").metadata == Pairs{{"a", "step"}, {"c", "line\r\nend"}, {"d", "step"}});
    CHECK(stored(space, "far.bam").tags == Tags{"s 1", "s 2"});
    CHECK(edits(space) == 1);
    CHECK(outputs(result, "publish")->getValue<int>("api_calls") == 1 + 4 * 3 + 1);
}

TEST_CASE("250 files take three calls, and a step without metadata none") {
    Workspace space(ample());
    const ProcessResult result = space.upload(many(space, 250));
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK(edits(space) == 3);
    for (const int nr : {1, 100, 101, 250})
        CHECK(stored(space, "f" + std::to_string(nr)).metadata == Pairs{{"nr", std::to_string(nr)}});
    CHECK(outputs(result, "publish")->getValue<int>("api_calls") == 3 + 250 * 3 + 3);
    space.make_file("plain.bin", 5);
    REQUIRE(space.upload(R"("project":"me/my-project","files":["plain.bin"])").status == 0);
    CHECK(edits(space) == 3);
}

TEST_CASE("what a dry run plans is what is called") {
    Workspace space(ample());
    const std::string workflow = space.upload_workflow(many(space, 101));
    const ProcessResult dry = space.ferry({"run", workflow, "--dry-run"});
    REQUIRE_MESSAGE(dry.status == 0, dry.err);
    CHECK(edits(space) == 0);
    CHECK(dry.err.find("would set metadata or tags on 101 files") != std::string::npos);
    const ProcessResult result = space.ferry({"run", workflow});
    const auto calls = std::to_string(outputs(result, "publish")->getValue<int>("api_calls"));
    CHECK(calls == std::to_string(2 + 3 * 101 + 2));
    CHECK_MESSAGE(dry.err.find(calls + " API calls") != std::string::npos, dry.err);
}

TEST_CASE("an item that is refused leaves its upload done, fails the step, and is set by the next run") {
    Workspace space;
    space.server().add_faults(R"({"operation":"bulk_edit","fault":"item_error","item":2})");
    const std::string options = many(space, 3);
    const ProcessResult failed = space.upload(options);
    CHECK(failed.status == 1);
    const auto step_failed = step(document(failed), "publish");
    CHECK(step_failed->getObject("outputs")->getArray("file_ids")->size() == 3);
    CHECK(step_failed->getObject("outputs")->getArray("files")->getObject(1)->getValue<std::string>("status") ==
          "uploaded");
    const auto message = step_failed->getObject("error")->getValue<std::string>("message");
    CHECK_MESSAGE(message.find("1 file is uploaded, but without metadata or tags: f") != std::string::npos, message);
    CHECK(message.find("(metadata nr)") != std::string::npos);
    CHECK(message.find("code 5006: Metadata validation failed.") != std::string::npos);
    CHECK(message.find("run the same again") != std::string::npos);
    const auto puts = space.server().counters().puts;
    const ProcessResult again = space.upload(options);
    CHECK_MESSAGE(again.status == 0, again.err);
    CHECK(space.server().counters().puts == puts);
    for (const char* nr : {"1", "2", "3"})
        CHECK(stored(space, std::string("f") + nr).metadata == Pairs{{"nr", nr}});
    CHECK(edits(space) == 2);
    REQUIRE(space.upload(options).status == 0);
    CHECK(edits(space) == 2); // the journal has it that all is set
}

TEST_CASE("rights that are refused for a file are told, with the exit code for that") {
    Workspace space;
    space.make_file("a.bin", 10);
    space.server().add_faults(
        R"({"operation":"bulk_edit","fault":"item_error","status":403,"code":5009,"message":"no","times":2})");
    const ProcessResult result = space.upload(one_file);
    CHECK(result.status == 4);
    CHECK(result.err.find("a.bin was uploaded as ") != std::string::npos);
    CHECK(result.err.find("but lacks its metadata k, tags t: the platform answered HTTP 403 (code 5009: no)") !=
          std::string::npos);
    CHECK(result.err.find("needs rights for this") != std::string::npos);
    CHECK(space.server().unused_faults().empty());
}

TEST_CASE("lost answers and services that are down for a while are waited out") {
    for (const char* fault :
         {R"({"operation":"bulk_edit","fault":"lost_answer"})", R"({"operation":"bulk_edit","fault":"truncated"})",
          R"({"operation":"bulk_edit","fault":"status","status":503,"code":5010})",
          R"({"operation":"bulk_edit","fault":"item_error","status":503,"code":5010,"times":2})"}) {
        CAPTURE(fault);
        Workspace space;
        space.make_file("a.bin", 10);
        space.server().add_faults(fault);
        const ProcessResult result = space.upload(one_file);
        CHECK_MESSAGE(result.status == 0, result.err);
        CHECK(stored(space, "a.bin").metadata == Pairs{{"k", "v"}});
        CHECK(stored(space, "a.bin").tags == Tags{"t"});
        CHECK(space.server().unused_faults().empty());
    }
}

TEST_CASE("a platform that wants the other key for a file's id gets it") {
    for (const auto key : {platform::BulkKey::id, platform::BulkKey::file_id}) {
        Workspace space(ample(key));
        const ProcessResult result = space.upload(many(space, 101));
        CHECK_MESSAGE(result.status == 0, result.err);
        CHECK(stored(space, "f101").metadata == Pairs{{"nr", "101"}});
        CHECK(edits(space) == (key == platform::BulkKey::id ? 2 : 3)); // found out once
    }
}

TEST_CASE("a process that is killed between complete and the metadata loses none of them") {
    CutOffEdit cut(SIGKILL);
    CHECK(stored(cut.space, "a.bin").metadata.empty());
    const ProcessResult second = cut.space.upload(one_file);
    CHECK_MESSAGE(second.status == 0, second.err);
    CHECK(stored(cut.space, "a.bin").metadata == Pairs{{"k", "v"}});
    CHECK(cut.space.server().counters().puts == 1);
    CHECK(edits(cut.space) == 2);
    const std::string other = R"("project":"me/my-project","files":["a.bin"],"metadata":{"k":"w"},"tags":["t"])";
    REQUIRE(cut.space.upload(other).status == 0); // other values for the same file are set anew
    CHECK(stored(cut.space, "a.bin").metadata == Pairs{{"k", "w"}});
    CHECK(cut.space.server().counters().puts == 1);
}

TEST_CASE("a stop tries once more what the call under way has not set") {
    CutOffEdit cut(SIGTERM);
    CHECK(cut.first.status == 0); // so nothing was left to stop
    INFO(cut.first.err);
    CHECK(stored(cut.space, "a.bin").metadata == Pairs{{"k", "v"}});
    REQUIRE(cut.space.upload(one_file).status == 0);
    CHECK(cut.space.server().counters().puts == 1);
    CHECK(edits(cut.space) == 2);
}

TEST_CASE("a file that was skipped is somebody else's, and keeps what it has") {
    Workspace space;
    space.make_file("a.bin", 10);
    space.server().add_file("me/my-project", "a.bin", "0123456789");
    const ProcessResult result = space.upload(std::string(one_file) + R"(,"conflict":"skip")");
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK(edits(space) == 0);
    CHECK(stored(space, "a.bin").metadata.empty());
}

TEST_CASE("all that is wrong with a manifest is told before anything is sent") {
    Workspace space;
    space.make_file("a.bin", 10);
    write(space, "t.csv", "File name,k\na.bin,x\nmissing.bin,x\na.bin,y\n,z\na.bin,x,too,many\n");
    const ProcessResult result = space.upload(R"("project":"me/my-project","manifest":"t.csv")");
    CHECK(result.status == 1);
    CHECK(result.err.find("5 problems") == std::string::npos);
    for (const char* told : {"4 problems, and nothing was uploaded", "t.csv, line 3: ",
                             "missing.bin: there is no such file", "t.csv, line 4: ", "is named in line 2, too",
                             "t.csv, line 5: names no file", "t.csv, line 6: has 4 cells, and the header 2"})
        CHECK_MESSAGE(result.err.find(told) != std::string::npos, told << "\n" << result.err);
    CHECK(space.server().counters().of("init") == 0);
}

TEST_CASE("a header of another name is warned of, with the remedy, and limits are checked here") {
    Workspace space;
    space.make_file("a.bin", 10);
    write(space, "t.csv", "filename,k\na.bin,x\n");
    const ProcessResult odd = space.upload(R"("project":"me/my-project","manifest":"t.csv")");
    CHECK_MESSAGE(odd.status == 0, odd.err);
    CHECK(odd.err.find("the first column is called 'filename'") != std::string::npos);
    CHECK(odd.err.find("call it 'File name'") != std::string::npos);
    CHECK(stored(space, "a.bin").metadata == Pairs{{"k", "x"}});
    write(space, "t.csv", "File name,a.b,ok\na.bin,x,\n");
    CHECK(
        space.upload(R"("project":"me/my-project","manifest":"t.csv")").err.find("'a.b': the platform takes no '.'") !=
        std::string::npos);
    const ProcessResult key = space.upload(R"("project":"me/my-project","files":["a.bin"],"metadata":{"x$y":1})");
    CHECK(key.status == 2);
    CHECK(key.err.find("/metadata/x$y") != std::string::npos);
}

} // namespace ferry::test
