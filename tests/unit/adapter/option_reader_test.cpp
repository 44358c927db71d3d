#include "option_reader.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace ferry {

namespace {

using namespace std::chrono_literals;

// Options as the host hands them over: with all defaults.
std::string options(const std::string& target, const std::string& files, const std::string& part_size = "\"auto\"",
                    const std::string& retry = R"({"attempts":8,"max_elapsed":"6h"})",
                    const std::string& timeouts = R"({"connect":30,"stall":60,"complete":600})") {
    return "{" + target + R"(,"files":)" + files +
           R"(,"preserve_folders":false,"base_dir":".","conflict":"skip","part_size":)" + part_size +
           R"(,"parallel_parts":4,"verify":"none","retry":)" + retry + R"(,"timeouts":)" + timeouts + "}";
}

ReadOptions read(const std::string& json) {
    auto result = read_options(json);
    REQUIRE_MESSAGE(result.ok(), result.status().error().message);
    return std::move(result).value();
}

} // namespace

TEST_CASE("options become typed values") {
    const ReadOptions read_back = read(options(
        R"("project":"me/p","profile":"x","token_env":"T")", R"(["a",["b",{"path":"c","name":"d"}]])", "\"64MiB\"",
        R"({"attempts":3,"max_elapsed":"90s"})", R"({"connect":"2s","stall":1.5,"complete":"10m"})"));
    CHECK(read_back.problems.empty());
    const UploadOptions& upload = read_back.upload;
    CHECK(upload.target.project == "me/p");
    REQUIRE(upload.files.size() == 3);
    CHECK(upload.files[1].path == "b");
    CHECK_FALSE(upload.files[1].literal);
    CHECK(upload.files[2].path == "c");
    CHECK(upload.files[2].name == "d");
    CHECK(upload.files[2].literal);
    CHECK(upload.part_size == 64u << 20u);
    CHECK(upload.conflict == Conflict::skip);
    CHECK(upload.verify == Verify::none);
    CHECK(upload.parallel_parts == 4);
    CHECK(upload.retry.attempts == 3);
    CHECK(upload.retry.max_elapsed == 90s);
    CHECK(upload.timeouts.connect == 2s);
    CHECK(upload.timeouts.stall == 1500ms);
    CHECK(upload.timeouts.answer == 1500ms);
    CHECK(upload.complete_timeout == 10min);
    CHECK(read_back.credentials.profile == "x");
    CHECK(read_back.credentials.token_env == "T");
    CHECK_FALSE(read_back.credentials.endpoint);
}

TEST_CASE("metadata and tags of the step and of single files, and a manifest") {
    const UploadOptions upload =
        read(options(R"("parent":"id","manifest":"m.csv","metadata":{"k":7,"none":null},"tags":["a","b","a"])",
                     R"(["x",{"path":"c","metadata":{"t":true},"tags":[]}])"))
            .upload;
    CHECK(upload.manifest == "m.csv");
    CHECK(upload.metadata.pairs == std::map<std::string, std::string>{{"k", "7"}});
    CHECK(upload.metadata.tags == std::vector<std::string>{"a", "b"});
    CHECK(upload.files.at(0).metadata.empty());
    CHECK_FALSE(upload.files.at(0).metadata.tags);
    CHECK(upload.files.at(1).metadata.pairs == std::map<std::string, std::string>{{"t", "true"}});
    REQUIRE(upload.files.at(1).metadata.tags);
    CHECK(upload.files.at(1).metadata.tags->empty()); // none, whatever the step says
}

TEST_CASE("folders of the step and of single files, and the local tree") {
    std::string json = options(R"("parent":"id","folder":"/runs//7/")",
                               R"([{"path":"a","folder":""},{"path":"b","folder":"x/"},{"path":"c"}])");
    json.replace(json.find("\"preserve_folders\":false"), 24, "\"preserve_folders\":true");
    json.replace(json.find("\"base_dir\":\".\""), 14, R"("base_dir":"data")");
    json.replace(json.find("\"skip\""), 6, "\"rename\"");
    const ReadOptions read_back = read(json);
    CHECK(read_back.problems.empty());
    CHECK(read_back.upload.folder == "runs/7");
    CHECK(read_back.upload.preserve_folders);
    CHECK(read_back.upload.base_dir == "data");
    CHECK(read_back.upload.conflict == Conflict::rename);
    CHECK(read_back.upload.files.at(0).folder == "");
    CHECK(read_back.upload.files.at(1).folder == "x");
    CHECK_FALSE(read_back.upload.files.at(2).folder);
}

TEST_CASE("folders and names that the platform would refuse are told with their keys") {
    const ReadOptions read_back = read(options(R"("parent":"id","folder":"a/__b")",
                                               R"(["x",[{"path":"c","folder":"../up"}],{"path":"d","name":"e/f"}])"));
    REQUIRE(read_back.problems.size() == 3);
    CHECK(read_back.problems[2].pointer == "/files/2/name");
    CHECK(read_back.problems[2].allowed.find("may not hold a slash") != std::string::npos);
    CHECK(read_back.problems[0].pointer == "/folder");
    CHECK(read_back.problems[0].allowed.find("begin with two underscores") != std::string::npos);
    CHECK(read_back.problems[1].pointer == "/files/1/0/folder");
    CHECK(read_back.problems[1].found == "\"../up\"");
}

TEST_CASE("keys and values that the platform would refuse are told with their places") {
    const ReadOptions read_back =
        read(options(R"("parent":"id","metadata":{"a.b":1,"~/":")" + std::string(301, 'v') + "\"}",
                     R"([["x",{"path":"c","metadata":{"":"x"}}]])"));
    REQUIRE(read_back.problems.size() == 3);
    CHECK(read_back.problems[0].pointer == "/files/0/1/metadata/");
    CHECK(read_back.problems[1].pointer == "/metadata/a.b");
    CHECK(read_back.problems[1].allowed == "the platform takes no '.' and no '$' in a key");
    CHECK(read_back.problems[2].pointer == "/metadata/~0~1");
    CHECK(read_back.problems[2].allowed == "a value of 301 bytes; the platform takes at most 300");
    std::string many;
    for (int i = 0; i < 1'001; ++i)
        many += (many.empty() ? "\"" : ",\"") + std::to_string(i) + "\":1";
    const ReadOptions too_many = read(options("\"parent\":\"id\",\"metadata\":{" + many + "}", "[]"));
    REQUIRE(too_many.problems.size() == 1);
    CHECK(too_many.problems[0].allowed == "1001 pairs of metadata; the platform takes at most 1000 for a file");
}

TEST_CASE("auto and plain bytes are part sizes too") {
    CHECK_FALSE(read(options(R"("parent":"id")", "[]")).upload.part_size);
    CHECK(read(options(R"("parent":"id")", "[]", "5242880")).upload.part_size == 5242880u);
}

TEST_CASE("a limit on bandwidth is bytes, or a size; there is none by default, and one without a unit is told") {
    const auto with = [](const std::string& limit) {
        return read(options(R"("parent":"id","bandwidth_limit":)" + limit, "[]"));
    };
    CHECK_FALSE(read(options(R"("parent":"id")", "[]")).upload.bandwidth_limit);
    CHECK(with("\"200MiB\"").upload.bandwidth_limit == 200u << 20u);
    CHECK(with("20000").upload.bandwidth_limit == 20'000u);
    const ReadOptions forgotten = with("200");
    REQUIRE(forgotten.problems.size() == 1);
    CHECK(forgotten.problems[0].pointer == "/bandwidth_limit");
    CHECK(forgotten.problems[0].allowed == "bytes a second, at least 16KiB, such as 200MiB");
}

TEST_CASE("problems that the schema cannot see are all told, with their places") {
    const ReadOptions read_back =
        read(options(R"("project":"My Project")", "[]", "\"1MiB\"", R"({"attempts":8,"max_elapsed":"6h"})",
                     R"({"connect":0,"stall":60,"complete":600})"));
    REQUIRE(read_back.problems.size() == 3);
    CHECK(read_back.problems[0].pointer == "/project");
    CHECK(read_back.problems[1].pointer == "/part_size");
    CHECK(read_back.problems[2].pointer == "/timeouts/connect");
    for (const char* project : {"", "/", "a/", "/b", "a/b/c", "a b/c"})
        CHECK(read(options("\"project\":\"" + std::string(project) + "\"", "[]")).problems.size() == 1);
}

TEST_CASE("what no schema would admit is an error, not a crash") {
    for (const char* json : {"", "[]", "{", "{}", R"({"files":3})", "null"})
        CHECK_FALSE(read_options(json).ok());
    CHECK_FALSE(read_options(options(R"("project":5)", R"([5])")).ok());
    CHECK_FALSE(read_options(options(R"("project":"a/b")", R"("text")")).ok());
}

} // namespace ferry
