#include "workspace.hpp"

#include <Poco/JSON/Array.h>
#include <doctest/doctest.h>

namespace ferry::test {

namespace {

// One upload of five parts during which the platform does what `fault` says.
struct Faulty {
    explicit Faulty(const std::string& fault, platform::PlatformSettings settings = {}) : space(std::move(settings)) {
        space.server().add_faults(fault);
        space.make_file("a.bin", 5 * Workspace::part);
        result = space.upload(R"("project":"me/my-project","files":["a.bin"],"timeouts":{"stall":1,"complete":2})");
    }
    bool whole() const {
        return result.status == 0 && space.stored("a.bin", Workspace::bytes(5 * Workspace::part)) && space.files() == 1;
    }
    struct Space : Workspace {
        using Workspace::Workspace;
        std::size_t files() const { return const_cast<Space*>(this)->server().files("me/my-project").size(); }
    } space;
    ProcessResult result;
};

} // namespace

TEST_CASE("passing faults are survived and the file ends whole, once") {
    for (const char* fault : {
             R"({"operation":"put","part":2,"fault":"status","status":500})",
             R"({"operation":"put","part":2,"fault":"slow_down"})",
             R"({"operation":"put","part":3,"fault":"reset","after_bytes":5000})",
             R"({"operation":"put","part":3,"fault":"lost_answer"})",
             R"({"operation":"put","part":1,"fault":"expired_url"})",
             R"({"operation":"put","part":1,"fault":"early_403"})",
             R"({"operation":"put","part":4,"fault":"missing_etag"})",
             R"({"operation":"put","part":4,"fault":"wrong_etag"})",
             R"({"operation":"put","part":4,"fault":"corrupt"})",
             R"({"operation":"put","part":5,"fault":"stall"})",
             R"({"operation":"sign","part":2,"fault":"status","status":409,"code":8008})",
             R"({"operation":"sign","part":2,"fault":"garbage"})",
             R"({"operation":"sign","part":2,"fault":"html"})",
             R"({"operation":"init","fault":"status","status":503})",
             R"({"operation":"init","fault":"lost_answer"})",
             R"({"operation":"complete","fault":"lost_answer"})",
             R"({"operation":"complete","fault":"status","status":409,"code":8007})",
             R"({"operation":"complete","fault":"status","status":502})",
         }) {
        CAPTURE(fault);
        const Faulty run(fault);
        CHECK_MESSAGE(run.whole(), run.result.err);
        CHECK(const_cast<Faulty&>(run).space.server().unused_faults().empty());
    }
}

TEST_CASE("an upload that vanishes is started over") {
    const Faulty run(R"({"operation":"sign","part":3,"fault":"vanish"})");
    CHECK_MESSAGE(run.whole(), run.result.err);
}

TEST_CASE("a used-up quota is waited out") {
    const Faulty run(R"({"operation":"sign","part":3,"fault":"rate_limited","reset_in_ms":1000})");
    CHECK_MESSAGE(run.whole(), run.result.err);
    CHECK(run.result.err.find("quota") != std::string::npos);
}

TEST_CASE("a part that is never stored right fails the file, and says why") {
    const Faulty run(R"({"operation":"put","part":2,"fault":"wrong_etag","times":100})");
    CHECK(run.result.status == 1);
    CHECK(run.result.err.find("a.bin") != std::string::npos);
    CHECK(run.space.files() == 0);
}

TEST_CASE("storage that refuses for good is told with its own error code") {
    const Faulty run(
        R"({"operation":"put","part":2,"fault":"status","status":403,"storage_code":"AccessDenied","times":100})");
    CHECK(run.result.status == 1);
    CHECK(run.result.err.find("AccessDenied") != std::string::npos);
    CHECK(run.space.files() == 0);
}

TEST_CASE("one failed file does not stop the others") {
    Workspace space;
    space.server().add_faults(R"({"operation":"init","name":"bad.bin","fault":"status","status":400,"code":8013})");
    for (const char* name : {"a.bin", "bad.bin", "c.bin"})
        space.make_file(name, 2 * Workspace::part);
    const ProcessResult result = space.upload(R"("project":"me/my-project","files":["a.bin","bad.bin","c.bin"])");
    CHECK(result.status == 1);
    CHECK(space.stored("a.bin", Workspace::bytes(2 * Workspace::part)));
    CHECK(space.stored("c.bin", Workspace::bytes(2 * Workspace::part)));
    CHECK(result.err.find("bad.bin") != std::string::npos);
    CHECK(outputs(result, "publish")->getArray("files")->size() == 2);
}

} // namespace ferry::test
