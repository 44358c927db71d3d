// A failed upload costs the upload alone.
#include "workspace.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace ferry::test {
namespace {

// An analysis that notes that it ran, and its upload.
struct Analysis {
    Workspace space;

    Analysis() {
        std::ofstream(space.dir() / "w.json") << R"({"name":"w","steps":[
          {"id":"align","task":"command","with":{"command":["sh","-c","echo ran >> ran; echo result > a.bam"],
            "outputs":{"bam":"a.bam"}}},
          {"id":"publish","task":"upload","needs":["align"],"with":{"project":"me/my-project",
            "files":["${steps.align.outputs.bam}"]}},
          {"id":"tell","task":"command","needs":["publish"],
            "with":{"command":["sh","-c","echo \"$ID\" > told"],"env":{"ID":"${steps.publish.outputs.file_id}"}}}]})";
    }
    std::string status(const ProcessResult& result, const std::string& id) const {
        return step(document(result), id)->getValue<std::string>("status");
    }
};

} // namespace

TEST_CASE("after a failed upload, --resume runs the upload and what comes behind it") {
    Analysis analysis;
    Workspace& space = analysis.space;
    space.environment["SB_AUTH_TOKEN"] = "0123456789abcdef0123456789abcdef";
    const ProcessResult first = space.ferry({"run", "w.json"});
    CHECK(first.status == 4);
    CHECK(first.err.find("to go on, once the cause is gone: ferry run w.json --resume\n") != std::string::npos);
    space.environment.clear(); // the right token is none of a step's identity
    const ProcessResult second = space.ferry({"run", "w.json", "--resume"});
    REQUIRE_MESSAGE(second.status == 0, second.err);
    CHECK(analysis.status(second, "align") == "cached");
    CHECK(analysis.status(second, "publish") == "succeeded");
    CHECK(read_file(space.dir() / "ran") == "ran\n");
    CHECK(space.stored("a.bam", "result\n"));

    const auto calls = space.server().counters().api_calls;
    const ProcessResult third = space.ferry({"run", "w.json", "--resume"});
    REQUIRE_MESSAGE(third.status == 0, third.err);
    CHECK(analysis.status(third, "publish") == "cached");
    CHECK(space.server().counters().api_calls == calls); // the platform is not even asked
    CHECK(outputs(third, "publish")->getValue<std::string>("file_id") + "\n" == read_file(space.dir() / "told"));
}

TEST_CASE("the upload alone, as a job of its own") {
    Analysis analysis;
    Workspace& space = analysis.space;
    const ProcessResult early = space.ferry({"run", "w.json", "--only", "publish"});
    CHECK(early.status == 2);
    CHECK(early.err.find("step \"align\" has to run first") != std::string::npos);
    REQUIRE(space.ferry({"run", "w.json", "--only", "align"}).status == 0);
    const ProcessResult job = space.ferry({"run", "w.json", "--only", "publish"});
    REQUIRE_MESSAGE(job.status == 0, job.err);
    CHECK(analysis.status(job, "align") == "cached");
    CHECK(analysis.status(job, "tell") == "skipped");
    CHECK(space.stored("a.bam", "result\n"));
    CHECK_FALSE(std::filesystem::exists(space.dir() / "told"));
}

} // namespace ferry::test
