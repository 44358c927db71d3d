#include "document/strict_json.hpp"
#include "schemas.hpp"
#include "verify_option_reader.hpp"
#include "verify_outputs.hpp"

#include <Poco/JSON/Object.h>
#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ferry::test {
namespace {

struct VerifyHost {
    std::string refused;
    std::map<std::string, std::string> set;
    std::vector<std::string> appended;

    ferry_services services() {
        ferry_services table{};
        table.struct_size = sizeof table;
        table.ctx = this;
        table.output_set = [](void* ctx, ferry_string key, ferry_string json) -> int32_t {
            auto& host = *static_cast<VerifyHost*>(ctx);
            const std::string name(key.data, key.size);
            host.set[name] = std::string(json.data, json.size);
            return name == host.refused ? FERRY_INVALID : FERRY_OK;
        };
        table.output_append = [](void* ctx, ferry_string key, ferry_string json) -> int32_t {
            CHECK(std::string(key.data, key.size) == "files");
            static_cast<VerifyHost*>(ctx)->appended.emplace_back(json.data, json.size);
            return FERRY_OK;
        };
        return table;
    }
};

VerifiedFile file(VerifyStatus status) {
    VerifiedFile made{.path = "/d/a\xFF", .name = "a", .id = "f1", .size = 7, .status = status};
    made.checked = {"size", "md5"};
    made.reason = status == VerifyStatus::same ? "" : "why";
    return made;
}

ReadTask<VerifyOptions> read(const std::string& options) {
    auto made = read_verify_options("{" + options +
                                    R"(,"preserve_folders":false,"base_dir":".","parallel":4,)"
                                    R"("retry":{"attempts":8,"max_elapsed":"6h"},"timeouts":{"connect":1,"stall":1}})");
    REQUIRE(made.ok());
    return std::move(*made);
}

} // namespace

TEST_CASE("an entry of a verified file, and the counts by their words") {
    VerifyHost host;
    const ferry_services services = host.services();
    VerifyOutputs outputs(services);
    outputs.begin(2);
    outputs.file(file(VerifyStatus::same));
    outputs.file(file(VerifyStatus::missing_local));
    VerifySummary summary;
    summary.counts.by_status[static_cast<std::size_t>(VerifyStatus::missing_local)] = 1;
    summary.planned_calls = 3;
    CHECK(outputs.finish(summary).ok());
    CHECK(host.appended ==
          std::vector<std::string>{
              R"({"path":"/d/a\\xFF","name":"a","id":"f1","size":7,"status":"same","checked":["size","md5"]})",
              R"({"path":"/d/a\\xFF","name":"a","id":"f1","size":7,"status":"missing_local","checked":["size","md5"],)"
              R"("reason":"why"})"});
    CHECK(host.set.at("missing_local") == "1");
    CHECK(host.set.at("same") == "0");
    CHECK(host.set.at("count") == "1");
    CHECK(host.set.at("planned") == R"({"api_calls":3})");
    host.refused = "bytes";
    CHECK(outputs.finish(summary).error().message.find("did not take the output bytes") != std::string::npos);
}

TEST_CASE("every output of a verify step is announced in its schema") {
    VerifyHost host;
    const ferry_services services = host.services();
    VerifySummary summary;
    summary.planned_calls = 1;
    VerifyOutputs outputs(services);
    CHECK(outputs.finish(summary).ok());
    const auto schema = std::get<Poco::Dynamic::Var>(parse_json(schemas::upload_verify()))
                            .extract<Poco::JSON::Object::Ptr>()
                            ->getObject("x-outputs");
    CHECK(schema->size() == host.set.size());
    for (const auto& [key, value] : host.set)
        CHECK_MESSAGE(schema->has(key), key);
}

TEST_CASE("of very many files only those are listed that are not the same, and of these the first") {
    for (const bool many : {false, true}) {
        VerifyHost host;
        const ferry_services services = host.services();
        VerifyOutputs outputs(services);
        outputs.begin(VerifyOutputs::most_listed + (many ? 1 : 0));
        for (int i = 0; i < 5; ++i)
            outputs.file(file(VerifyStatus::same));
        for (std::uint64_t i = 0; i < VerifyOutputs::most_listed; ++i)
            outputs.file(file(VerifyStatus::different));
        outputs.file(file(VerifyStatus::different));
        CHECK(host.appended.size() == VerifyOutputs::most_listed);
        CHECK((host.appended.front().find("\"same\"") == std::string::npos) == many);
    }
}

TEST_CASE("the options of upload-verify, and what is wrong with them together") {
    const auto task =
        read(R"("uploaded":[[{"path":"a","id":"f1","size":3}],{"path":"b","id":"f2","size":0}],"by":["md5"])");
    CHECK(task.problems.empty());
    REQUIRE(task.options.uploaded);
    CHECK(task.options.uploaded->size() == 2);
    CHECK(task.options.by.named);
    CHECK(task.options.by.md5);
    CHECK_FALSE(task.options.by.size);
    CHECK_FALSE(task.options.by.etag);
    CHECK(task.options.parallel == 4);
    const auto named = read(R"("files":["a*",{"path":"b","folder":"/x/"}],"parent":"p1","folder":"r//7/")");
    CHECK(named.problems.empty());
    CHECK(named.options.files.size() == 2);
    CHECK(named.options.files.at(1).folder == "x");
    CHECK(named.options.folder == "r/7");
    CHECK(named.options.target.parent == "p1");
    CHECK_FALSE(named.options.by.named);
    for (const auto& [options, pointer] : std::vector<std::pair<std::string, std::string>>{
             {R"("uploaded":[[{"path":"a","id":"f 1","size":3}]])", "/uploaded/0/0"},
             {R"("files":["a"])", "/files"},
             {R"("files":["a"],"project":"me/p","parent":"x")", "/parent"},
             {R"("files":["a"],"project":"p")", "/project"},
             {R"("files":["a"],"project":"me/p","folder":"__x")", "/folder"},
             {R"("files":["a"],"project":"me/p","by":["size","etag"])", "/by"}}) {
        CAPTURE(options);
        const auto wrong = read(options);
        REQUIRE(wrong.problems.size() == 1);
        CHECK(wrong.problems.front().pointer == pointer);
    }
}

} // namespace ferry::test
