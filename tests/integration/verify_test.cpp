// Local files against what the platform has of them, and the MD5 that goes along at the start of an upload.
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

namespace ferry::test {

namespace {

namespace fs = std::filesystem;

constexpr const char* md5_of_abc = "900150983cd24fb0d6963f7d28e17f72";

void write(const fs::path& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
}

ProcessResult verify(const Workspace& space, std::vector<std::string> sets = {"receipts=receipts.ndjson"}) {
    std::vector<std::string> arguments{"task", "upload-verify"};
    for (std::string& set : sets) {
        arguments.emplace_back("--set");
        arguments.push_back(std::move(set));
    }
    return space.ferry(arguments);
}

Poco::JSON::Object::Ptr told(const ProcessResult& result) {
    return outputs(result, "upload-verify");
}

// The status of each file, by its name.
std::map<std::string, std::string> statuses(const ProcessResult& result) {
    std::map<std::string, std::string> found;
    const auto files = told(result)->getArray("files");
    for (unsigned i = 0; i < files->size(); ++i)
        found[files->getObject(i)->getValue<std::string>("name")] =
            files->getObject(i)->getValue<std::string>("status");
    return found;
}

bool says(const ProcessResult& result, const std::string& text) {
    return result.err.find(text) != std::string::npos;
}

void change_byte(const fs::path& path) {
    const auto time = fs::last_write_time(path);
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(150'000);
    file.put('!');
    file.close();
    fs::last_write_time(path, time);
}

constexpr const char* options = R"("project":"me/my-project","files":["f*","odd *"],"receipts":"receipts.ndjson")";

} // namespace

TEST_CASE("the MD5 beside a file is stored with it, unless it is older or no line is the file's") {
    Workspace space;
    for (const char* name : {"a", "b", "c", "d"})
        write(space.dir() / name, "abc");
    write(space.dir() / "a.md5", std::string(md5_of_abc) + "  a\n");
    write(space.dir() / "b.md5", "MD5 (x/b) = " + std::string(md5_of_abc) + "\n");
    write(space.dir() / "c.md5", std::string(md5_of_abc) + "  c\n");
    fs::last_write_time(space.dir() / "c.md5", fs::last_write_time(space.dir() / "c") - std::chrono::seconds(1));
    write(space.dir() / "d.md5", std::string(md5_of_abc) + "  other\n");
    const ProcessResult result = space.upload(R"("project":"me/my-project","files":["?"])");
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK(space.server().stored("me/my-project", "a").md5 == md5_of_abc);
    CHECK(space.server().stored("me/my-project", "b").md5 == md5_of_abc);
    CHECK(space.server().stored("me/my-project", "c").md5.empty());
    CHECK(space.server().stored("me/my-project", "d").md5.empty());
    CHECK(says(result, "c.md5: is older than the file"));
    CHECK(says(result, "d.md5: has no line for d; write it anew with md5sum d; the file goes without it"));
    CHECK_FALSE(space.server().stored("me/my-project", "a.md5")); // need not be sent itself
}

TEST_CASE("what was uploaded is the same, right afterwards, and each change is found") {
    Workspace space;
    for (int i = 1; i <= 5; ++i)
        space.make_file("f" + std::to_string(i), 250'000, static_cast<std::uint32_t>(i));
    write(space.dir() / "f-empty", "");
    write(space.dir() / "odd \xC3\xA4 'name'", "abc");
    write(space.dir() / "f-md5", "abc");
    const ProcessResult sent = space.upload(options);
    REQUIRE_MESSAGE(sent.status == 0, sent.err);

    space.server().reset_counters();
    const ProcessResult same = verify(space);
    REQUIRE_MESSAGE(same.status == 0, same.err);
    CHECK(told(same)->getValue<int>("count") == 8);
    CHECK(told(same)->getValue<int>("same") == 8);
    CHECK(told(same)->getValue<int>("api_calls") == 1);
    CHECK(space.server().counters().of("bulk_get") == 1);
    CHECK(says(same, "8 files of 8 are the same here and on the platform: by size and etag"));

    change_byte(space.dir() / "f1");
    write(space.dir() / "f2", "shorter");
    fs::remove(space.dir() / "f4");
    write(space.dir() / "f-md5.md5", std::string(32, '0') + "  f-md5\n");
    const ProcessResult changed = verify(space);
    CHECK(changed.status == 1);
    auto found = statuses(changed);
    CHECK(found["f1"] == "different");
    CHECK(found["f2"] == "different");
    CHECK(found["f4"] == "missing_local");
    CHECK(found["f-md5"] == "different");
    CHECK(found["f-empty"] == "same");
    CHECK(told(changed)->getValue<int>("different") == 3);
    CHECK(told(changed)->getValue<int>("missing_local") == 1);
    CHECK(step(document(changed), "upload-verify")->getObject("error")->getValue<std::string>("code") == "different");
    CHECK(says(changed, "f1: the local file has changed since its upload, though not its size"));
    CHECK(says(changed, "f2: the local file has changed since its upload: it had 250000 bytes then, and has 7 bytes"));
    CHECK(says(changed, "f-md5.md5 tells 00000000000000000000000000000000"));
    CHECK(says(changed, "4 of 8 files are not the same here and on the platform"));
}

TEST_CASE("a file that was replaced or deleted on the platform is found, by receipts and by name") {
    Workspace space;
    write(space.dir() / "f1", "abc");
    write(space.dir() / "f2", "abc");
    const ProcessResult sent =
        space.upload(R"("project":"me/my-project","files":["f1","f2"],"receipts":"receipts.ndjson")");
    REQUIRE_MESSAGE(sent.status == 0, sent.err);
    write(space.dir() / "f1", "abcd"); // from another folder, say, with other receipts
    const ProcessResult again = space.upload(R"("project":"me/my-project","files":["f1"],"conflict":"overwrite")");
    REQUIRE_MESSAGE(again.status == 0, again.err);
    write(space.dir() / "f1", "abc");
    ProcessResult result = verify(space);
    CHECK(result.status == 1);
    CHECK(statuses(result)["f1"] == "missing"); // its id is gone
    CHECK(statuses(result)["f2"] == "same");
    result = verify(space, {"project=me/my-project", R"(files=["f1","f2","receipts.ndjson"])"});
    CHECK(result.status == 1);
    CHECK(statuses(result)["f1"] == "different");
    CHECK(statuses(result)["f2"] == "same");
    CHECK(statuses(result)["receipts.ndjson"] == "missing");
    CHECK(says(result, "f1: has 3 bytes here, and 4 bytes on the platform"));
}

TEST_CASE("a step behind the upload takes its files, and fails the run if they are not the same") {
    Workspace space;
    space.make_file("f1", 250'000);
    write(space.dir() / "w.json", R"({"steps":[
      {"id":"publish","task":"upload","with":{"project":"me/my-project","files":["f1"]}},
      {"id":"check","task":"upload-verify","needs":["publish"],
       "with":{"uploaded":["${steps.publish.outputs.files}"],"by":["size","etag"]}}]})");
    const ProcessResult validated = space.ferry({"validate", "w.json"});
    REQUIRE_MESSAGE(validated.status == 0, validated.err);
    const ProcessResult planned = space.ferry({"run", "w.json", "--dry-run"});
    REQUIRE_MESSAGE(planned.status == 0, planned.err);
    const ProcessResult result = space.ferry({"run", "w.json"});
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK(outputs(result, "check")->getValue<int>("same") == 1);
}

TEST_CASE("options that make no sense together are told beforehand") {
    Workspace space;
    write(space.dir() / "f1", "abc");
    const auto refused = [&space](std::vector<std::string> sets, const std::string& text) {
        const ProcessResult result = verify(space, std::move(sets));
        CHECK(result.status == 2);
        CHECK_MESSAGE(says(result, text), result.err);
    };
    refused({"receipts=r", R"(files=["f1"])"}, "exactly one of them");
    refused({"project=me/my-project"}, "exactly one of them");
    refused({"receipts=r", "project=me/my-project"}, "both together");
    refused({R"(files=["f1"])"}, "project (or parent) too");
    refused({R"(files=["f1"])", "project=me/my-project", R"(by=["etag"])"}, "leave it out with files");
    refused({R"(uploaded=[{"path":"f1","id":"f 1","size":3}])"}, "no id of a file on the platform");
    CHECK(space.server().counters().api_calls == 0);
}

TEST_CASE("receipts with a broken line fail, with its number, and the other files are compared") {
    Workspace space;
    write(space.dir() / "f1", "abc");
    const std::string one = R"("project":"me/my-project","files":["f1"],"receipts":"receipts.ndjson")";
    REQUIRE(space.upload(one).status == 0);
    std::ofstream(space.dir() / "receipts.ndjson", std::ios::app) << "{\"path\":\"/lost";
    const ProcessResult result = verify(space);
    CHECK(result.status == 1);
    CHECK(statuses(result)["f1"] == "same");
    CHECK(says(result, "receipts.ndjson, line 2: column "));
    CHECK(says(result, "1 line of the receipts cannot be used, and its file was not compared"));
}

TEST_CASE("a stop ends the hashing within a moment") {
    using namespace std::chrono_literals;
    Workspace space;
    write(space.dir() / "f1", "");
    fs::resize_file(space.dir() / "f1", 40ull << 30u); // a hole: many minutes of hashing
    write(space.dir() / "f1.md5", std::string(md5_of_abc) + "  f1\n");
    write(space.dir() / "f2", "abc");
    REQUIRE(space.upload(R"("project":"me/my-project","files":["f2"],"receipts":"receipts.ndjson")").status == 0);
    const std::string id = space.server().stored("me/my-project", "f2").id;
    FerryProcess process({"task", "upload-verify", "--set",
                          R"(uploaded=[{"path":"f1","id":")" + id + R"(","size":42949672960}])", "--set",
                          R"(by=["md5"])"},
                         space.setup());
    for (int i = 0; i < 3000 && space.server().counters().of("bulk_get") == 0; ++i)
        std::this_thread::sleep_for(10ms);
    std::this_thread::sleep_for(200ms);
    CHECK(process.running());
    const auto begin = std::chrono::steady_clock::now();
    process.signal(SIGINT);
    const ProcessResult result = process.wait();
    CHECK(result.status == 128 + SIGINT);
    CHECK(std::chrono::steady_clock::now() - begin < 2s);
    CHECK_MESSAGE(says(result, "stopped with 0 of 1 file compared"), result.err);
}

} // namespace ferry::test
