#include "workspace.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace ferry::test {

namespace {

// Everything that a run left where people and programs look: both streams and all files below the folder.
std::string everything(const Workspace& space, const ProcessResult& result) {
    std::string all = result.out + result.err;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(space.dir()))
        if (entry.is_regular_file() && entry.file_size() < 1'000'000)
            all += read_file(entry.path());
    return all;
}

void check_no_secret(Workspace& space, const ProcessResult& result) {
    const std::string all = everything(space, result);
    CHECK(all.find(space.server().token()) == std::string::npos);
    for (const char* word : {"Signature=", "AWSAccessKeyId=", "Expires=", "X-SBG-Auth-Token:"})
        CHECK_MESSAGE(all.find(word) == std::string::npos, word);
}

} // namespace

TEST_CASE("no token and no signed URL anywhere, at debug, in success and in failure") {
    for (const char* fault : {R"([])", R"({"operation":"put","fault":"status","status":403,"times":100})",
                              R"({"operation":"put","part":2,"fault":"reset","after_bytes":10})",
                              R"({"operation":"sign","fault":"garbage","times":100})"}) {
        CAPTURE(fault);
        Workspace space;
        space.server().add_faults(fault);
        space.make_file("a.bin", 3 * Workspace::part);
        const ProcessResult result = space.ferry(
            {"run", space.upload_workflow(R"("project":"me/my-project","files":["a.bin"],"retry":{"attempts":2})"),
             "--log-level", "debug", "--events", "events.ndjson", "--outputs", "outputs.json"});
        CHECK(std::filesystem::file_size(space.dir() / "events.ndjson") > 0);
        check_no_secret(space, result);
    }
}

TEST_CASE("commands do not inherit the token, but an env entry may pass it") {
    Workspace space;
    const auto workflow = space.dir() / "w.json";
    std::ofstream(workflow) << R"({"name":"w","steps":[
      {"id":"bare","task":"command","with":{"command":["sh","-c","env > bare.txt"]}},
      {"id":"given","task":"command","with":{"command":["sh","-c","test \"$T\" = \"$(cat expected)\""],
        "env":{"T":"${env.SB_AUTH_TOKEN}"}}}]})";
    std::ofstream(space.dir() / "expected") << space.server().token();
    const ProcessResult result = space.ferry({"run", workflow.string()});
    CHECK_MESSAGE(result.status == 0, result.err);
    CHECK(read_file(space.dir() / "bare.txt").find("SB_AUTH_TOKEN") == std::string::npos);

    std::ofstream(workflow) << R"({"name":"w","steps":[
      {"id":"leak","task":"command","with":{"command":["echo","${env.SB_AUTH_TOKEN}"]}}]})";
    CHECK(space.ferry({"run", workflow.string()}).status == 2);
}

} // namespace ferry::test
