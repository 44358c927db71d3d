#include "batch/batch_run.hpp"
#include "batch/row_text.hpp"
#include "captured_console.hpp"
#include "document/strict_json.hpp"
#include "fake_tasks.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <set>
#include <sstream>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace ferry;
using namespace ferry::test;

namespace {

std::vector<std::string> synced_files; // by fdatasync(), in their order

}

// In place of the system's.
extern "C" int fdatasync(int file) {
    std::error_code error;
    const auto path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), error);
    synced_files.push_back(path.filename().string());
    return 0;
}

namespace {

// A batch of one fake step over rows "sample" = 1, 2, ...
struct Rows {
    CapturedConsole captured;
    FakeTasks tasks;
    StopFlag signals;
    Halt halt = Halt::never;
    unsigned jobs = 1;
    std::uint64_t count = 5;
    std::string rows;
    const char* standard_output = "/dev/null";
    std::chrono::milliseconds sync_every{1000};

    BatchResult run() {
        const TempDir& dir = captured.dir;
        if (rows.empty()) {
            rows = "text\n";
            for (std::uint64_t i = 1; i <= count; ++i)
                rows += std::to_string(i) + "\n";
        }
        Diagnostics problems;
        auto workflow = WorkflowTemplate::read(dir.write("w.json", R"({"name":"w","vars":{"text":""},"steps":[
              {"id":"s","task":"probe","with":{"text":"${vars.text}"}}]})"),
                                               tasks.registry(), problems);
        REQUIRE(workflow);
        auto manifest = Manifest::open(dir.write("r.csv", rows));
        Joblog::Known known;
        auto joblog = Joblog::open(dir / "j", Joblog::Mode::fresh, known);
        auto results = RowResults::open(dir / "out", false, captured.console);
        BatchPlan plan{*workflow, *std::get<std::unique_ptr<Manifest>>(manifest), "w.json", {}};
        plan.halt = halt;
        plan.jobs = jobs;
        plan.to_run = count;
        plan.run.run_id = "b1";
        plan.sync_every = sync_every;
        const Log log(captured.console, FERRY_LOG_INFO);
        ProgressDisplay progress(captured.console, ProgressMode::none);
        auto& lines = *std::get<std::unique_ptr<RowResults>>(results);
        const BatchSinks sinks{log, progress, nullptr, *std::get<std::unique_ptr<Joblog>>(joblog), lines};
        const UniqueFd sink(::open(standard_output, O_WRONLY));
        const UniqueFd before(::dup(1));
        ::dup2(sink.get(), 1);
        BatchResult result = run_batch(std::move(plan), sinks, signals);
        ::dup2(before.get(), 1);
        CHECK_FALSE(lines.finish());
        return result;
    }
    // "1:0/0 2:1/0": row, exit code and signal, in the order of their ends.
    std::string joblog() const {
        std::istringstream in(read_file(captured.dir / "j"));
        std::string text;
        for (std::string line; std::getline(in, line);)
            if (const auto entry = parse_joblog_line(line))
                text += (text.empty() ? "" : " ") + std::to_string(entry->seq) + ":" +
                        std::to_string(entry->exit_code) + "/" + std::to_string(entry->signal);
        return text;
    }
};

bool is_row(const FakeCall& call, const char* text) {
    return call.options.find("\"text\":\"" + std::string(text) + "\"") != std::string::npos;
}

} // namespace

TEST_CASE("all rows run, whatever becomes of one") {
    Rows rows;
    rows.tasks.on("s", [](const FakeCall& call) {
        return is_row(call, "2") || is_row(call, "4") ? call.fail(FERRY_FAILED, "exit", "it broke: differently") : 0;
    });
    const BatchResult result = rows.run();
    CHECK(result.done == 3);
    CHECK(result.failed == 2);
    CHECK(result.not_started == 0);
    REQUIRE(result.failures.problems().size() == 1);
    CHECK(result.failures.problems()[0].text == "s: exit");
    CHECK(result.failures.problems()[0].place == "it broke: differently");
    CHECK(result.failures.problems()[0].first == std::vector<std::uint64_t>{2, 4});
    CHECK(rows.joblog() == "1:0/0 2:1/0 3:0/0 4:1/0 5:0/0");
    CHECK(exit_code_of(result, 0, 0) == 5);
    const std::string told = rows.captured.text();
    CHECK(told.find("ferry: [row 1] done in ") != std::string::npos);
    CHECK(told.find("ferry: error: [row 2] failed after ") != std::string::npos);
    CHECK(told.find(": s: it broke: differently\n") != std::string::npos);
}

TEST_CASE("a row's document has its number and its variables") {
    Rows rows;
    rows.count = 2;
    rows.run();
    std::istringstream in(read_file(rows.captured.dir / "out"));
    for (std::string line; std::getline(in, line);) {
        const auto parsed = parse_json(line);
        const auto document = std::get<Poco::Dynamic::Var>(parsed).extract<Poco::JSON::Object::Ptr>();
        CHECK(document->getObject("vars")->getValue<std::string>("text") ==
              std::to_string(document->getValue<int>("row")));
        CHECK(document->getValue<std::string>("run_id") == "b1");
    }
}

TEST_CASE("--jobs rows at once, and no more") {
    Rows rows;
    rows.jobs = 3;
    rows.count = 9;
    std::atomic<int> running{0};
    std::atomic<int> most{0};
    std::atomic<bool> met{false};
    rows.tasks.on("s", [&](const FakeCall&) {
        const int now = ++running;
        int seen = most;
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        met = met || now == 3;
        while (!met)
            std::this_thread::yield();
        --running;
        return 0;
    });
    CHECK(rows.run().done == 9);
    CHECK(most == 3);
}

TEST_CASE("--halt soon: no other row starts") {
    Rows rows;
    rows.halt = Halt::soon;
    rows.tasks.on(
        "s", [](const FakeCall& call) { return is_row(call, "2") ? call.fail(FERRY_FAILED, "exit", "broke") : 0; });
    const BatchResult result = rows.run();
    CHECK(rows.joblog() == "1:0/0 2:1/0");
    CHECK(result.not_started == 3);
    CHECK(exit_code_of(result, 0, 0) == 5);
    CHECK(rows.captured.text().find("no other row is started: row 2 failed (--halt soon)") != std::string::npos);
}

TEST_CASE("--halt now: rows that run are stopped, and may be run again") {
    Rows rows;
    rows.halt = Halt::now;
    rows.jobs = 2;
    std::atomic<bool> waiting{false};
    rows.tasks.on("s", [&](const FakeCall& call) {
        if (is_row(call, "1")) {
            waiting = true;
            while (!call.cancelled())
                std::this_thread::yield();
            return call.fail(FERRY_CANCELLED, "cancelled", "stopped");
        }
        while (!waiting)
            std::this_thread::yield();
        return call.fail(FERRY_FAILED, "exit", "broke");
    });
    const BatchResult result = rows.run();
    CHECK(result.failed == 1);
    CHECK(result.stopped == 1);
    CHECK(result.signal == 0);
    CHECK(rows.joblog() == "2:1/0 1:143/15");
    CHECK(exit_code_of(result, 0, 0) == 1);
}

TEST_CASE("a refused token stops the batch, whatever --halt says") {
    Rows rows;
    rows.tasks.on("s", [](const FakeCall& call) { return call.fail(FERRY_REFUSED, "auth", "HTTP 401"); });
    const BatchResult result = rows.run();
    CHECK(result.failed == 1);
    CHECK(result.not_started == 4);
    CHECK(exit_code_of(result, 0, 0) == 4);
    CHECK(rows.captured.text().find("the platform refused the token") != std::string::npos);
}

TEST_CASE("rights that lack are the row's own failure") {
    Rows rows;
    rows.tasks.on("s", [](const FakeCall& call) {
        return is_row(call, "2") ? call.fail(FERRY_REFUSED, "rights", "HTTP 403: not your project") : 0;
    });
    const BatchResult result = rows.run();
    CHECK(result.done == 4);
    CHECK(result.failed == 1);
    CHECK(rows.joblog() == "1:0/0 2:4/0 3:0/0 4:0/0 5:0/0");
    CHECK(exit_code_of(result, 0, 0) == 5);
}

TEST_CASE("a row whose document nobody takes is not done") {
    Rows rows;
    rows.standard_output = "/dev/full";
    const BatchResult result = rows.run();
    CHECK(result.done == 0);
    CHECK(result.not_handed_over == 1);
    CHECK(result.not_started == 4);
    CHECK(rows.joblog() == "");
    CHECK(exit_code_of(result, 3, 0) == 1);
    const std::string told = rows.captured.text();
    CHECK(told.find("standard output: No space left on device\n") != std::string::npos);
    CHECK(told.find("[row 1] its document could not be handed over, so it is not in the joblog") != std::string::npos);
}

TEST_CASE("documents go to the disk before the joblog's lines, as rows end and at the end") {
    synced_files.clear();
    Rows rows;
    rows.count = 2;
    CHECK(rows.run().done == 2);
    CHECK(synced_files == std::vector<std::string>{"out.partial", "j"});
    synced_files.clear();
    rows.sync_every = std::chrono::milliseconds(0);
    CHECK(rows.run().done == 2);
    CHECK(synced_files == std::vector<std::string>{"out.partial", "j", "out.partial", "j", "out.partial", "j"});
}

TEST_CASE("a joblog that is removed is noticed, and no other row starts") {
    for (const bool often : {false, true}) {
        Rows rows;
        rows.sync_every = std::chrono::milliseconds(often ? 0 : 1'000'000);
        rows.tasks.on("s", [&](const FakeCall& call) {
            if (is_row(call, "2"))
                std::filesystem::remove(rows.captured.dir / "j");
            return 0;
        });
        const BatchResult result = rows.run();
        CHECK(result.done == (often ? 2 : 5));
        CHECK(result.broken);
        CHECK(exit_code_of(result, 0, 0) == 1);
        CHECK(rows.captured.text().find("was removed or replaced while the batch was running") != std::string::npos);
    }
}

TEST_CASE("a signal stops the rows that run, and no other starts") {
    Rows rows;
    rows.tasks.on("s", [&](const FakeCall& call) {
        rows.signals.request(SIGTERM);
        while (!call.cancelled())
            std::this_thread::yield();
        return call.fail(FERRY_CANCELLED, "cancelled", "stopped");
    });
    const BatchResult result = rows.run();
    CHECK(result.stopped == 1);
    CHECK(result.not_started == 4);
    CHECK(rows.joblog() == "1:143/15");
    CHECK(exit_code_of(result, 0, 0) == 143);
}

TEST_CASE("a manifest that changes under the batch starts no other row") {
    Rows rows;
    rows.tasks.on("s", [&](const FakeCall& call) {
        if (is_row(call, "2"))
            rows.captured.dir.write("r.csv", rows.rows + "6\n");
        return 0;
    });
    const BatchResult result = rows.run();
    CHECK(result.done == 2);
    CHECK(result.not_started == 3);
    CHECK(exit_code_of(result, 0, 0) == 1);
    CHECK(rows.captured.text().find("was changed while its rows were running") != std::string::npos);
}

TEST_CASE("which exit code stands for a batch") {
    const auto code = [](std::uint64_t done, std::uint64_t failed, std::uint64_t done_before = 0,
                         std::uint64_t failed_before = 0) {
        BatchResult result;
        result.done = done;
        result.failed = failed;
        return exit_code_of(result, done_before, failed_before);
    };
    CHECK(code(5, 0) == 0);
    CHECK(code(4, 1) == 5);
    CHECK(code(0, 5) == 1);
    CHECK(code(0, 1, 3) == 5);
    CHECK(code(0, 0, 3) == 0);
    CHECK(code(1, 0, 0, 1) == 5);
    BatchResult result;
    result.failed = 1;
    result.refused = true;
    CHECK(exit_code_of(result, 5, 0) == 4);
    result.unloadable = true;
    CHECK(exit_code_of(result, 5, 0) == 3);
    result.signal = SIGINT;
    CHECK(exit_code_of(result, 5, 0) == 130);
    BatchResult unread;
    unread.done = 5;
    unread.broken = true;
    CHECK(exit_code_of(unread, 0, 0) == 1);
    unread.failed = 1;
    CHECK(exit_code_of(unread, 0, 0) == 1);
}
