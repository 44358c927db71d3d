// What a user sees while files are on their way: on a real terminal, in a log file, in the events.
#include "document/strict_json.hpp"
#include "text_lines.hpp"
#include "tmux_terminal.hpp"
#include "workspace.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>

namespace ferry::test {
namespace {

using Screen = std::vector<std::string>;

std::size_t lines_with(const Screen& screen, std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        screen.begin(), screen.end(), [&](const std::string& line) { return line.find(text) != std::string::npos; }));
}

bool has(const Screen& screen, std::string_view text) {
    return lines_with(screen, text) > 0;
}

std::string script_for(const Workspace& space, const std::string& arguments,
                       const std::string& redirection = " > result.json") {
    std::string script = "cd '" + space.dir().string() + "'\n";
    for (const auto& [name, value] : space.setup().environment)
        script += "export " + name + "='" + value + "'\n";
    return script + "'" + ferry_binary() + "' " + arguments + redirection + "\necho \"ended with $?\"\n";
}

// Documents of rows, which may be wider than the screen.
int whole_documents(const Screen& screen) {
    std::string text;
    for (const std::string& line : screen)
        text += line;
    constexpr std::string_view first = R"({"workflow":)";
    int whole = 0;
    for (std::size_t at = text.find(first); at != std::string::npos; at = text.find(first, at + 1)) {
        const std::string rest = text.substr(at, text.find(first, at + 1) - at);
        bool parsed = false;
        for (std::size_t end = rest.find('}'); end != std::string::npos && !parsed; end = rest.find('}', end + 1))
            parsed = std::holds_alternative<Poco::Dynamic::Var>(parse_json(rest.substr(0, end + 1)));
        CHECK_MESSAGE(parsed, rest);
        whole += parsed ? 1 : 0;
    }
    return whole;
}

} // namespace

TEST_CASE("a terminal shows bytes, files in flight and steps, stays in order when resized, and is clean at the end") {
    Workspace space;
    space.make_file("二番目の試料.bam", 600'000);
    space.make_file("first.bam", 600'000, 2);
    const auto step = [](const char* id, const char* file) {
        return std::string(R"({"id":")") + id + R"(","task":"upload","with":{"project":"me/my-project","files":[")" +
               file + R"("],"bandwidth_limit":100000}})";
    };
    std::ofstream(space.dir() / "flow.json")
        << R"({"name":"two","steps":[)" << step("one", "first.bam") << "," << step("other", "二番目の試料.bam") << "]}";
    const TmuxTerminal terminal(script_for(space, "run flow.json --jobs 2"), 100, 24);

    // Both steps share one display.
    terminal.wait_for("both files below one bar", [](const Screen& screen) {
        return lines_with(screen, "iB of 1.14 MiB") == 1 && lines_with(screen, "  二番目の試料.bam") == 1 &&
               lines_with(screen, "  first.bam") == 1 && has(screen, "0/2 steps") && has(screen, " in flight");
    });
    terminal.resize(50, 16);
    terminal.wait_for("one bar of the new width", [](const Screen& screen) {
        return lines_with(screen, " % | ") == 1 && lines_with(screen, "0/2 steps") == 1 &&
               lines_with(screen, "  first.bam") == 1;
    });
    const Screen last = terminal.wait_for("the end", [](const Screen& screen) { return has(screen, "ended with "); });
    CHECK(has(last, "ended with 0"));
    CHECK(has(last, "ferry: two: succeeded in "));
    CHECK(has(last, "ferry: two: 2 files, 1.14 MiB in "));
    CHECK_FALSE(has(last, "[#"));
    CHECK_FALSE(has(last, "in flight"));
    Screen all = terminal.scrolled_off(); // as the terminal does with what has no room when it is made narrower
    all.insert(all.end(), last.begin(), last.end());
    for (const char* line :
         {"ferry: [one] started (upload)", "ferry: [other] started (upload)", "ferry: [one] done in "})
        CHECK(lines_with(all, line) == 1);
}

TEST_CASE("a job in the background leaves the terminal to others") {
    Workspace space;
    space.make_file("a.bam", 300'000);
    const std::string options = "task upload --set project=me/my-project --set 'files=[\"a.bam\"]'"
                                " --set bandwidth_limit=100000";
    const TmuxTerminal terminal("set -m\n(" + script_for(space, options) + ") &\nwait\n", 100, 24);
    const Screen last = terminal.wait_for("the end", [](const Screen& screen) {
        CHECK_FALSE(has(screen, "% of"));
        return has(screen, "ended with ");
    });
    CHECK(has(last, "ended with 0"));
}

TEST_CASE("a bar that begins in the first row of the screen leaves nothing in what was scrolled off") {
    Workspace space;
    space.make_file("a.bam", 300'000);
    const std::string options = "task upload --set project=me/my-project --set 'files=[\"a.bam\"]'"
                                " --set bandwidth_limit=100000 --log-level error";
    const TmuxTerminal terminal("clear\n" + script_for(space, options), 100, 24);
    terminal.wait_for("the bar in the first row", [](const Screen& screen) {
        return !screen.empty() && screen[0].find("% of") != std::string::npos;
    });
    terminal.wait_for("the end", [](const Screen& screen) { return has(screen, "ended with 0"); });
    CHECK(terminal.scrolled_off().empty());
}

TEST_CASE("Ctrl+Z takes the bar away, and the shell's lines are left alone when it comes back") {
    Workspace space;
    space.make_file("a.bam", 800'000);
    const std::string options = "task upload --set project=me/my-project --set 'files=[\"a.bam\"]'"
                                " --set bandwidth_limit=100000";
    const TmuxTerminal terminal("set -m\n" + script_for(space, options) + "sleep 1; fg; echo \"at last $?\"\n", 100,
                                24);
    terminal.wait_for("the bar", [](const Screen& screen) { return has(screen, "% of "); });
    terminal.press("C-z");
    const Screen stopped =
        terminal.wait_for("the stop", [](const Screen& screen) { return has(screen, "ended with "); });
    CHECK(has(stopped, "ended with 148")); // 128 + SIGTSTP
    CHECK_FALSE(has(stopped, "% of "));
    terminal.wait_for("the bar again", [](const Screen& screen) { return lines_with(screen, "0/1 steps") == 1; });
    const Screen last = terminal.wait_for("the end", [](const Screen& screen) { return has(screen, "at last "); });
    CHECK(has(last, "at last 0"));
    CHECK(has(last, "ended with 148"));
    CHECK_FALSE(has(last, "% of "));
}

TEST_CASE("a second Ctrl+C ends the run at once, and what comes next has a line of its own") {
    Workspace space;
    std::ofstream(space.dir() / "flow.json") << R"({"name":"deaf","steps":[{"id":"s","task":"command","with":{
        "command":["sh","-c","trap '' TERM; while :; do sleep 1; done"]}}]})";
    const TmuxTerminal terminal("set -m\n" + script_for(space, "run flow.json"), 100, 24);
    terminal.wait_for("the bar", [](const Screen& screen) { return has(screen, "0/1 steps"); });
    terminal.press("C-c");
    const auto pressed = std::chrono::steady_clock::now();
    terminal.wait_for("the time in which a signal counts once", [&](const Screen&) {
        return std::chrono::steady_clock::now() - pressed > std::chrono::milliseconds(700);
    });
    terminal.press("C-c");
    const Screen last = terminal.wait_for("the end", [](const Screen& screen) { return has(screen, "ended with "); });
    CHECK(std::find(last.begin(), last.end(), "ended with 130") != last.end());
}

TEST_CASE("a run that was stopped by another erases nothing of what was written meanwhile") {
    Workspace space;
    space.make_file("a.bam", 300'000);
    std::ofstream(space.dir() / "flow.json") << R"({"name":"stopped","steps":[
        {"id":"publish","task":"upload","with":{"project":"me/my-project","files":["a.bam"],"bandwidth_limit":100000}},
        {"id":"other","task":"command","with":{"command":["sh","-c","sleep 1; kill -STOP $PPID"]}}]})";
    const TmuxTerminal terminal("set -m\n" + script_for(space, "run flow.json --jobs 2") + "fg; echo \"at last $?\"\n",
                                200, 24);
    const Screen last = terminal.wait_for("the end", [](const Screen& screen) { return has(screen, "at last "); });
    CHECK(has(last, "at last 0"));
    CHECK(has(last, "ended with 147"));        // 128 + SIGSTOP
    CHECK(lines_with(last, " steps | ") == 1); // as it was then
}

TEST_CASE("the documents of a batch stand whole on the terminal, and the bar below them") {
    Workspace space;
    for (int row = 1; row <= 4; ++row)
        space.make_file(std::to_string(row) + ".bin", 60'000 + 10'000 * static_cast<std::size_t>(row));
    std::ofstream(space.dir() / "rows.csv") << "file\n1.bin\n2.bin\n3.bin\n4.bin\n";
    std::ofstream(space.dir() / "flow.json")
        << R"({"name":"rows","vars":{"file":null},"steps":[{"id":"publish","task":"upload","with":{
        "project":"me/my-project","files":["${vars.file}"],"bandwidth_limit":100000}}]})";
    const TmuxTerminal terminal(script_for(space, "batch flow.json --manifest rows.csv --jobs 2", ""), 100, 40);
    terminal.wait_for("two documents and one bar", [](const Screen& screen) {
        return lines_with(screen, R"({"workflow":"rows",)") == 2 && lines_with(screen, " running, ") == 1 &&
               lines_with(screen, " % of 4 rows | ") == 1;
    });
    const Screen last = terminal.wait_for("the end", [](const Screen& screen) { return has(screen, "ended with "); });
    CHECK(has(last, "ended with 0"));
    CHECK_FALSE(has(last, " running, "));
    CHECK(whole_documents(last) == 4);
}

TEST_CASE("without a terminal a quick run has no progress lines, but a summary of what was done") {
    Workspace space;
    space.make_file("a.bin", 250'000);
    space.make_file("b.bin", 100);
    const std::string options = R"("project":"me/my-project","files":["a.bin","b.bin"],"conflict":"skip")";
    const ProcessResult first = space.upload(options);
    CHECK_MESSAGE(first.status == 0, first.err);
    CHECK(first.err.find('\x1b') == std::string::npos);
    CHECK(first.err.find(" in flight") == std::string::npos);
    CHECK(lines_with(lines_of(first.err), ": 2 files, 244.24 KiB in ") == 1);
    CHECK(lines_with(lines_of(first.err), " API calls, 0 retries") == 1);
    const ProcessResult again = space.upload(options);
    CHECK_MESSAGE(again.status == 0, again.err);
    CHECK(lines_with(lines_of(again.err), ": 2 files, 0 B, ") == 1); // they are its own
    std::filesystem::remove_all(space.dir() / ".ferry");
    const ProcessResult other = space.upload(options);
    CHECK_MESSAGE(other.status == 0, other.err);
    CHECK(lines_with(lines_of(other.err), ": 2 files (2 skipped), 0 B, ") == 1);
}

TEST_CASE("events tell the whole story, each line by itself") {
    Workspace space;
    space.make_file("a.bin", 350'000);
    space.server().add_faults(R"({"operation":"put","part":2,"times":1,"fault":"status","status":500})");
    space.server().add_faults(R"({"operation":"complete","times":1,"fault":"rate_limited","reset_in_ms":1000})");
    const ProcessResult result = space.ferry(
        {"run", space.upload_workflow(R"("project":"me/my-project","files":["a.bin"])"), "--events", "events.ndjson"});
    CHECK_MESSAGE(result.status == 0, result.err);
    CHECK(result.err.find(" 2 retries\n") != std::string::npos);
    std::set<std::string> types;
    for (const std::string& line : lines_of(read_file(space.dir() / "events.ndjson"))) {
        const JsonResult parsed = parse_json(line);
        const auto* value = std::get_if<Poco::Dynamic::Var>(&parsed);
        REQUIRE_MESSAGE(value, line);
        types.insert(value->extract<Poco::JSON::Object::Ptr>()->getValue<std::string>("type"));
    }
    CHECK(types == std::set<std::string>{"run_started", "step_started", "file_started", "part_done", "retry",
                                         "throttled", "file_done", "step_finished", "run_finished"});
}

TEST_CASE("at the level debug each request has a line, with what the server calls it, and no secret") {
    Workspace space;
    space.make_file("a.bin", 250'000);
    const ProcessResult result = space.ferry(
        {"run", space.upload_workflow(R"("project":"me/my-project","files":["a.bin"])"), "--log-level", "debug"});
    CHECK_MESSAGE(result.status == 0, result.err);
    const Screen lines = lines_of(result.err);
    CHECK(lines_with(lines, "PUT a.bin: part ") == 3);
    const std::uint64_t calls = outputs(result, "publish")->getValue<std::uint64_t>("api_calls");
    CHECK(lines_with(lines, " ms (request id ") == calls + 3);
    CHECK(result.err.find("Signature") == std::string::npos);
    CHECK(result.err.find(space.setup().environment.at("SB_AUTH_TOKEN")) == std::string::npos);
}

} // namespace ferry::test
