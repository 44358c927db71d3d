// A step run once more under another conflict policy, or after others have come to the name or the source.
#include "job_death.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <string>
#include <sys/stat.h>

namespace ferry::test {
namespace {

const std::string others(50, 'o'); // somebody else's file of the same size

void others_take_the_name(JobFixture& f) {
    f.platform.put_file({.id = "id-other", .name = "a", .content = others, .created = "2026-01-01T00:00:00Z"});
}

// Other bytes of the same size under the same time of change.
std::string rewrite(JobFixture& f, std::string content) {
    struct stat before {};
    REQUIRE(::stat((f.dir / "a").c_str(), &before) == 0);
    content[5] = '~';
    f.dir.write("a", content);
    const timespec times[2]{before.st_atim, before.st_mtim};
    REQUIRE(::utimensat(AT_FDCWD, (f.dir / "a").c_str(), times, 0) == 0);
    return content;
}

// A step with a journal that has begun file "a" under that policy and was killed at that request.
struct Killed {
    JobFixture f;
    std::string content;
    Killed(Conflict policy, const std::string& kind, std::uint32_t nth, bool performed = false) {
        f.keep_state();
        f.options.parallel_parts = 1;
        f.options.conflict = policy;
        f.platform.refuse_taken = true;
        f.platform.initiated = "2026-01-01T00:00:00Z";
        content = f.add("a", 50);
        Death death{f, kind, nth, performed};
        die_at(death);
    }
    UploadSummary again(Conflict policy) {
        f.options.conflict = policy;
        return f.run_again();
    }
};

} // namespace

TEST_CASE("a name that others took while the upload waited for its completion is a clash like any other") {
    Killed killed(Conflict::fail, "complete", 1);
    JobFixture& f = killed.f;
    others_take_the_name(f);
    SUBCASE("fail") {
        const UploadSummary again = killed.again(Conflict::fail);
        CHECK(again.status.error().kind == ErrorKind::conflict);
        CHECK(f.platform.content("a") == others);
        CHECK(f.platform.count("complete") == 1); // the one that never arrived
        CHECK(f.platform.open_uploads() == 1);    // kept, until somebody decides
    }
    SUBCASE("skip") {
        CHECK(killed.again(Conflict::skip).status.ok());
        REQUIRE(f.listener.files.size() == 1);
        CHECK(f.listener.files[0].skipped);
        CHECK(f.listener.files[0].id == "id-other");
        CHECK(f.platform.content("a") == others);
    }
    SUBCASE("overwrite, for which it has to be begun anew") {
        f.options.dry_run = true;
        CHECK(killed.again(Conflict::overwrite).status.ok());
        CHECK_FALSE(f.log.contains(LogLevel::info, "going on with upload"));
        f.options.dry_run = false;
        CHECK(killed.again(Conflict::overwrite).status.ok());
        CHECK(f.platform.content("a") == killed.content);
        CHECK(f.platform.files().size() == 1);
        CHECK(f.platform.open_uploads() == 0);
        CHECK(f.log.contains(LogLevel::warn, "its name is taken meanwhile, and it was not begun to replace a file"));
    }
}

TEST_CASE("an upload that was begun to replace a file is not gone on with where none may be replaced") {
    for (const Conflict policy : {Conflict::fail, Conflict::skip})
        for (const std::string kind : {"put", "complete"}) {
            CAPTURE(kind);
            Killed killed(Conflict::overwrite, kind, 1);
            JobFixture& f = killed.f;
            // Others come to the name when all names have been looked up.
            f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
                if (call.kind == "put" && call.part == 5)
                    others_take_the_name(f);
                return std::nullopt;
            };
            (void)killed.again(policy);
            CHECK(f.platform.content("a") == others);
            CHECK(f.log.contains(LogLevel::warn, "it was begun to replace a file of its name"));
            f.platform.hook = {};
        }
}

TEST_CASE("an upload that was begun to replace a file is gone on with under the same policy") {
    Killed killed(Conflict::overwrite, "put", 3);
    others_take_the_name(killed.f);
    CHECK(killed.again(Conflict::overwrite).status.ok());
    CHECK(killed.f.platform.content("a") == killed.content);
    CHECK(killed.f.platform.count("init") == 1);
}

TEST_CASE("bytes changed under an old time after the completion that nobody heard of are not taken for uploaded") {
    Killed killed(Conflict::fail, "complete", 1, true);
    JobFixture& f = killed.f;
    REQUIRE(f.platform.content("a") == killed.content);
    SUBCASE("changed, fail") {
        rewrite(f, killed.content);
        CHECK(killed.again(Conflict::fail).status.error().kind == ErrorKind::conflict);
        CHECK(f.listener.files.empty());
    }
    SUBCASE("changed, overwrite") {
        const std::string now = rewrite(f, killed.content);
        CHECK(killed.again(Conflict::overwrite).status.ok());
        CHECK(f.platform.content("a") == now);
    }
    SUBCASE("only touched") {
        REQUIRE(::chmod((f.dir / "a").c_str(), 0600) == 0);
        CHECK(killed.again(Conflict::fail).status.ok());
        CHECK(f.platform.count("init") == 1);
    }
}

TEST_CASE("bytes changed after the names were looked up are not taken for uploaded, either") {
    Killed killed(Conflict::fail, "complete", 1, true);
    JobFixture& f = killed.f;
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "details" && call.nth == 1)
            rewrite(f, killed.content);
        return std::nullopt;
    };
    CHECK_FALSE(killed.again(Conflict::fail).status.ok());
    CHECK(f.listener.files.empty());
}

TEST_CASE("after an init that was cut off, an upload that somebody sends parts to is left alone") {
    for (const bool changed : {false, true}) { // then it would be dropped, and else gone on with
        CAPTURE(changed);
        Killed killed(Conflict::fail, "init", 1);
        JobFixture& f = killed.f;
        f.platform.begin_upload("a", 50); // another machine is in the middle of its own
        if (changed)
            killed.content += "more";
        f.dir.write("a", killed.content);
        CHECK(killed.again(Conflict::fail).status.ok());
        CHECK(f.platform.content("a") == killed.content);
        CHECK(f.platform.open_uploads() == 1);
        CHECK(f.platform.count("abort") == 0);
    }
}

TEST_CASE("an upload of that name from another file is left to its step, and one's own is begun") {
    Killed killed(Conflict::fail, "put", 4);
    JobFixture& f = killed.f;
    const auto first = f.options.files;
    const std::string content(50, 'b');
    f.dir.write("b", content);
    f.options.files = {{.path = "b", .name = "a"}};
    CHECK(killed.again(Conflict::fail).status.ok());
    CHECK(f.platform.content("a") == content);
    CHECK(f.platform.open_uploads() == 1);
    CHECK(f.platform.count("abort") == 0);
    CHECK(f.log.contains(LogLevel::warn, "another step has an unfinished upload of that name"));
    SUBCASE("whose step then finds the name taken") {
        f.options.files = first;
        CHECK(killed.again(Conflict::fail).status.error().kind == ErrorKind::conflict);
    }
    SUBCASE("whose step goes on once the name is free") {
        f.platform.change_files([](std::vector<StoredFile>& files) { files.clear(); });
        f.options.files = first;
        CHECK(killed.again(Conflict::fail).status.ok());
        CHECK(f.platform.content("a") == killed.content);
        CHECK(f.platform.count("init") == 2);
    }
}

TEST_CASE("a done file that was moved away counts as uploaded, unless another one has its name now") {
    for (const bool taken : {false, true}) {
        CAPTURE(taken);
        JobFixture f;
        f.keep_state();
        const std::string content = f.add("a", 50);
        REQUIRE(f.run().status.ok());
        const std::string id = f.listener.files.at(0).id;
        f.platform.change_files([](std::vector<StoredFile>& files) { files[0].parent = "id-folder"; });
        f.platform.put_file({.id = "id-folder", .name = "old", .content = {}, .folder = true});
        if (taken)
            others_take_the_name(f);
        const UploadSummary again = f.run_again();
        CHECK(again.status.ok() == !taken);
        CHECK(f.listener.files.size() == (taken ? 0 : 1));
        if (!taken)
            CHECK(f.listener.files.at(0).parent == "id-folder");
    }
}

TEST_CASE("a file that is skipped although it has changed since its own upload is told") {
    JobFixture f;
    f.keep_state();
    const std::string content = f.add("a", 50);
    REQUIRE(f.run().status.ok());
    rewrite(f, content);
    f.options.conflict = Conflict::skip;
    CHECK(f.run_again().status.ok());
    CHECK(f.listener.files.at(0).skipped);
    CHECK(f.log.contains(LogLevel::warn, "the local file has changed since"));
}

} // namespace ferry::test
