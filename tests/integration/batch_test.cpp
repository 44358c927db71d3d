// Many uploads, one a row, in one process.
#include "workspace.hpp"

#include "document/strict_json.hpp"
#include "document/units.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

namespace ferry::test {

namespace {

constexpr int kRows = 200;
constexpr const char* kWorkflow = R"({"name":"many","vars":{"file":null},"steps":[
  {"id":"publish","task":"upload","with":{"project":"me/my-project","files":["${vars.file}"],"parallel_parts":2}}]})";

std::string name_of(int row) {
    return "f" + std::to_string(row) + ".bin";
}

std::uint64_t size_of(int row) {
    return row % 3 == 0 ? Workspace::part * 2 + 17 : 1000 + static_cast<std::uint64_t>(row);
}

struct Batch {
    Workspace space;

    explicit Batch(platform::PlatformSettings settings = {}, int rows = kRows) : space(std::move(settings)) {
        std::ofstream(space.dir() / "w.json") << kWorkflow;
        std::ofstream manifest(space.dir() / "rows.csv");
        manifest << "file\n";
        for (int row = 1; row <= rows; ++row) {
            space.make_file(name_of(row), size_of(row), static_cast<std::uint32_t>(row));
            manifest << name_of(row) << "\n";
        }
    }
    std::vector<std::string> words(std::vector<std::string> more) const {
        std::vector<std::string> all{"batch", "w.json", "--manifest", "rows.csv", "--joblog", "j", "--outputs", "o"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    // How many lines of the joblog say that a row is done, by row.
    std::map<int, int> done() const {
        std::map<int, int> found;
        std::istringstream in(read_file(space.dir() / "j"));
        for (std::string line; std::getline(in, line);)
            if (line.find("\t0\t0\t0\t0\tferry run ") != std::string::npos)
                ++found[std::stoi(line)];
        return found;
    }
    std::size_t lines_of(const std::string& name) const {
        const std::string text = read_file(space.dir() / name);
        return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    }
};

} // namespace

TEST_CASE("200 uploads, killed in the middle and gone on with: each row done, each file there once and whole") {
    platform::PlatformSettings settings;
    settings.rate_calls = 100'000;
    settings.storage_latency = std::chrono::milliseconds(2);
    Batch batch(settings);
    {
        FerryProcess process(batch.words({"--jobs", "8"}), batch.space.setup());
        while (process.running() && (!std::filesystem::exists(batch.space.dir() / "j") || batch.done().size() < 60))
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        process.signal(SIGKILL);
        REQUIRE(process.wait().status == 128 + SIGKILL);
    }
    const auto before = batch.done();
    REQUIRE(before.size() >= 60);
    REQUIRE(before.size() < kRows);
    const ProcessResult second = batch.space.ferry(batch.words({"--jobs", "8", "--resume"}));
    REQUIRE_MESSAGE(second.status == 0, second.err);
    const auto after = batch.done();
    CHECK(after.size() == kRows);
    for (const auto& [row, count] : after)
        CHECK(count == 1);
    std::istringstream in(second.out);
    for (std::string line; std::getline(in, line);) {
        const auto document = std::get<Poco::Dynamic::Var>(parse_json(line)).extract<Poco::JSON::Object::Ptr>();
        CHECK(before.count(document->getValue<int>("row")) == 0);
    }
    CHECK(batch.lines_of("o") >= kRows);
    for (int row = 1; row <= kRows; ++row)
        CHECK(batch.space.stored(name_of(row), Workspace::bytes(size_of(row), static_cast<std::uint32_t>(row))));
    CHECK(batch.space.server().files(batch.space.server().project()).size() == kRows);
    CHECK(batch.space.server().open_upload_count() == 0);
}

TEST_CASE("a dry run sums up all rows, and asks the platform about the first 20 alone") {
    platform::PlatformSettings settings;
    settings.rate_calls = 100'000;
    Batch batch(settings);
    const auto plan = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"batch", "w.json", "--manifest", "rows.csv", "--dry-run"});
        return batch.space.ferry(more);
    };
    std::uint64_t bytes = 0;
    for (int row = 1; row <= kRows; ++row)
        bytes += size_of(row);
    ProcessResult result = plan({});
    REQUIRE_MESSAGE(result.status == 0, result.err);
    const std::string sum = "in all: 200 files, " + format_size(bytes) + ", in 200 parts with 800 API calls\n";
    CHECK_MESSAGE(result.out.ends_with("\nand 180 rows more\n\n" + sum), result.out);
    CHECK(batch.space.server().counters().api_calls == 2 * 20); // names, and the right to write
    CHECK(batch.space.server().files("me/my-project").empty());
    CHECK_FALSE(std::filesystem::exists(batch.space.dir() / ".ferry"));

    std::filesystem::remove(batch.space.dir() / name_of(3));
    std::filesystem::remove(batch.space.dir() / name_of(150));
    result = plan({});
    CHECK(result.status == 5);
    CHECK_MESSAGE(result.out.find("in all: 198 files, ") != std::string::npos, result.out);
    CHECK_MESSAGE(result.err.find("rows.csv:151: publish: ") != std::string::npos, result.err);
    CHECK(result.err.find("f150.bin") != std::string::npos);
    CHECK(result.err.find("(row 150)") != std::string::npos);
    CHECK(result.err.find("2 rows of 200 would fail") != std::string::npos);
    std::filesystem::remove(batch.space.dir() / name_of(1));
    std::ofstream(batch.space.dir() / "rows.csv") << "file\nf1.bin\nf3.bin\n";
    CHECK(plan({}).status == 1);
}

TEST_CASE("a dry run with a refused token: 4, asked once, and the sums of the other rows all the same") {
    Batch batch({}, 40);
    batch.space.environment["SB_AUTH_TOKEN"] = "0123456789abcdef0123456789abcdef";
    const ProcessResult result = batch.space.ferry({"batch", "w.json", "--manifest", "rows.csv", "--dry-run"});
    CHECK(result.status == 4);
    CHECK(batch.space.server().counters().api_calls == 1);
    CHECK_MESSAGE(result.out.find("in all: 39 files, ") != std::string::npos, result.out);
}

TEST_CASE("a dry run of rows whose files other steps make: how many, and no error for those that are missing") {
    Batch batch({}, 30);
    std::ofstream(batch.space.dir() / "w.json") << R"({"name":"many","vars":{"file":null},"steps":[
      {"id":"make","task":"command","with":{"command":["true"],"outputs":{"x":"made"}}},
      {"id":"first","task":"upload","needs":["make"],"with":{"project":"me/my-project","files":["${steps.make.outputs.x}"]}},
      {"id":"second","task":"upload","needs":["make"],"with":{"project":"me/my-project","files":["made.too"]}},
      {"id":"third","task":"upload","with":{"project":"me/my-project","files":["${vars.file}"]}}]})";
    const ProcessResult result = batch.space.ferry({"batch", "w.json", "--manifest", "rows.csv", "--dry-run"});
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK_MESSAGE(result.out.ends_with("\nnot in it: 60 steps of upload, known only when they run\n"), result.out);
    CHECK(result.out.find("in all: 30 files, ") != std::string::npos);
}

TEST_CASE("a refused token ends the batch with 4 after the first rows") {
    Batch batch({}, 50);
    batch.space.environment["SB_AUTH_TOKEN"] = "wrong-token-value";
    const ProcessResult result = batch.space.ferry(batch.words({"--jobs", "2"}));
    CHECK(result.status == 4);
    CHECK(batch.lines_of("j") <= 1 + 2);
    CHECK(result.err.find("no other row is started: the platform refused the token") != std::string::npos);
    CHECK(result.err.find("wrong-token-value") == std::string::npos);
}

TEST_CASE("TERM stops the uploads of all rows in order; --resume sends what is left") {
    Batch batch({}, 12);
    batch.space.server().add_faults(R"({"operation":"put","part":2,"fault":"stall","times":4})");
    FerryProcess process(batch.words({"--jobs", "4"}), batch.space.setup());
    while (process.running() && batch.space.server().counters().puts < 8)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    process.signal(SIGTERM);
    const ProcessResult first = process.wait();
    CHECK(first.status == 128 + SIGTERM);
    batch.space.server().clear_faults();
    const ProcessResult second = batch.space.ferry(batch.words({"--jobs", "4", "--resume"}));
    REQUIRE_MESSAGE(second.status == 0, second.err);
    CHECK(batch.done().size() == 12);
    for (int row = 1; row <= 12; ++row)
        CHECK(batch.space.stored(name_of(row), Workspace::bytes(size_of(row), static_cast<std::uint32_t>(row))));
}

} // namespace ferry::test
