#include "workspace.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>

namespace ferry::test {

namespace {

namespace fs = std::filesystem;

template <class Condition> void wait_until(Condition condition) {
    using namespace std::chrono_literals;
    for (int i = 0; i < 3000; ++i) {
        if (condition())
            return;
        std::this_thread::sleep_for(10ms);
    }
    FAIL("waited in vain");
}

constexpr const char* options = R"("project":"me/my-project","files":["a.bin"],"parallel_parts":2)";
constexpr std::uint64_t parts = 9;

// An upload that is cut off in its sixth part.
struct CutOff {
    Workspace space;
    std::string workflow;
    std::string content = Workspace::bytes(parts * Workspace::part);

    explicit CutOff(int signal) : workflow(space.upload_workflow(options)) {
        space.server().add_faults(R"({"operation":"put","part":6,"fault":"stall","times":1})");
        space.make_file("a.bin", parts * Workspace::part);
        FerryProcess process({"run", workflow}, space.setup());
        wait_until([&] { return space.server().counters().puts >= 6; });
        process.signal(signal);
        first = process.wait();
    }
    ProcessResult first;
};

// An upload by a process that can write at most `kib` to any file: what it printed, and its exit code as "rc N".
std::string upload_with_room(Workspace& space, std::uint64_t part_count, int kib) {
    space.make_file("a.bin", part_count * Workspace::part);
    std::ofstream(space.dir() / "full.sh")
        << "{ (ulimit -f " << kib << "; \"$1\" run upload.json; echo rc $?) 2>&1; } | cat > log";
    std::ofstream(space.dir() / "full.json")
        << R"({"name":"full","steps":[{"id":"a","task":"command","with":{"command":["bash","full.sh",")"
        << ferry_binary() << R"("],"env":{"SB_AUTH_TOKEN":"${env.SB_AUTH_TOKEN}"}}}]})";
    (void)space.upload_workflow(options);
    const ProcessResult result = space.ferry({"run", "full.json", "--state-dir", "outer"});
    CHECK_MESSAGE(result.status == 0, result.err);
    return read_file(space.dir() / "log");
}

void check_goes_on_with_room(int kib, std::uint64_t part_count) {
    Workspace space;
    const std::string log = upload_with_room(space, part_count, kib);
    CHECK_MESSAGE(log.find("rc 0\n") != std::string::npos, log);
    CHECK_MESSAGE(log.find("the upload goes on") != std::string::npos, log);
    CHECK(space.stored("a.bin", Workspace::bytes(part_count * Workspace::part)));
}

} // namespace

TEST_CASE("a run that was killed is gone on with by the same command, with what was in flight alone sent again") {
    CutOff cut(SIGKILL);
    CHECK(cut.space.server().open_upload_count() == 1);
    const ProcessResult second = cut.space.ferry({"run", cut.workflow});
    CHECK_MESSAGE(second.status == 0, second.err);
    CHECK(cut.space.stored("a.bin", cut.content));
    CHECK(cut.space.server().open_upload_count() == 0);
    CHECK(cut.space.server().counters().puts <= parts + 2);
    CHECK(second.err.find("going on with upload") != std::string::npos);
    const auto again = outputs(cut.space.ferry({"run", cut.workflow}), "publish");
    CHECK(again->getValue<std::string>("file_id") == outputs(second, "publish")->getValue<std::string>("file_id"));
    CHECK(again->getArray("files")->getObject(0)->getValue<std::string>("etag").ends_with("-9"));
    CHECK(cut.space.server().files("me/my-project").size() == 1);
}

TEST_CASE("a stop tells what is left, and the platform which parts it has") {
    CutOff cut(SIGTERM);
    CHECK(cut.first.status == 128 + SIGTERM);
    CHECK(cut.first.err.find("1 unfinished with ") != std::string::npos);
    CHECK(cut.first.err.find("1 unfinished upload (") != std::string::npos);
    CHECK(cut.first.err.find("or drop it with: ferry task uploads-abort --set endpoint=http") != std::string::npos);
    CHECK(cut.first.err.find("to go on, once the cause is gone: ferry run ") != std::string::npos);
    CHECK(cut.space.server().counters().calls.at("report_many") == 1);
    fs::remove_all(cut.space.dir() / ".ferry"); // another machine: only the platform knows of it
    const ProcessResult second = cut.space.ferry({"run", cut.workflow});
    CHECK_MESSAGE(second.status == 0, second.err);
    CHECK(cut.space.stored("a.bin", cut.content));
}

TEST_CASE("an upload is found again by another step that has the file, too") {
    CutOff cut(SIGKILL);
    const ProcessResult second =
        cut.space.ferry({"task", "upload", "--set", "project=me/my-project", "--set", R"(files=["*.bin"])"});
    CHECK_MESSAGE(second.status == 0, second.err);
    CHECK(cut.space.stored("a.bin", cut.content));
    CHECK(cut.space.server().open_upload_count() == 0);
    CHECK(second.err.find("going on with upload") != std::string::npos);
}

TEST_CASE("another step's file of the same name and size is never taken for one's own, whatever was cut off") {
    Workspace space;
    space.server().add_faults(R"({"operation":"complete","name":"y","fault":"stall","ms":20000,"times":1})");
    for (const char* folder : {"A", "B"})
        fs::create_directory(space.dir() / folder);
    space.make_file("A/y", 3 * Workspace::part, 1);
    space.make_file("B/y", 3 * Workspace::part, 2);
    const auto of = [](const std::string& folder) {
        return R"("project":"me/my-project","files":[")" + folder + R"(/y"],"receipts":"receipts.nd")";
    };
    {
        FerryProcess cut({"run", space.upload_workflow(of("A"))}, space.setup());
        wait_until([&] { return space.server().counters().of("complete") >= 1; });
        cut.signal(SIGKILL);
        (void)cut.wait();
    }
    const ProcessResult other = space.upload(of("B"));
    CHECK_MESSAGE(other.status == 0, other.err);
    CHECK(other.err.find("another step has an unfinished upload of that name") != std::string::npos);
    CHECK(space.stored("y", Workspace::bytes(3 * Workspace::part, 2)));

    const ProcessResult again = space.upload(of("A"));
    CHECK_MESSAGE(again.status == 1, again.err);
    CHECK(again.err.find("a name is taken on the platform, and nothing was uploaded: y") != std::string::npos);
    const std::string receipts = read_file(space.dir() / "receipts.nd");
    CHECK(std::count(receipts.begin(), receipts.end(), '\n') == 1); // the other's
    const ProcessResult replaced = space.upload(of("A") + R"(,"conflict":"overwrite")");
    CHECK_MESSAGE(replaced.status == 0, replaced.err);
    CHECK(space.stored("y", Workspace::bytes(3 * Workspace::part, 1)));
    CHECK(space.server().open_upload_count() == 0);
}

TEST_CASE("a run whose lease another process has taken over stops, and leaves the rest to it") {
    Workspace space;
    space.server().add_faults(R"({"operation":"put","part":6,"fault":"stall","times":1})");
    space.make_file("a.bin", parts * Workspace::part);
    FerryProcess process({"run", space.upload_workflow(options)}, space.setup());
    wait_until([&] { return space.server().counters().puts >= 6; });
    for (const auto& entry : fs::directory_iterator(space.dir() / ".ferry/uploads"))
        if (entry.path().extension() == ".lease")
            std::ofstream(entry.path()) << R"({"host":"node7","pid":4242,"started":1})"
                                        << "\ntheirs\n";
    const ProcessResult result = process.wait();
    CHECK(result.status == 1);
    CHECK(result.err.find("process 4242 on host node7 has taken over this very upload step") != std::string::npos);
    CHECK(space.server().files("me/my-project").empty());
    CHECK(space.server().open_upload_count() == 1);
}

TEST_CASE("a file that has changed since is begun anew and its old upload dropped") {
    CutOff cut(SIGKILL);
    cut.space.make_file("a.bin", 4 * Workspace::part, 7);
    const ProcessResult second = cut.space.ferry({"run", cut.workflow});
    CHECK_MESSAGE(second.status == 0, second.err);
    CHECK(cut.space.stored("a.bin", Workspace::bytes(4 * Workspace::part, 7)));
    CHECK(cut.space.server().open_upload_count() == 0);
    CHECK(second.err.find("is dropped and begun anew: the file has changed since") != std::string::npos);
}

TEST_CASE("a journal that cannot be read, or is another version's, is told, and no byte goes wrong") {
    CutOff cut(SIGKILL);
    fs::path journal;
    for (const auto& entry : fs::directory_iterator(cut.space.dir() / ".ferry/uploads"))
        if (entry.path().extension() == ".journal")
            journal = entry.path();
    REQUIRE_FALSE(journal.empty());
    SUBCASE("garbage") {
        std::ofstream(journal) << "garbage\n";
        const ProcessResult second = cut.space.ferry({"run", cut.workflow});
        CHECK_MESSAGE(second.status == 0, second.err);
        CHECK(second.err.find("is no journal of Ferry's") != std::string::npos);
        CHECK(cut.space.stored("a.bin", cut.content));
    }
    SUBCASE("cut in the middle of a line") {
        fs::resize_file(journal, fs::file_size(journal) - 20);
        const ProcessResult second = cut.space.ferry({"run", cut.workflow});
        CHECK_MESSAGE(second.status == 0, second.err);
        CHECK(cut.space.stored("a.bin", cut.content));
        CHECK(cut.space.server().open_upload_count() == 0);
    }
    SUBCASE("open to others") {
        fs::permissions(journal, fs::perms::others_read, fs::perm_options::add);
        const ProcessResult second = cut.space.ferry({"run", cut.workflow});
        CHECK(second.status == 1);
        CHECK(second.err.find("others have rights on it") != std::string::npos);
    }
}

TEST_CASE("a step's retry goes on where its first attempt stood, and its own files are no conflict") {
    Workspace space;
    space.server().add_faults(
        R"([{"operation":"put","name":"b.bin","part":2,"fault":"status","status":400,"storage_code":"EntityTooLarge"}])");
    for (const char* name : {"a.bin", "b.bin"})
        space.make_file(name, 4 * Workspace::part);
    const auto workflow = space.dir() / "retry.json";
    std::ofstream(workflow) << R"({"name":"w","steps":[{"id":"publish","task":"upload",
      "retry":{"attempts":2,"delay":"1ms"},
      "with":{"project":"me/my-project","files":["a.bin","b.bin"],"parallel_parts":1}}]})";
    const ProcessResult result = space.ferry({"run", workflow.string()});
    CHECK_MESSAGE(result.status == 0, result.err);
    CHECK(outputs(result, "publish")->getArray("files")->size() == 2);
    CHECK(space.server().counters().calls.at("init") == 2);
    CHECK(space.server().counters().puts <= 9);
}

#ifndef __SANITIZE_THREAD__ // whose start needs a file of its own
TEST_CASE("a disk that takes nothing costs resuming, not the upload") {
    check_goes_on_with_room(0, 3);
}
#endif

TEST_CASE("a disk that is full in the middle costs resuming, not the upload") {
    check_goes_on_with_room(4, 60);
}

} // namespace ferry::test
