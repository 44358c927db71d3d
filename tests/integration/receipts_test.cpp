// The file of receipts, read as a program would that takes the files over.
#include "workspace.hpp"

#include "document/strict_json.hpp"

#include <Poco/JSON/Array.h>
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <thread>

namespace ferry::test {

namespace {

constexpr int files = 40;
constexpr const char* options =
    R"("project":"me/my-project","files":["f*"],"receipts":"receipts.ndjson","parallel_parts":2)";

void make_files(const Workspace& space) {
    for (int i = 1; i <= files; ++i)
        space.make_file("f" + std::to_string(i), 100, static_cast<std::uint32_t>(i));
}

// How many lines each file has, by name; checks each to be whole and true.
std::map<std::string, int> receipts(Workspace& space) {
    std::map<std::string, int> found;
    std::istringstream in(read_file(space.dir() / "receipts.ndjson"));
    for (std::string line; std::getline(in, line);) {
        const JsonResult parsed = parse_json(line);
        const auto* value = std::get_if<Poco::Dynamic::Var>(&parsed);
        REQUIRE_MESSAGE(value, line);
        const auto entry = value->extract<Poco::JSON::Object::Ptr>();
        const std::string name = entry->getValue<std::string>("name");
        CHECK(entry->getValue<std::string>("path") == (space.dir() / name).string());
        CHECK(entry->getValue<std::string>("id") == space.server().stored("me/my-project", name).id);
        CHECK(entry->getValue<std::string>("status") == "uploaded");
        ++found[name];
    }
    return found;
}

bool all_once(const std::map<std::string, int>& found) {
    for (const auto& [name, lines] : found)
        if (lines != 1)
            return false;
    return found.size() == files;
}

} // namespace

TEST_CASE("receipts have each file once, also after a run that was killed in the middle") {
    using namespace std::chrono_literals;
    Workspace space;
    make_files(space);
    space.server().add_faults(R"({"operation":"put","after":24,"fault":"stall","times":1})");
    FerryProcess process({"run", space.upload_workflow(options)}, space.setup());
    for (int i = 0; i < 3000 && space.server().counters().puts < 25; ++i)
        std::this_thread::sleep_for(10ms);
    process.signal(SIGKILL);
    (void)process.wait();
    CHECK(receipts(space).size() < files);

    const ProcessResult second = space.upload(options);
    REQUIRE_MESSAGE(second.status == 0, second.err);
    CHECK(all_once(receipts(space)));
    CHECK(outputs(second, "publish")->getArray("files")->size() == files);
    CHECK(outputs(second, "publish")->getValue<std::string>("receipts") == (space.dir() / "receipts.ndjson").string());

    const ProcessResult third = space.upload(options);
    REQUIRE_MESSAGE(third.status == 0, third.err);
    CHECK(all_once(receipts(space)));
}

TEST_CASE("rows of a batch share their receipts") {
    Workspace space;
    make_files(space);
    std::ofstream(space.dir() / "w.json") << R"({"vars":{"file":null},"steps":[{"id":"publish","task":"upload",
        "with":{"project":"me/my-project","files":["${vars.file}"],"receipts":"receipts.ndjson"}}]})";
    std::ofstream rows(space.dir() / "rows.csv");
    rows << "file\n";
    for (int i = 1; i <= files; ++i)
        rows << "f" << i << "\n";
    rows.close();
    const ProcessResult result = space.ferry({"batch", "w.json", "--manifest", "rows.csv", "--jobs", "8"});
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK(all_once(receipts(space)));
}

TEST_CASE("receipts that cannot be written are told before anything is sent") {
    Workspace space;
    make_files(space);
    std::ofstream(space.dir() / "receipts.ndjson") << "name,id\n";
    const ProcessResult result = space.upload(options);
    CHECK(result.status == 1);
    CHECK_MESSAGE(result.err.find("holds something else than receipts; name another file") != std::string::npos,
                  result.err);
    CHECK(space.server().counters().puts == 0);
    CHECK(read_file(space.dir() / "receipts.ndjson") == "name,id\n");
}

} // namespace ferry::test
