#include "document/strict_json.hpp"
#include "report/event_writer.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <thread>
#include <vector>

namespace ferry::test {
namespace {

using Time = std::chrono::system_clock::time_point;

const StopFlag no_stop;

std::unique_ptr<EventWriter> open_writer(const std::string& path, EventWriter::Now now = {},
                                         const StopFlag& stop = no_stop) {
    auto opened = EventWriter::open(path, stop, std::move(now));
    if (const auto* reason = std::get_if<std::string>(&opened))
        FAIL(*reason);
    return std::move(std::get<std::unique_ptr<EventWriter>>(opened));
}

std::string refusal(const std::string& path) {
    auto opened = EventWriter::open(path, no_stop);
    REQUIRE(std::holds_alternative<std::string>(opened));
    return std::get<std::string>(opened);
}

} // namespace

TEST_CASE("one line an event: time, type and place first, and the task cannot forge them") {
    const TempDir dir;
    const std::string file = dir.write("events", "earlier\n").string();
    const auto writer = open_writer(file, [] { return Time(std::chrono::milliseconds(1769903999123)); });
    TaskContext step;
    step.step_id = "publish";
    step.attempt = 2;
    step.row = 3;
    Poco::JSON::Object fields;
    fields.set("part", 7);
    fields.set("type", "forged");
    fields.set("step", "forged");
    CHECK_FALSE(writer->write("part_done", "run-1", &step, fields));
    Poco::JSON::Object whole;
    whole.set("row", 9);
    CHECK_FALSE(writer->write("run_finished", "run-1", nullptr, whole));
    TaskContext row;
    row.row = 4;
    CHECK_FALSE(writer->write("run_started", "run-1", &row, Poco::JSON::Object()));
    CHECK(
        read_file(file) ==
        "earlier\n"
        R"({"time":"2026-01-31T23:59:59.123Z","type":"part_done","run_id":"run-1","row":3,"step":"publish","attempt":2,"part":7})"
        "\n"
        R"({"time":"2026-01-31T23:59:59.123Z","type":"run_finished","run_id":"run-1"})"
        "\n"
        R"({"time":"2026-01-31T23:59:59.123Z","type":"run_started","run_id":"run-1","row":4})"
        "\n");
}

TEST_CASE("lines of many threads stay whole") {
    const TempDir dir;
    const std::string file = (dir / "events").string();
    {
        const auto writer = open_writer(file);
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                Poco::JSON::Object fields;
                fields.set("text", std::string(500, static_cast<char>('a' + t)));
                for (int i = 0; i < 100; ++i)
                    writer->write("x", "run", nullptr, fields);
            });
        for (auto& thread : threads)
            thread.join();
    }
    std::istringstream lines(read_file(file));
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count)
        REQUIRE(std::holds_alternative<Poco::Dynamic::Var>(parse_json(line)));
    CHECK(count == 400);
}

TEST_CASE("one process at a time: another one is told so, and the next goes on behind what is there") {
    const TempDir dir;
    const std::string file = dir.write("events", "{\"half\":").string();
    {
        const auto writer = open_writer(file, [] { return Time(std::chrono::milliseconds(0)); });
        CHECK(refusal(file).find("another ferry writes its events there; give each a file of its own") !=
              std::string::npos);
        CHECK_FALSE(writer->write("x", "run", nullptr, Poco::JSON::Object()));
    }
    CHECK_FALSE(open_writer(file)->write("y", "run", nullptr, Poco::JSON::Object()));
    const std::string text = read_file(file);
    CHECK(text.find("{\"half\":\n{\"time\":\"1970-01-01T00:00:00.000Z\",\"type\":\"x\"") == 0);
    CHECK(text.find("}\n{\"time\":") != std::string::npos);
}

TEST_CASE("what can be no event file is refused at once") {
    const TempDir dir;
    CHECK(refusal(dir.path().string()).find("events cannot be written to") == 0);
    CHECK(refusal((dir / "no/such/folder").string()).find("No such file") != std::string::npos);
    REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
    CHECK(refusal((dir / "pipe").string()).find("nobody reads that FIFO") != std::string::npos);
    CHECK(std::holds_alternative<std::unique_ptr<EventWriter>>(EventWriter::open("/dev/null", no_stop)));
}

TEST_CASE("a reader that does not read is waited for, but after a stop no longer, and that is told once") {
    const TempDir dir;
    const std::string pipe = (dir / "pipe").string();
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const UniqueFd reader(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    StopFlag stop;
    const auto writer = open_writer(pipe, {}, stop);
    Poco::JSON::Object fields;
    fields.set("text", std::string(100'000, 'x')); // more than a pipe holds
    std::optional<std::string> reason;
    std::thread blocked([&] { reason = writer->write("x", "run", nullptr, fields); });
    std::string text;
    char buffer[4096];
    while (text.size() < 70'000) // so it has been waited for
        if (const ssize_t got = ::read(reader.get(), buffer, sizeof buffer); got > 0)
            text.append(buffer, static_cast<std::size_t>(got));
    while (text.empty() || text.back() != '\n')
        if (const ssize_t got = ::read(reader.get(), buffer, sizeof buffer); got > 0)
            text.append(buffer, static_cast<std::size_t>(got));
    blocked.join();
    CHECK_FALSE(reason);
    std::thread stuck([&] { reason = writer->write("y", "run", nullptr, fields); });
    stop.request(SIGTERM);
    stuck.join();
    REQUIRE(reason);
    CHECK(reason->find("their reader had not taken them when all was to stop") != std::string::npos);
    CHECK_FALSE(writer->write("z", "run", nullptr, fields)); // not waited for again, nor told again
}

TEST_CASE("a full disk is told once, and what is missing is counted") {
    const auto writer = open_writer("/dev/full");
    CHECK_FALSE(writer->missing());
    const auto reason = writer->write("x", "run", nullptr, Poco::JSON::Object());
    REQUIRE(reason);
    CHECK(*reason == "events cannot be written to '/dev/full': No space left on device");
    CHECK(writer->missing() == "1 event is missing in '/dev/full'");
    CHECK_FALSE(writer->write("x", "run", nullptr, Poco::JSON::Object()));
    CHECK(writer->missing() == "2 events are missing in '/dev/full'");
}

TEST_CASE("a disk that fills in the middle of a line keeps whole lines only") {
    const TempDir dir;
    const std::string file = (dir / "events").string();
    const auto writer = open_writer(file);
    Poco::JSON::Object fields;
    fields.set("text", std::string(300, 'x'));
    CHECK_FALSE(writer->write("x", "run", nullptr, fields));
    const std::string whole = read_file(file);
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto handler = ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{whole.size() + 100, before.rlim_max}; // bytes of any file
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    const auto reason = writer->write("x", "run", nullptr, fields);
    const std::string cut = read_file(file);
    ::setrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, handler);
    REQUIRE(reason);
    CHECK(reason->find("File too large") != std::string::npos);
    CHECK(cut == whole);
    CHECK_FALSE(writer->write("x", "run", nullptr, fields));
    CHECK(read_file(file).size() == 2 * whole.size());
    CHECK(writer->missing() == "1 event is missing in '" + file + "'");
}

TEST_CASE("lines of many threads are in the order of their times") {
    const TempDir dir;
    const std::string file = (dir / "events").string();
    std::atomic<int> ticks{0};
    {
        const auto writer = open_writer(file, [&] {
            const Time time(std::chrono::milliseconds(++ticks));
            std::this_thread::yield(); // to others, which would come before it
            return time;
        });
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 1000; ++i)
                    writer->write("x", "run", nullptr, Poco::JSON::Object());
            });
        for (auto& thread : threads)
            thread.join();
    }
    std::istringstream lines(read_file(file));
    std::string before;
    for (std::string line; std::getline(lines, line); before = line)
        REQUIRE(before < line); // they begin with their times
    CHECK(ticks == 4000);
}

} // namespace ferry::test
