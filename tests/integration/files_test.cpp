#include "document/strict_json.hpp"
#include "workspace.hpp"

#include <Poco/JSON/Array.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>

namespace ferry::test {

TEST_CASE("files of every size around the part's are stored byte for byte") {
    Workspace space;
    for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, Workspace::part - 1, Workspace::part,
                                     Workspace::part + 1, 2 * Workspace::part + 1, 7 * Workspace::part}) {
        CAPTURE(size);
        const std::string name = "size-" + std::to_string(size);
        space.make_file(name, size);
        const ProcessResult result = space.upload(R"("project":"me/my-project","files":[")" + name + "\"]");
        REQUIRE_MESSAGE(result.status == 0, result.err);
        CHECK(space.stored(name, Workspace::bytes(size)));
        const std::uint64_t parts = std::max<std::uint64_t>(1, (size + Workspace::part - 1) / Workspace::part);
        CHECK(outputs(result, "publish")->getValue<std::uint64_t>("api_calls") == parts + 2 + 1);
    }
}

TEST_CASE("names with any character travel unchanged") {
    Workspace space;
    const std::vector<std::string> names{
        "a b+c&d=e#f?g%2B.txt", "über-\xE6\x96\x87.bam", "quote\"back\\slash.txt", "star*[x]?.txt", "-dash",
        "line\nbreak",          "semi;colon,comma"};
    std::string list;
    for (const std::string& name : names) {
        space.make_file(name, 5, 7);
        list += (list.empty() ? "" : ",") + to_json(Poco::Dynamic::Var(name));
    }
    const ProcessResult result = space.upload(R"("project":"me/my-project","files":[)" + list + "]");
    REQUIRE_MESSAGE(result.status == 0, result.err);
    for (const std::string& name : names)
        CHECK_MESSAGE(space.stored(name, Workspace::bytes(5, 7)), name);
    CHECK(result.err.find("line\nbreak") == std::string::npos);
}

TEST_CASE("a tree is uploaded without the receipts and the state directory that lie in it, as its plan says") {
    Workspace space;
    std::filesystem::create_directories(space.dir() / "s/x");
    space.make_file("s/a", 5);
    space.make_file("s/x/b", 5);
    const std::string flow = space.upload_workflow(
        R"("project":"me/my-project","files":["s/**"],"preserve_folders":true,"receipts":"s/r.ndjson")");
    const ProcessResult plan = space.ferry({"run", flow, "--state-dir", "s/st", "--dry-run"});
    REQUIRE_MESSAGE(plan.status == 0, plan.err);
    CHECK(plan.err.find("would upload 2 files") != std::string::npos);
    for (int round = 0; round < 2; ++round) { // all of Ferry's files are there in the second
        const ProcessResult result = space.ferry({"run", flow, "--state-dir", "s/st"});
        REQUIRE_MESSAGE(result.status == 0, result.err);
        CHECK(outputs(result, "publish")->getArray("files")->size() == 2);
    }
    CHECK(space.server().files("me/my-project").size() == 2);
}

TEST_CASE("platforms that want one part at a time get the parts in order") {
    platform::PlatformSettings settings;
    settings.parallel_uploads = false;
    Workspace space(settings);
    space.make_file("serial.bin", 6 * Workspace::part + 5);
    const ProcessResult result = space.upload(R"("project":"me/my-project","files":["serial.bin"])");
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK(space.server().counters().max_concurrent_puts == 1);
    CHECK(space.stored("serial.bin", Workspace::bytes(6 * Workspace::part + 5)));
}

TEST_CASE("answers in all their forms are understood") {
    for (const char* form : {"expires=s", "expires=ms", "success_codes=top", "complete_status=201", "href_scheme=http",
                             "types=upper", "etag=opaque", "header=x-amz-meta-part:{part}"}) {
        CAPTURE(form);
        platform::PlatformSettings settings;
        const std::string text = form;
        platform::set(settings, text.substr(0, text.find('=')), text.substr(text.find('=') + 1));
        Workspace space(settings);
        space.make_file("a.bin", 2 * Workspace::part);
        const ProcessResult result = space.upload(R"("project":"me/my-project","files":["a.bin"])");
        CHECK_MESSAGE(result.status == 0, result.err);
        CHECK(space.stored("a.bin", Workspace::bytes(2 * Workspace::part)));
    }
}

TEST_CASE("a name that is taken: fail, skip and overwrite") {
    Workspace space;
    const std::string old_content = Workspace::bytes(1000, 3);
    const std::string old_id = space.server().add_file("me/my-project", "a.bin", old_content).id;
    space.make_file("a.bin", 1000, 4);
    space.make_file("b.bin", 10, 5);

    const ProcessResult failed = space.upload(R"("project":"me/my-project","files":["a.bin","b.bin"])");
    CHECK(failed.status == 1);
    CHECK(failed.err.find("a.bin") != std::string::npos);
    CHECK_FALSE(space.server().stored("me/my-project", "b.bin")); // found before the first byte
    CHECK(space.server().counters().puts == 0);

    const ProcessResult skipped = space.upload(R"("project":"me/my-project","files":["a.bin"],"conflict":"skip")");
    REQUIRE_MESSAGE(skipped.status == 0, skipped.err);
    CHECK(outputs(skipped, "publish")->getValue<std::string>("file_id") == old_id);
    CHECK(space.stored("a.bin", old_content));

    const ProcessResult replaced =
        space.upload(R"("project":"me/my-project","files":["a.bin"],"conflict":"overwrite")");
    REQUIRE_MESSAGE(replaced.status == 0, replaced.err);
    CHECK(space.stored("a.bin", Workspace::bytes(1000, 4)));

    space.make_file("a.bin", 999, 4);
    const ProcessResult other_size = space.upload(R"("project":"me/my-project","files":["a.bin"],"conflict":"skip")");
    CHECK(other_size.status == 1);
    CHECK(space.stored("a.bin", Workspace::bytes(1000, 4)));
}

TEST_CASE("globs find files, and a pattern without a match or a missing file is an error before any byte") {
    Workspace space;
    space.make_file("r/1.bam", 10, 1);
    space.make_file("r/deep/2.bam", 10, 2);
    space.make_file("r/l\xE4stig/3.bam", 10, 3); // a folder's name need not be UTF-8
    const ProcessResult found = space.upload(R"("project":"me/my-project","files":["r/**/*.bam"])");
    REQUIRE_MESSAGE(found.status == 0, found.err);
    CHECK(outputs(found, "publish")->getArray("files")->size() == 3);

    for (const char* files : {R"(["r/*.cram"])", R"(["missing.bam"])", R"([{"path":"r/*.bam"}])", R"(["r"])"}) {
        const ProcessResult missing = space.upload(std::string(R"("project":"me/my-project","files":)") + files);
        CHECK_MESSAGE(missing.status == 1, files);
    }
}

TEST_CASE("a FIFO does not hang the upload") {
    Workspace space;
    REQUIRE(::mkfifo((space.dir() / "pipe").c_str(), 0600) == 0);
    const ProcessResult result = space.upload(R"("project":"me/my-project","files":["pipe"])");
    CHECK(result.status == 1);
    CHECK(result.err.find("pipe") != std::string::npos);
}

} // namespace ferry::test
