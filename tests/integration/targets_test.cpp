// Where files go: folders below the target, and other names where theirs are taken.
#include "workspace.hpp"

#include <Poco/JSON/Array.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace ferry::test {

namespace {

constexpr const char* project = "me/my-project";

void write(const Workspace& space, const std::string& name, const std::string& content) {
    std::filesystem::create_directories((space.dir() / name).parent_path());
    std::ofstream(space.dir() / name, std::ios::binary) << content;
}

std::string text_at(Workspace& space, const std::string& path) {
    const platform::StoredFile file = space.server().stored(project, path);
    return file ? read_file(file.content) : "<none>";
}

std::string upload_of(const std::string& files, const std::string& more) {
    return R"("project":"me/my-project","files":[)" + files + "]," + more;
}

Poco::JSON::Object::Ptr file_of(const ProcessResult& result, unsigned index = 0) {
    return outputs(result, "publish")->getArray("files")->getObject(index);
}

template <class Condition> void wait_until(Condition condition) {
    for (int i = 0; i < 3000 && !condition(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    REQUIRE(condition());
}

// A file of nine parts, whose upload is killed in its sixth.
void kill_in_the_middle(Workspace& space, const std::string& workflow) {
    space.make_file("a.bin", 9 * Workspace::part);
    space.server().add_faults(R"({"operation":"put","part":6,"fault":"stall","times":1})");
    FerryProcess process({"run", workflow}, space.setup());
    wait_until([&] { return space.server().counters().puts >= 6; });
    process.signal(SIGKILL);
    (void)process.wait();
    REQUIRE(space.server().open_upload_count() == 1);
}

} // namespace

TEST_CASE("missing folders are made, and what is there is used") {
    Workspace space;
    write(space, "a.txt", "one");
    write(space, "b.txt", "two");
    const ProcessResult first = space.upload(upload_of(R"("a.txt")", R"("folder":"/runs/n 7 + ü/")"));
    REQUIRE_MESSAGE(first.status == 0, first.err);
    CHECK(text_at(space, "runs/n 7 + ü/a.txt") == "one");
    CHECK(outputs(first, "publish")->getValue<int>("api_calls") == 1 + 2 + 3);
    const std::string parent = file_of(first)->getValue<std::string>("parent");
    CHECK(parent == space.server().stored(project, "runs/n 7 + ü/a.txt").parent);
    const ProcessResult second = space.upload(upload_of(R"("b.txt")", R"("folder":"runs/n 7 + ü")"));
    REQUIRE_MESSAGE(second.status == 0, second.err);
    CHECK(file_of(second)->getValue<std::string>("parent") == parent);
    CHECK(outputs(second, "publish")->getValue<int>("api_calls") == 3 + 3);
    CHECK(space.server().counters().of("create_folder") == 2);
    const ProcessResult third = space.upload(R"("parent":")" + parent + R"(","folder":"deep","files":["b.txt"])");
    REQUIRE_MESSAGE(third.status == 0, third.err);
    CHECK(text_at(space, "runs/n 7 + ü/deep/b.txt") == "two");
}

TEST_CASE("preserve_folders keeps the tree below base_dir, a manifest's rows too, and a file's own folder wins") {
    Workspace space;
    write(space, "out/S1/a.bam", "1");
    write(space, "out/S2/x/a.bam", "2");
    write(space, "out/S2/b.bam", "3");
    write(space, "out/row.bam", "4");
    write(space, "own.txt", "5");
    write(space, "table.csv", "File name,k\nout/row.bam,v\n");
    const std::string options = upload_of(R"("out/S*/**", {"path":"own.txt","folder":"notes"})",
                                          R"("manifest":"table.csv","preserve_folders":true,"base_dir":"out",
                                             "folder":"up","metadata":{"all":"yes"})");
    const ProcessResult result = space.upload(options);
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK(text_at(space, "up/S1/a.bam") == "1");
    CHECK(text_at(space, "up/S2/x/a.bam") == "2");
    CHECK(text_at(space, "up/S2/b.bam") == "3");
    CHECK(text_at(space, "up/row.bam") == "4");
    CHECK(text_at(space, "notes/own.txt") == "5");
    CHECK(space.server().stored(project, "up/row.bam").metadata.at("k") == "v");
    CHECK(space.server().stored(project, "up/S2/x/a.bam").metadata.at("all") == "yes");
    CHECK(space.server().counters().of("create_folder") == 5);
    const auto edits = space.server().counters().of("bulk_edit");
    const ProcessResult again = space.upload(options);
    REQUIRE_MESSAGE(again.status == 0, again.err);
    CHECK(outputs(again, "publish")->getValue<std::uint64_t>("bytes") == 5);
    CHECK(space.server().counters().of("bulk_edit") == edits);
    CHECK(space.server().counters().of("create_folder") == 5);
}

TEST_CASE("an upload in a folder that was killed is gone on with there") {
    Workspace space;
    const std::string workflow =
        space.upload_workflow(upload_of(R"("a.bin")", R"("folder":"runs/7","parallel_parts":2)"));
    kill_in_the_middle(space, workflow);
    const ProcessResult second = space.ferry({"run", workflow});
    REQUIRE_MESSAGE(second.status == 0, second.err);
    CHECK(second.err.find("runs/7/a.bin: going on with upload") != std::string::npos);
    CHECK(space.stored("runs/7/a.bin", Workspace::bytes(9 * Workspace::part)));
    CHECK(space.server().counters().puts <= 11);
    CHECK(space.server().open_upload_count() == 0);
    CHECK(space.server().files(project).size() == 1);
}

TEST_CASE("rename: a killed upload takes the same name again, and the next run knows its own file") {
    Workspace space;
    space.server().add_file(project, "a.bin", "theirs");
    const std::string workflow =
        space.upload_workflow(upload_of(R"("a.bin")", R"("conflict":"rename","parallel_parts":2)"));
    kill_in_the_middle(space, workflow);
    const ProcessResult second = space.ferry({"run", workflow});
    REQUIRE_MESSAGE(second.status == 0, second.err);
    CHECK(second.err.find("a.bin: going on with upload") != std::string::npos);
    CHECK(file_of(second)->getValue<std::string>("name") == "a_1.bin");
    CHECK(space.stored("a_1.bin", Workspace::bytes(9 * Workspace::part)));
    CHECK(text_at(space, "a.bin") == "theirs");
    CHECK(space.server().counters().puts <= 11);
    const ProcessResult third = space.ferry({"run", workflow});
    REQUIRE_MESSAGE(third.status == 0, third.err);
    CHECK(file_of(third)->getValue<std::string>("id") == file_of(second)->getValue<std::string>("id"));
    CHECK(file_of(third)->getValue<std::string>("name") == "a_1.bin");
    CHECK(space.server().files(project).size() == 2);
    CHECK(space.server().open_upload_count() == 0);
}

TEST_CASE("rows of a batch that all make a file of one name each get one of their own") {
    Workspace space;
    std::string rows = "n\n";
    for (int i = 1; i <= 8; ++i) {
        const std::string n = std::to_string(i);
        write(space, n + "/result.tar.gz", "row " + n);
        rows += n + "\n";
    }
    write(space, "rows.csv", rows);
    write(space, "w.json", R"({"name":"w","vars":{"n":null},"steps":[{"id":"publish","task":"upload","with":{
        "project":"me/my-project","files":["${vars.n}/result.tar.gz"],"folder":"all","conflict":"rename"}}]})");
    const ProcessResult result = space.ferry({"batch", "w.json", "--manifest", "rows.csv", "--jobs", "8"});
    REQUIRE_MESSAGE(result.status == 0, result.err);
    std::set<std::string> names;
    std::set<std::string> contents;
    for (const platform::StoredFile& file : space.server().files(project)) {
        names.insert(file.name);
        contents.insert(read_file(file.content));
    }
    CHECK(names.size() == 8);
    CHECK(contents.size() == 8);
    CHECK(names.contains("result.tar.gz"));
    CHECK(names.contains("result_7.tar.gz"));
    CHECK(space.server().open_upload_count() == 0);
}

TEST_CASE("skip and overwrite look into the folder") {
    Workspace space;
    write(space, "a.txt", "mine!");
    space.server().add_file(project, "a.txt", "root");
    const std::string old = space.server().add_file(project, "runs/a.txt", "there").id;
    const ProcessResult skipped = space.upload(upload_of(R"("a.txt")", R"("folder":"runs","conflict":"skip")"));
    REQUIRE_MESSAGE(skipped.status == 0, skipped.err);
    CHECK(file_of(skipped)->getValue<std::string>("id") == old);
    CHECK(file_of(skipped)->getValue<std::string>("status") == "skipped");
    const std::string replace =
        space.upload_workflow(upload_of(R"("a.txt")", R"("folder":"runs","conflict":"overwrite")"));
    const ProcessResult plan = space.ferry({"run", replace, "--dry-run"});
    CHECK_MESSAGE(plan.err.find("as runs/a.txt, in the place of the file " + old) != std::string::npos, plan.err);
    CHECK(text_at(space, "runs/a.txt") == "there");
    const ProcessResult replaced = space.ferry({"run", replace});
    REQUIRE_MESSAGE(replaced.status == 0, replaced.err);
    CHECK(replaced.err.find("runs/a.txt: replaces the file " + old) != std::string::npos);
    CHECK(text_at(space, "runs/a.txt") == "mine!");
    CHECK(text_at(space, "a.txt") == "root");
    CHECK(file_of(replaced)->getValue<std::string>("id") != old);
}

TEST_CASE("a folder's name that a file has is told, and nothing is uploaded") {
    Workspace space;
    write(space, "a.txt", "1");
    space.server().add_file(project, "runs", "a file");
    const ProcessResult result = space.upload(upload_of(R"("a.txt")", R"("folder":"runs/7","conflict":"rename")"));
    CHECK(result.status == 1);
    CHECK(result.err.find("a file on the platform is called runs, so there can be no folder of that name") !=
          std::string::npos);
    CHECK(space.server().counters().of("create_folder") + space.server().counters().of("init") == 0);
}

TEST_CASE("folders that the platform would refuse end with exit code 2 and the option's name") {
    Workspace space;
    write(space, "a.txt", "1");
    const std::string workflow =
        space.upload_workflow(upload_of(R"({"path":"a.txt","folder":"../x"})", R"("folder":"__mine")"));
    const ProcessResult result = space.ferry({"validate", workflow});
    CHECK(result.status == 2);
    CHECK_MESSAGE(result.err.find("/folder") != std::string::npos, result.err);
    CHECK(result.err.find("begin with two underscores") != std::string::npos);
    CHECK(result.err.find("no folders called \".\" or \"..\"") != std::string::npos);
    write(space, "tree/__pycache__/x", "1");
    const ProcessResult tree = space.upload(upload_of(R"("tree/**")", R"("preserve_folders":true)"));
    CHECK(tree.status == 1);
    CHECK(tree.err.find("a folder called __pycache__") != std::string::npos);
    CHECK(space.server().counters().of("init") == 0);
}

TEST_CASE("a folder whose making goes wrong on the way is one folder in the end") {
    for (const char* fault : {"lost_answer", "reset", "duplicate", "truncated", "html", "rate_limited"}) {
        CAPTURE(fault);
        platform::PlatformSettings settings;
        settings.rate_window = std::chrono::seconds(1);
        Workspace space(settings);
        write(space, "a.txt", "1");
        space.server().add_faults(R"({"operation":"create_folder","fault":")" + std::string(fault) + "\"}");
        const ProcessResult result = space.upload(upload_of(R"("a.txt")", R"("folder":"runs/7")"));
        REQUIRE_MESSAGE(result.status == 0, result.err);
        CHECK(text_at(space, "runs/7/a.txt") == "1");
        CHECK(space.server().unused_faults().empty());
    }
}

TEST_CASE("two processes that miss one folder at the same time end in the same one") {
    Workspace space;
    write(space, "a.txt", "1");
    write(space, "b.txt", "2");
    SUBCASE("both at once") {}
    SUBCASE("the first is held up while it makes it") {
        space.server().add_faults(R"({"operation":"create_folder","fault":"stall"})");
    }
    const auto upload = [&](const std::string& name) {
        return std::vector<std::string>{"task",        "upload",
                                        "--state-dir", "state-" + name,
                                        "--set",       "project=me/my-project",
                                        "--set",       "folder=runs/7",
                                        "--set",       "files=[\"" + name + "\"]",
                                        "--set",       R"(timeouts={"stall":1})"};
    };
    FerryProcess first(upload("a.txt"), space.setup());
    wait_until([&] { return space.server().counters().of("files") >= 1; });
    FerryProcess second(upload("b.txt"), space.setup());
    const ProcessResult one = first.wait();
    const ProcessResult other = second.wait();
    CHECK_MESSAGE(one.status == 0, one.err);
    CHECK_MESSAGE(other.status == 0, other.err);
    CHECK(text_at(space, "runs/7/a.txt") == "1");
    CHECK(text_at(space, "runs/7/b.txt") == "2");
}

TEST_CASE("a platform that renames by itself is believed, with a warning") {
    platform::PlatformSettings settings;
    settings.conflict = platform::ConflictPolicy::rename;
    Workspace space(settings);
    write(space, "a.txt", "mine");
    space.server().add_faults(R"({"operation":"complete","fault":"rename"})");
    const ProcessResult result = space.upload(upload_of(R"("a.txt")", R"("folder":"runs")"));
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK(file_of(result)->getValue<std::string>("name") == "_1_a.txt");
    CHECK(result.err.find("the platform named the file _1_a.txt") != std::string::npos);
    CHECK(text_at(space, "runs/_1_a.txt") == "mine");
}

} // namespace ferry::test
