#include "option_reader.hpp"

#include <doctest/doctest.h>

namespace ferry {

namespace {

using namespace std::chrono_literals;

// Options as the host hands them over: with all defaults.
std::string options(const std::string& target, const std::string& files, const std::string& part_size = "\"auto\"",
                    const std::string& retry = R"({"attempts":8,"max_elapsed":"6h"})",
                    const std::string& timeouts = R"({"connect":30,"stall":60,"complete":600})") {
    return "{" + target + R"(,"files":)" + files + R"(,"conflict":"skip","part_size":)" + part_size +
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
