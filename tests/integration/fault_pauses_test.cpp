// When the platform asks for patience, sends elsewhere, refuses for good, or has another time of day.
#include "fault_rows.hpp"
#include "workspace.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::test {

namespace {

constexpr std::uint64_t parts = 8;
const std::string one_file = R"("project":"me/my-project","files":["a.bin"])";

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size()))
        ++found;
    return found;
}

// The seconds that a log line says all calls wait; fails the test if none does, or not in seconds.
double told_wait(const std::string& err) {
    static constexpr std::string_view mark = "all calls wait ";
    const auto at = err.find(mark);
    REQUIRE_MESSAGE(at != std::string::npos, err);
    std::size_t used = 0;
    const std::string rest = err.substr(at + mark.size(), 20);
    const double number = std::stod(rest, &used);
    REQUIRE_MESSAGE(rest.substr(used, 3).find(" s") == 0, rest);
    return number;
}

void check_whole(Workspace& space, const ProcessResult& result, std::uint64_t size) {
    CHECK_MESSAGE(result.status == 0, result.err);
    CHECK(space.stored("a.bin", Workspace::bytes(size)));
    CHECK(space.server().files("me/my-project").size() == 1);
    CHECK(space.server().open_upload_count() == 0);
    CHECK(space.server().counters().token_leaks == 0);
    CHECK(space.server().unused_faults().empty());
}

platform::PlatformSettings with_clock(const char* skew) {
    platform::PlatformSettings settings;
    platform::set(settings, "clock_skew", skew);
    return settings;
}

// A run under way that the platform asks to wait.
struct Paused {
    Paused(const char* by, const char* rule)
        : skew(by)
        , fault(rule)
        , space(with_clock(by))
        , process(prepared(), space.setup()) {}

    std::vector<std::string> prepared() {
        space.server().add_faults(R"({"operation":"sign",)" + fault + "}");
        space.make_file("a.bin", 10);
        return {"run", space.upload_workflow(one_file)};
    }

    const std::string skew;
    const std::string fault;
    Workspace space;
    FerryProcess process;
};

} // namespace

TEST_CASE("pauses: eight slots that are refused for quota wait once, together") {
    platform::PlatformSettings settings;
    settings.api_latency = std::chrono::milliseconds(200); // so that all slots ask before the first is refused
    Workspace space(settings);
    // As if others had used up what the answers before have told to be left.
    space.server().add_faults(R"({"operation":"sign","for_ms":1500,"fault":"rate_limited","reset_in_ms":2000})");
    space.make_file("a.bin", parts * Workspace::part);
    const ProcessResult result = space.upload(one_file);
    check_whole(space, result, parts * Workspace::part);
    const std::uint64_t refused = space.server().fired_faults();
    CHECK(refused <= parts); // each slot at most once
    CHECK(space.server().counters().api_calls == parts + 3 + refused);
    CHECK_MESSAGE(count(result.err, "quota of calls is used up") == 1, result.err);
}

TEST_CASE("pauses: eight slots use a tiny quota, and are refused nothing") {
    platform::PlatformSettings settings;
    settings.rate_calls = 6; // the listing, the start, and four URLs
    settings.rate_window = std::chrono::seconds(2);
    settings.api_latency = std::chrono::milliseconds(100);
    Workspace space(settings);
    space.make_file("a.bin", parts * Workspace::part);
    const ProcessResult result = space.upload(one_file);
    check_whole(space, result, parts * Workspace::part);
    CHECK(space.server().counters().rate_limited == 0);
    CHECK(space.server().counters().api_calls == parts + 3);
    CHECK_MESSAGE(count(result.err, "calls are spread over the ") > 0, result.err);
}

TEST_CASE("pauses: maintenance that several slots meet is said once and waited out") {
    platform::PlatformSettings settings;
    settings.api_latency = std::chrono::milliseconds(500);
    Workspace space(settings);
    space.server().add_faults(R"({"operation":"sign","for_ms":900,"fault":"maintenance","retry_after":1})");
    space.make_file("a.bin", parts * Workspace::part);
    // Not a try of its own: one is all that there is.
    const ProcessResult result = space.upload(one_file + R"(,"retry":{"attempts":1})");
    check_whole(space, result, parts * Workspace::part);
    CHECK_MESSAGE(count(result.err, "under maintenance") == 1, result.err);
    CHECK(space.server().counters().api_calls == parts + 3 + space.server().fired_faults());
}

TEST_CASE("pauses: Retry-After in seconds and as a date, and the end of the quota, decide how long") {
    std::vector<std::unique_ptr<Paused>> runs; // at once, since all they do is wait
    for (const char* fault :
         {R"("fault":"maintenance","retry_after":1)", R"("fault":"rate_limited","rate_headers":false,"retry_after":1)"})
        runs.push_back(std::make_unique<Paused>("0", fault));
    for (const char* skew : {"0", "-1h", "1h", "-24h", "24h"})
        for (const char* fault :
             {R"("fault":"maintenance","retry_after_in_ms":2000)", R"("fault":"rate_limited","reset_in_ms":1000)",
              R"("fault":"rate_limited","rate_headers":false,"retry_after_in_ms":2000)"})
            runs.push_back(std::make_unique<Paused>(skew, fault));
    for (const auto& run : runs) {
        CAPTURE(run->skew);
        CAPTURE(run->fault);
        const ProcessResult result = run->process.wait();
        check_whole(run->space, result, 10);
        CHECK(told_wait(result.err) < 10); // 30 where nothing is told
    }
}

TEST_CASE("pauses: storage that refuses for good is asked a bounded number of times") {
    Workspace space;
    space.server().add_faults(
        R"({"operation":"put","part":2,"times":0,"fault":"status","status":403,"storage_code":"AccessDenied"})");
    space.make_file("a.bin", 3 * Workspace::part);
    const ProcessResult result = space.upload(one_file + R"(,"retry":{"attempts":4})");
    CHECK(result.status == 1);
    CHECK(result.err.find("a.bin") != std::string::npos);
    CHECK(result.err.find("AccessDenied") != std::string::npos);
    CHECK(space.server().files("me/my-project").empty());
    CHECK(space.server().counters().puts >= 4);
    CHECK(space.server().counters().puts <= 4 + 2);
    CHECK(space.server().counters().of("sign") <= 4 + 2);
    CHECK(space.server().counters().of("init") == 1);
}

TEST_CASE("redirects are followed by no call, and the token goes nowhere") {
    for (const char* operation : {"files", "init", "sign", "complete", "put"}) {
        for (const int status : {301, 302, 303, 307, 308}) {
            CAPTURE(operation);
            CAPTURE(status);
            Workspace other;
            Workspace space;
            space.server().add_faults(R"({"operation":")" + std::string(operation) + R"(","fault":"status","status":)" +
                                      std::to_string(status) + R"(,"headers":{"Location":")" + other.server().api() +
                                      "/upload/multipart\"}}");
            space.make_file("a.bin", 10);
            const ProcessResult result = space.upload(one_file);
            CHECK(result.status == 1);
            CHECK_MESSAGE(result.err.find("HTTP " + std::to_string(status)) != std::string::npos, result.err);
            CHECK(space.server().files("me/my-project").empty());
            CHECK(space.server().unused_faults().empty());
            CHECK(space.server().counters().token_leaks == 0);
            CHECK(other.server().counters().api_connections == 0);
        }
    }
}

TEST_CASE("a clock that is off by an hour or a day hides nothing that a lost answer leaves behind") {
    for (const char* skew : {"-24h", "-1h", "1h", "24h"}) {
        CAPTURE(skew);
        const std::string lost_init = R"({"operation":"init","fault":"lost_answer"})";
        const std::string lost_complete = R"({"operation":"complete","fault":"lost_answer"})";
        check_rows({{"[]"},
                    {lost_init},
                    {lost_complete},
                    {"[" + lost_init + "," + lost_complete + "]"},
                    {R"({"operation":"complete","fault":"duplicate"})"},
                    {R"({"operation":"put","fault":"expired_url"})"}},
                   with_clock(skew));
    }
}

TEST_CASE("an older file of the same name and size is not taken for the one that a lost complete has made") {
    for (const char* skew : {"-1h", "0", "1h"}) {
        for (const char* fault : {R"("fault":"lost_answer")", R"("fault":"reset")", R"("fault":"duplicate")"}) {
            CAPTURE(skew);
            CAPTURE(fault);
            Workspace space(with_clock(skew));
            const std::string old = space.server().add_file("me/my-project", "a.bin", Workspace::bytes(10, 2)).id;
            space.server().add_faults(R"({"operation":"complete",)" + std::string(fault) + "}");
            space.make_file("a.bin", 10);
            const ProcessResult result = space.upload(one_file + R"(,"conflict":"overwrite")");
            check_whole(space, result, 10);
            CHECK(result.out.find(old) == std::string::npos);
        }
    }
}

TEST_CASE("a file that the platform names otherwise is told with its new name, and one of another size is an error") {
    for (const char* operation : {"init", "complete"}) {
        Workspace space;
        space.server().add_faults(R"({"operation":")" + std::string(operation) + R"(","fault":"rename"})");
        space.make_file("a.bin", 10);
        const ProcessResult result = space.upload(one_file);
        CHECK(result.status == 0);
        CHECK(space.stored("_1_a.bin", Workspace::bytes(10)));
        CHECK(result.err.find("named the file _1_a.bin") != std::string::npos);
        CHECK(result.out.find("\"_1_a.bin\"") != std::string::npos);
    }
    Workspace space;
    space.server().add_faults(R"({"operation":"complete","fault":"wrong_size"})");
    space.make_file("a.bin", 10);
    const ProcessResult result = space.upload(one_file);
    CHECK(result.status == 1);
    CHECK(result.err.find("a.bin") != std::string::npos);
    CHECK(result.err.find("11 bytes") != std::string::npos);
}

} // namespace ferry::test
