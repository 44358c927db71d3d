// Every way for a plugin to be bad ends in one clear sentence, through the loader that ferry uses, and with this
// process alive.
#include "plugins/discovery.hpp"
#include "plugins/plugin_loader.hpp"
#include "plugins/probe.hpp"
#include "plugins/task_registry.hpp"
#include "plugins/task_run.hpp"
#include "tasks/command_plugin.hpp"

#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace ferry::test {
namespace {

namespace fs = std::filesystem;

std::string library(const std::string& name) {
    return std::string(BAD_PLUGINS) + "/" + name + ".so";
}

// The one sentence; empty if it loads.
std::string reason_for(const std::string& file) {
    TaskRegistry registry;
    ProcessGroups groups;
    REQUIRE_FALSE(registry.add(make_command_plugin(std::make_shared<CommandSettings>(groups))));
    LoadedPlugin loaded = load_plugin(file);
    if (const auto* reason = std::get_if<std::string>(&loaded))
        return *reason;
    return registry.add(std::get<std::shared_ptr<PluginHandle>>(loaded)).value_or("");
}

bool is_one_sentence(const std::string& reason) {
    return !reason.empty() && reason.size() < 400 && reason.find('\n') == std::string::npos &&
           reason.find('\x1b') == std::string::npos;
}

struct Case {
    const char* name;
    const char* words; // that the sentence must hold
};

const Case cases[] = {
    {"no_symbol", "does not export ferry_plugin_query"},
    {"wrong_major", "built for ABI 1."},
    {"null_table", "it refused: no licence was found"},
    {"null_silent", "answered null without a reason"},
    {"throwing_entry", "threw an exception: entry in trouble"},
    {"throwing_static", "static initialisers"},
    {"exiting_static", "ended the process (exit code 0)"},
    {"aborting_entry", "ferry_plugin_query crashed (SIGABRT)"},
    {"duplicate_task", "plugin 'bad-plugin' offers task 'command', which plugin 'ferry' already offers"},
    {"short_table", "plugin table is too short"},
    {"short_task", "is too short"},
    {"null_function", "task 'bad' has no function run"},
    {"null_task", "is a null pointer"},
    {"null_name", "null pointer with a size"},
    {"odd_task_name", "is not allowed"},
    {"wild_pointer", "reading its plugin table"},
    {"schema_no_json", "schema of task 'bad' of plugin 'bad-plugin' is no JSON"},
    {"schema_no_object", "is no JSON object"},
    {"schema_broken", "is broken"},
    {"undefined_symbol", "undefined symbol: ferry_test_nobody_has_this"},
};

struct Quiet : TaskListener {
    void log(const TaskContext&, int, std::string_view) override {}
    void progress(const TaskContext&, const TaskProgress&) override {}
    void event(const TaskContext&, std::string_view, std::string_view) override {}
};

// A folder with one library in it, which is otherwise good.
struct PluginFolder {
    TempDir dir;
    std::string file;

    explicit PluginFolder(const std::string& name = "throwing_run") : file((dir / "plugins" / "x.so").string()) {
        fs::create_directory(dir / "plugins");
        fs::copy_file(library(name), file);
        ::chmod((dir / "plugins").c_str(), 0700);
        ::chmod(file.c_str(), 0700);
    }
};

} // namespace

TEST_CASE("each bad library is refused in one sentence") {
    for (const Case& one : cases) {
        CAPTURE(one.name);
        const std::string reason = reason_for(library(one.name));
        CAPTURE(reason);
        CHECK(is_one_sentence(reason));
        CHECK(reason.find(one.words) != std::string::npos);
    }
}

TEST_CASE("a library that never gets done with loading is given up") {
    const auto reason = probe_plugin(library("hanging_static"), std::chrono::milliseconds(100));
    REQUIRE(reason);
    CHECK(reason->find("did not end within") != std::string::npos);
}

TEST_CASE("files that are no plugin at all") {
    const TempDir dir;
    CHECK(reason_for((dir / "missing.so").string()) == "there is no such file");
    CHECK(reason_for(dir.write("text.so", "this is not a library\n").string()) == "the file is not a shared library");
    CHECK(reason_for(dir.write("empty.so", "").string()) == "the file is not a shared library");
    fs::create_symlink("nowhere", dir / "dangling.so");
    CHECK(reason_for((dir / "dangling.so").string()) == "the file is a link that leads nowhere");
    fs::create_directory(dir / "folder.so");
    CHECK(reason_for((dir / "folder.so").string()) == "it is not a regular file");
    REQUIRE(::mkfifo((dir / "fifo.so").c_str(), 0600) == 0);
    CHECK(reason_for((dir / "fifo.so").string()) == "it is not a regular file");
}

TEST_CASE("a truncated library is refused") {
    const PluginFolder folder;
    REQUIRE(::truncate(folder.file.c_str(), 2000) == 0);
    CHECK(is_one_sentence(reason_for(folder.file)));
}

TEST_CASE("files and folders that others may write are not loaded from") {
    const PluginFolder folder;
    REQUIRE(reason_for(folder.file).empty());
    for (const mode_t mode : {0720, 0702}) {
        ::chmod(folder.file.c_str(), mode);
        CHECK(reason_for(folder.file).find("the file can be written by others") == 0);
    }
    ::chmod(folder.file.c_str(), 0755);
    CHECK(reason_for(folder.file).empty());
    const std::string parent = fs::path(folder.file).parent_path().string();
    ::chmod(parent.c_str(), 0777);
    CHECK(reason_for(folder.file).find("the plugin folder can be written by others (mode 0777)") == 0);
}

TEST_CASE("a link is judged by where it leads") {
    const PluginFolder folder;
    const TempDir links;
    fs::create_symlink(folder.file, links / "link.so");
    CHECK(reason_for((links / "link.so").string()).empty());
    ::chmod(fs::path(folder.file).parent_path().c_str(), 0777);
    CHECK_FALSE(reason_for((links / "link.so").string()).empty());
}

TEST_CASE("another user's plugin is not loaded") {
    if (::geteuid() != 0)
        return; // only root can give a file away
    const PluginFolder folder;
    REQUIRE(::chown(folder.file.c_str(), 12345, 12345) == 0);
    CHECK(reason_for(folder.file).find("belongs to another user (id 12345)") != std::string::npos);
}

TEST_CASE("the same plugin twice is refused by its name") {
    const PluginFolder one;
    TaskRegistry registry;
    fs::copy_file(one.file, fs::path(one.file).parent_path() / "y.so");
    load_plugins({{fs::path(one.file).parent_path().string()}, {}, {}}, registry);
    REQUIRE(registry.failures().size() == 1);
    CHECK(registry.failures()[0].file.ends_with("y.so"));
    CHECK(registry.failures()[0].reason == "a plugin named 'bad-plugin' is already loaded; keep one of the two");
    CHECK(registry.find("bad"));
}

TEST_CASE("an exception out of run() fails that task and nothing else") {
    LoadedPlugin loaded = load_plugin(library("throwing_run"));
    REQUIRE(std::holds_alternative<std::shared_ptr<PluginHandle>>(loaded));
    TaskRegistry registry;
    REQUIRE_FALSE(registry.add(std::get<std::shared_ptr<PluginHandle>>(loaded)));
    Quiet listener;
    const TaskOutcome outcome = run_task(*registry.find("bad"), Poco::JSON::Object(), {}, {listener, {}, {}});
    CHECK(outcome.code == FERRY_FAILED);
    CHECK(outcome.message == "run() of the task threw an exception: run in trouble");
}

} // namespace ferry::test
