#include "document/strict_json.hpp"
#include "schemas.hpp"
#include "transfer/result_json.hpp"
#include "upload_outputs.hpp"

#include <Poco/JSON/Object.h>
#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

namespace ferry::test {
namespace {

// A host that takes outputs, but for one key.
struct Host {
    std::string refused;
    std::vector<std::string> calls;

    static int32_t take(void* ctx, ferry_string key, ferry_string json) {
        auto& host = *static_cast<Host*>(ctx);
        host.calls.push_back(std::string(key.data, key.size) + "=" + std::string(json.data, json.size));
        return std::string(key.data, key.size) == host.refused ? FERRY_INVALID : FERRY_OK;
    }
    ferry_services services() {
        ferry_services table{};
        table.struct_size = sizeof table;
        table.ctx = this;
        table.output_set = take;
        table.output_append = take;
        return table;
    }
};

FileResult result() {
    FileResult made;
    made.path = "/data/a.bam";
    made.name = "a.bam";
    made.id = "id-1";
    made.size = 7;
    return made;
}

} // namespace

TEST_CASE("one file: its entry, its id alone, the sums") {
    Host host;
    const ferry_services services = host.services();
    UploadOutputs outputs(services);
    outputs.file_done(result());
    CHECK(outputs.finish({.files = 1, .of_files = 1, .bytes = 7, .api_calls = 4, .status = {}}).ok());
    REQUIRE(host.calls.size() == 7);
    CHECK(host.calls[2].starts_with(R"(files={"path":"/data/a.bam","name":"a.bam","id":"id-1","size":7,)"));
    CHECK(host.calls[3] == R"(file_ids="id-1")");
    CHECK(host.calls[4] == R"(file_id="id-1")");
    CHECK(host.calls[5] == "bytes=7");
    CHECK(host.calls[6] == "api_calls=4");
}

TEST_CASE("the schema names every output, and no other: references are checked against it") {
    Host host;
    const ferry_services services = host.services();
    UploadOutputs outputs(services, "/data/receipts");
    outputs.file_done(result());
    outputs.tell_left("{}");
    UploadSummary summary;
    summary.of_files = 1;
    summary.planned.emplace();
    CHECK(outputs.finish(summary).ok());
    std::set<std::string> made;
    for (const std::string& call : host.calls)
        made.insert(call.substr(0, call.find('=')));
    const auto schema = std::get<Poco::Dynamic::Var>(parse_json(schemas::upload())).extract<Poco::JSON::Object::Ptr>();
    const auto names = schema->getObject("x-outputs")->getNames();
    CHECK(made == std::set<std::string>(names.begin(), names.end()));
}

TEST_CASE("of several files the only one that was done is not the step's one file") {
    Host host;
    const ferry_services services = host.services();
    UploadOutputs outputs(services);
    outputs.file_done(result());
    CHECK(outputs.finish({.files = 1, .of_files = 2, .status = {ErrorKind::network, "b failed"}}).ok());
    for (const std::string& call : host.calls)
        CHECK_FALSE(call.starts_with("file_id="));
}

TEST_CASE("a dry run's plan is an output") {
    Host host;
    const ferry_services services = host.services();
    UploadOutputs outputs(services);
    const PlannedWork planned{.files = 2, .bytes = 30, .parts = 4, .api_calls = 9};
    CHECK(outputs.finish({.planned = planned, .status = {}}).ok());
    CHECK(host.calls.back() == R"(planned={"files":2,"bytes":30,"parts":4,"api_calls":9})");
}

TEST_CASE("with receipts, the files of a large step are in these alone") {
    Host host;
    const ferry_services services = host.services();
    UploadOutputs outputs(services, "/data/receipts.ndjson");
    CHECK(host.calls.back() == R"(receipts="/data/receipts.ndjson")");
    for (std::uint64_t i = 0; i < UploadOutputs::most_listed; ++i)
        outputs.file_done(result());
    CHECK(host.calls.back() == R"(file_ids="id-1")");
    outputs.file_done(result());
    CHECK(host.calls.back() == "file_ids=null");
    CHECK(host.calls.end()[-2] == "files=null");
    const std::size_t calls = host.calls.size();
    outputs.file_done(result());
    CHECK(host.calls.size() == calls);
    CHECK(outputs.finish({.files = UploadOutputs::most_listed + 2, .status = {}}).ok());
    CHECK(host.calls.size() == calls + 2); // bytes and api_calls, and no file_id
}

TEST_CASE("a path that is no UTF-8 is told with its odd bytes written out") {
    FileResult odd = result();
    odd.path = "/d\xE4ta/a.bam";
    CHECK(to_json(odd).find(R"("path":"/d\\xE4ta/a.bam")") != std::string::npos);
}

TEST_CASE("an output that the host refuses is an error, not a loss") {
    Host host;
    host.refused = "files";
    const ferry_services services = host.services();
    UploadOutputs outputs(services);
    outputs.file_done(result());
    const Status status = outputs.finish({.files = 1, .status = {}});
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().message.find("output files") != std::string::npos);
}

} // namespace ferry::test
