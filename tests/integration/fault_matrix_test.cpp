// Every call of an upload with every fault that it can meet: the run ends with the whole file, or says why it did not.
#include "fault_rows.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

namespace {

const std::string few = R"(,"retry":{"attempts":2})";

std::vector<Row> with(std::vector<Row> rows, const std::vector<Row>& more) {
    rows.insert(rows.end(), more.begin(), more.end());
    return rows;
}

platform::PlatformSettings one_by_one() {
    platform::PlatformSettings settings;
    settings.parallel_uploads = false;
    return settings;
}

std::string both(const std::string& first, const std::string& second) {
    return "[" + first + "," + second + "]";
}

const std::string init_lost = R"({"operation":"init","fault":"lost_answer"})";
const std::string complete_lost = R"({"operation":"complete","fault":"lost_answer"})";

} // namespace

TEST_CASE("faults: the first listing") {
    std::vector<Row> rows = passing("files", "files");
    std::erase_if(rows, [](const Row& row) { return row.fault.find("\"port\"") != std::string::npos; });
    check_rows(rows);
}

TEST_CASE("faults: init that passes") {
    // A doubled init opens a second upload that no answer ever tells of.
    check_rows(with(passing("init", "files"), {
                                                  {R"({"operation":"init","fault":"duplicate"})", End::whole, "", 1},
                                              }));
}

TEST_CASE("faults: init that does not") {
    check_rows({
        {R"({"operation":"init","fault":"status","status":400,"code":8013})", End::failed, "8013"},
        {R"({"operation":"init","fault":"status","status":401})", End::refused, "401"},
        {R"({"operation":"init","fault":"status","status":403,"code":3001})", End::refused, "3001"},
        {R"({"operation":"init","fault":"status","status":403,"body":"html"})", End::failed, "403"},
        {R"({"operation":"init","fault":"status","status":404,"code":3002})", End::failed, "3002"},
        {R"({"operation":"init","fault":"status","status":404,"body":"empty"})", End::failed, "404"},
        {R"({"operation":"init","fault":"status","status":409,"code":8005})", End::failed, "8005"},
        {R"({"operation":"init","fault":"status","status":409,"code":8006})", End::failed, "8006"},
        {R"({"operation":"init","fault":"status","status":413})", End::failed, "413"},
        {R"({"operation":"init","times":0,"fault":"status","status":500})", End::failed, "500", 0, few},
        {R"({"operation":"init","times":0,"fault":"garbage"})", End::failed, "cannot be used", 0, few},
        {R"({"operation":"init","times":0,"fault":"reset"})", End::failed, "no answer", 0, few},
        {R"({"operation":"init","times":0,"fault":"stall"})", End::failed, "within 1 s", 0, few},
        {R"({"operation":"files","fault":"refuse","ms":60000})", End::failed, "refused", 0,
         R"(,"retry":{"max_elapsed":1})"},
    });
}

TEST_CASE("faults: sign that passes") {
    check_rows(with(passing("sign", "init"),
                    {
                        {R"({"operation":"sign","part":2,"fault":"status","status":409,"code":8008})"},
                        {R"({"operation":"sign","part":2,"fault":"status","status":404,"code":8003})"},
                        {R"({"operation":"sign","part":2,"fault":"status","status":404,"body":"empty"})"},
                        {R"({"operation":"sign","part":2,"fault":"vanish"})"},
                        {R"({"operation":"sign","part":2,"fault":"expired_url"})"},
                        {R"({"operation":"sign","part":2,"fault":"duplicate"})"},
                    }));
}

TEST_CASE("faults: sign that does not") {
    check_rows({
        {R"({"operation":"sign","part":2,"fault":"status","status":400,"code":8012})", End::failed, "8012"},
        {R"({"operation":"sign","part":2,"fault":"status","status":401})", End::refused, "401"},
        {R"({"operation":"sign","part":2,"fault":"status","status":403,"code":8001})", End::refused, "8001"},
        {R"({"operation":"sign","part":2,"times":0,"fault":"status","status":409,"code":8008})", End::failed, "8008", 0,
         few},
        {R"({"operation":"sign","part":2,"times":0,"fault":"vanish"})", End::failed, "404"},
        {R"({"operation":"sign","part":2,"times":0,"fault":"expired_url"})", End::failed, "Request has expired", 0,
         few},
        {R"({"operation":"sign","part":2,"times":0,"fault":"truncated"})", End::failed, "cut short", 0, few},
    });
}

TEST_CASE("faults: put, answered wrongly") {
    const auto put = [](const std::string& fault) { return Row{R"({"operation":"put","part":2,)" + fault + "}"}; };
    check_rows({
        put(R"("fault":"status","status":400,"storage_code":"RequestTimeout")"),
        put(R"("fault":"status","status":400,"storage_code":"ExpiredToken")"),
        put(R"("fault":"status","status":401)"),
        put(R"("fault":"status","status":403,"storage_code":"SignatureDoesNotMatch")"),
        put(R"("fault":"status","status":404,"storage_code":"NoSuchUpload")"),
        put(R"("fault":"vanish")"),
        put(R"("fault":"status","status":408)"),
        put(R"("fault":"status","status":409)"),
        put(R"("fault":"status","status":429,"retry_after":1)"),
        put(R"("fault":"status","status":429,"retry_after_in_ms":1000)"),
        put(R"("fault":"status","status":500)"),
        put(R"("fault":"status","status":502,"body":"empty")"),
        put(R"("fault":"status","status":204,"body":"empty")"),
        put(R"("fault":"slow_down")"),
        put(R"("fault":"html")"),
        put(R"("fault":"early","status":500)"),
        put(R"("fault":"early_403")"),
        put(R"("fault":"expired_url")"),
        put(R"("fault":"missing_etag")"),
        put(R"("fault":"wrong_etag")"),
        put(R"("fault":"corrupt")"),
        put(R"("fault":"duplicate")"),
        put(R"("fault":"truncated")"),
        put(R"("fault":"garbage")"),
        put(R"("fault":"content_type")"),
        put(R"("fault":"drip","ms":1)"),
    });
}

TEST_CASE("faults: put, with the connection") {
    constexpr std::uint64_t mib = 1u << 20;
    const auto put = [](const std::string& fault, std::uint64_t part_size) {
        return Row{R"({"operation":"put","part":2,)" + fault + "}", End::whole, "", 0, "", 2, part_size};
    };
    const auto port = [](const char* fault, const char* operation) {
        return Row{R"({"operation":")" + std::string(operation) + R"(","port":"storage",)" + fault + "}"};
    };
    check_rows({
        put(R"("fault":"reset")", 0),
        put(R"("fault":"reset","after_bytes":4000000)", 8 * mib),
        put(R"("fault":"reset","after_bytes":100000)", 0), // all of it
        put(R"("fault":"lost_answer")", 0),
        put(R"("fault":"stall")", 0),                  // no answer
        put(R"("fault":"stall","performed":true)", 0), // none, though it is stored
        put(R"("fault":"stall")", 8 * mib),            // the body is not read
        put(R"("fault":"stall","after_bytes":2000000)", 8 * mib),
        put(R"("fault":"slow_read","bytes_per_second":100000)", 0),
        port(R"("fault":"refuse","ms":500)", "init"),
        port(R"("fault":"ignore","ms":1500)", "init"),
        port(R"("fault":"mute","ms":1500)", "init"),
        port(R"("fault":"refuse","ms":500)", "put"),
        port(R"("fault":"ignore","ms":1500)", "put"),
        port(R"("fault":"mute","ms":1500)", "put"),
    });
}

TEST_CASE("faults: put that never works") {
    const auto put = [](const std::string& fault, const std::string& told) {
        return Row{R"({"operation":"put","part":2,"times":0,)" + fault + "}", End::failed, told, 0, few};
    };
    check_rows({
        put(R"("fault":"status","status":400,"storage_code":"EntityTooLarge")", "EntityTooLarge"),
        put(R"("fault":"status","status":403,"storage_code":"AccessDenied")", "AccessDenied"),
        put(R"("fault":"status","status":500)", "InternalError"),
        put(R"("fault":"status","status":307,"headers":{"Location":"http://127.0.0.1:9/x"})", "307"),
        put(R"("fault":"missing_etag")", "ETag"),
        put(R"("fault":"wrong_etag")", "MD5"),
        put(R"("fault":"corrupt")", "MD5"),
        put(R"("fault":"reset")", "no answer"),
        put(R"("fault":"garbage")", "cannot be used"),
        put(R"("fault":"vanish")", "404"), // of whichever part finds out first
        {R"({"operation":"init","port":"storage","fault":"refuse","ms":60000})", End::failed, "refused", 0,
         R"(,"retry":{"max_elapsed":1})"},
        // Half an ETag looks like one that is no MD5; complete finds out.
        {R"({"operation":"put","part":2,"times":0,"fault":"truncated_etag"})", End::failed, "8007", 0, few},
    });
}

TEST_CASE("faults: report that passes") {
    check_rows(with(passing("report", "put"),
                    {
                        {R"({"operation":"report","part":2,"fault":"duplicate"})"},
                        {R"({"operation":"report","part":2,"fault":"vanish"})"},
                        {R"({"operation":"report","part":2,"fault":"status","status":404,"code":8003})"},
                        {R"({"operation":"report","part":2,"fault":"status","status":404,"body":"empty"})"},
                        {R"({"operation":"report","part":2,"fault":"status","status":409})"},
                    }),
               one_by_one());
}

TEST_CASE("faults: report that does not") {
    check_rows(
        {
            {R"({"operation":"report","part":2,"fault":"status","status":400,"code":8014})", End::failed, "8014"},
            {R"({"operation":"report","part":2,"fault":"status","status":401})", End::refused, "401"},
            {R"({"operation":"report","part":2,"fault":"status","status":403,"code":8001})", End::refused, "8001"},
            {R"({"operation":"report","times":0,"fault":"status","status":500})", End::failed, "500", 0, few},
            {R"({"operation":"report","times":0,"fault":"reset"})", End::failed, "no answer", 0, few},
        },
        one_by_one());
}

TEST_CASE("faults: complete that passes") {
    std::vector<Row> rows = passing("complete", "put");
    for (Row& row : rows) // of the last part
        if (const auto at = row.fault.find(R"("port")"); at != std::string::npos)
            row.fault.insert(at, R"("after":2,)");
    check_rows(with(rows, {
                              {R"({"operation":"complete","fault":"duplicate"})"},
                              {R"({"operation":"complete","fault":"vanish"})"},
                              {R"({"operation":"complete","fault":"status","status":409,"code":8007})"},
                              {R"({"operation":"complete","fault":"status","status":404,"code":8003})"},
                              {R"({"operation":"complete","fault":"status","status":404,"body":"empty"})"},
                          }));
}

TEST_CASE("faults: complete that does not") {
    check_rows({
        {R"({"operation":"complete","fault":"status","status":400,"code":8015})", End::failed, "8015"},
        {R"({"operation":"complete","fault":"status","status":401})", End::refused, "401"},
        {R"({"operation":"complete","fault":"status","status":403,"code":8002})", End::refused, "8002"},
        {R"({"operation":"complete","fault":"status","status":409,"code":8005})", End::failed, "8005"},
        {R"({"operation":"complete","times":0,"fault":"status","status":409,"code":8007})", End::failed, "8007", 0,
         few},
        {R"({"operation":"complete","times":0,"fault":"status","status":503})", End::failed, "503", 0, few},
        {R"({"operation":"complete","times":0,"fault":"vanish"})", End::failed, "8003"},
        {R"({"operation":"complete","times":0,"fault":"reset"})", End::failed, "no answer", 0, few},
    });
}

TEST_CASE("faults: abort of an upload whose source has changed") {
    const std::string stalled = R"({"operation":"put","part":2,"fault":"stall"})";
    const auto changed = [&](const std::string& fault) {
        return Row{both(stalled, R"({"operation":"abort",)" + fault + "}"), End::failed, "changed", 0,
                   R"(,"parallel_parts":1)"};
    };
    std::vector<Row> rows;
    for (const char* fault :
         {R"("fault":"status","status":500)", R"("fault":"status","status":503)",
          R"("fault":"status","status":409,"code":8009)", R"("fault":"html")",
          R"("fault":"maintenance","retry_after":1)", R"("fault":"rate_limited","reset_in_ms":1000)",
          R"("fault":"reset")", R"("fault":"lost_answer")", R"("fault":"garbage")", R"("fault":"truncated")",
          R"("fault":"stall")", R"("fault":"drip","ms":1)", R"("fault":"duplicate")", R"("fault":"vanish")"})
        rows.push_back(changed(fault));
    Row refused = changed(R"("times":0,"fault":"status","status":409,"code":8009)");
    refused.options += few;
    refused.open = 1;
    refused.told = "could not be aborted";
    rows.push_back(refused);
    check_changed_source(rows);
}

TEST_CASE("faults: list and details after a lost init") {
    std::vector<Row> rows;
    for (const char* operation : {"list", "details"})
        for (const Row& row : passing(operation, "init"))
            if (row.fault.find("\"port\"") == std::string::npos)
                rows.push_back({both(init_lost, row.fault)});
    check_rows(rows);
}

TEST_CASE("faults: details and the listing after a lost complete") {
    std::vector<Row> rows;
    for (const Row& row : passing("details", "complete"))
        if (row.fault.find("\"port\"") == std::string::npos)
            rows.push_back({both(complete_lost, row.fault)});
    for (const char* fault : {R"("fault":"status","status":500)", R"("fault":"reset")", R"("fault":"garbage")",
                              R"("fault":"rate_limited","reset_in_ms":1000)", R"("fault":"stall")"})
        rows.push_back({both(complete_lost, R"({"operation":"files","after":1,)" + std::string(fault) + "}")});
    check_rows(rows);
}

} // namespace ferry::test
