// conflict: rename.
#include "job_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace ferry::test {
namespace {

struct RenameJob : JobFixture {
    RenameJob() {
        options.conflict = Conflict::rename;
        platform.refuse_taken = true;
    }
    void there(const std::string& name, const std::string& content = "theirs", bool folder = false) {
        platform.put_file({.id = "id-" + name, .name = name, .content = content, .folder = folder});
    }
    // Ends a run in its n-th PUT.
    void cut_at_put(int nth) {
        int puts = 0;
        platform.hook = [this, puts, nth](const Call& call, CancelToken&) mutable -> std::optional<HttpOutcome> {
            if (call.kind == "put" && ++puts == nth)
                cancel.cancel();
            return std::nullopt;
        };
        REQUIRE_FALSE(run().status.ok());
        platform.hook = {};
    }
};

using Paths = std::vector<std::string>;

} // namespace

TEST_CASE("conflict rename: a taken name gets the first free number, and the outputs tell the real one") {
    RenameJob f;
    const std::string content = f.add("a.fastq.gz", 25);
    f.add("free", 5);
    f.there("a.fastq.gz");
    f.there("a_1.fastq.gz");
    f.there("a_2.fastq.gz", {}, true); // a folder stands in the way, too
    const UploadSummary summary = f.run();
    REQUIRE(summary.status.ok());
    CHECK(f.platform.content("a_3.fastq.gz") == content);
    CHECK(f.platform.content("a.fastq.gz") == "theirs");
    CHECK(f.listener.files.at(0).name == "a_3.fastq.gz");
    CHECK(f.listener.files.at(1).name == "free");
    CHECK(f.log.mentions("a.fastq.gz: the name is taken on the platform, so it goes there as a_3.fastq.gz"));
    CHECK_FALSE(f.log.mentions("the platform named the file"));
    CHECK(summary.api_calls == 2 + 5 + 3);
    CHECK(f.platform.count("list") == 2);
}

TEST_CASE("names of the step's own files, and of its folders, are left out") {
    RenameJob f;
    f.add("a.txt", 5);
    f.add("a_1.txt", 6);
    f.add("b", 7);
    f.options.files.back().folder = "a_2.txt";
    f.there("a.txt");
    f.there("a_1.txt");
    REQUIRE(f.run().status.ok());
    CHECK(f.platform.paths() == Paths{"a.txt", "a_1.txt", "a_1_1.txt", "a_2.txt/b", "a_3.txt"});
}

TEST_CASE("a dry run tells the new names, and keeps none") {
    RenameJob f;
    f.options.dry_run = true;
    f.add("a.txt", 5);
    f.there("a.txt");
    const UploadSummary summary = f.run();
    REQUIRE(summary.status.ok());
    CHECK(f.log.mentions("a.txt as a_1.txt, as a.txt is taken: 5 B, 1 part"));
    CHECK(f.log.mentions("would rename 1 file, as their names are taken"));
    CHECK(summary.planned->api_calls == 2 + 3);
    CHECK(f.platform.count("init") == 0);
}

TEST_CASE("a second hundred of names is tried; beyond a thousand, and beyond 255 characters, the file fails alone") {
    RenameJob f;
    f.add("a", 5);
    f.there("a");
    SUBCASE("a second hundred") {
        for (int i = 1; i <= 130; ++i)
            f.there("a_" + std::to_string(i));
        REQUIRE(f.run().status.ok());
        CHECK(f.listener.files.at(0).name == "a_131");
        CHECK(f.platform.count("list") == 3);
    }
    SUBCASE("none is free") {
        for (int i = 1; i <= 1'000; ++i)
            f.there("a_" + std::to_string(i));
        const UploadSummary summary = f.run();
        REQUIRE_FALSE(summary.status.ok());
        CHECK(summary.status.error().message.find("so are those with the numbers 1 to 1000") != std::string::npos);
    }
    SUBCASE("no room for a number") {
        const std::string name(254, 'n');
        f.add("b", 5);
        f.options.files.back().name = name;
        f.there(name);
        const UploadSummary summary = f.run();
        REQUIRE_FALSE(summary.status.ok());
        CHECK(summary.status.error().message.find("has 256 characters") != std::string::npos);
        CHECK(f.listener.files.at(0).name == "a_1");
    }
}

TEST_CASE("a renamed upload that was cut off takes the same name again, and a second run knows its own file") {
    RenameJob f;
    f.keep_state();
    f.options.parallel_parts = 1;
    const std::string content = f.add("a.txt", 45);
    f.there("a.txt");
    f.cut_at_put(3);
    SUBCASE("as it was") {}
    SUBCASE("though the name that was asked for is free now") {
        f.platform.change_files([](std::vector<StoredFile>& files) { files.clear(); });
    }
    REQUIRE(f.run_again().status.ok());
    CHECK(f.platform.content("a_1.txt") == content);
    CHECK(f.platform.count("init") == 1);
    CHECK(f.platform.open_uploads() == 0);
    CHECK(f.listener.files.at(0).name == "a_1.txt");
    CHECK(f.log.mentions("a.txt: going on with upload"));
    const std::size_t calls = f.platform.calls().size();
    REQUIRE(f.run_again().status.ok());
    CHECK(f.listener.files.at(0).name == "a_1.txt");
    CHECK(f.listener.files.at(0).before);
    CHECK(f.platform.calls().size() - calls == 1); // one listing for both names
    CHECK(f.platform.count("init") == 1);
}

TEST_CASE("where the name that was begun is taken meanwhile, another one is begun and the old upload dropped") {
    RenameJob f;
    f.keep_state();
    f.options.parallel_parts = 1;
    const std::string content = f.add("a.txt", 45);
    f.there("a.txt");
    f.cut_at_put(3);
    f.there("a_1.txt");
    REQUIRE(f.run_again().status.ok());
    CHECK(f.platform.content("a_2.txt") == content);
    CHECK(f.platform.content("a_1.txt") == "theirs");
    CHECK(f.platform.open_uploads() == 0);
    CHECK(f.log.mentions("is dropped and begun anew: it gets another name on the platform"));
}

TEST_CASE("a lost answer, and then a crash, leave one file under the chosen name") {
    RenameJob f;
    std::string kind;
    SUBCASE("init") {
        kind = "init";
    }
    SUBCASE("complete") {
        kind = "complete";
    }
    f.keep_state();
    const std::string content = f.add("a.txt", 15);
    f.there("a.txt");
    f.platform.initiated = "2030-01-01T00:00:00Z";
    f.platform.lose_answer = [&](const Call& call) {
        if (call.kind == kind)
            f.cancel.cancel();
        return call.kind == kind;
    };
    REQUIRE_FALSE(f.run().status.ok());
    f.platform.lose_answer = {};
    REQUIRE(f.run_again().status.ok());
    CHECK(f.platform.paths() == Paths{"a.txt", "a_1.txt"});
    CHECK(f.platform.content("a_1.txt") == content);
    CHECK(f.platform.count("init") == 1);
    CHECK(f.platform.open_uploads() == 0);
}

TEST_CASE("a name that is taken in between makes room for the next one") {
    RenameJob f;
    const std::string content = f.add("a.txt", 25);
    SUBCASE("at init") {
        f.there("a.txt");
        f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
            if (call.kind == "init" && call.name == "a_1.txt")
                f.there("a_1.txt");
            return std::nullopt;
        };
    }
    SUBCASE("at init, the name that was asked for") {
        f.there("a_1.txt");
        f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
            if (call.kind == "init" && call.name == "a.txt")
                f.there("a.txt");
            return std::nullopt;
        };
    }
    SUBCASE("at complete") {
        f.there("a.txt");
        f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
            if (call.kind == "complete" && call.name == "a_1.txt")
                f.there("a_1.txt");
            return std::nullopt;
        };
    }
    SUBCASE("an upload that is open there is somebody else's") {
        f.there("a.txt");
        f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
            if (call.kind == "init" && call.name == "a_1.txt")
                return reply(409, R"({"status":409,"code":8006,"message":"upload exists"})");
            return std::nullopt;
        };
    }
    REQUIRE(f.run().status.ok());
    CHECK(f.platform.content("a_2.txt") == content);
    CHECK(f.listener.files.at(0).name == "a_2.txt");
    CHECK(f.platform.open_uploads() == 0);
    CHECK(f.log.mentions("goes there as a_2.txt"));
}

TEST_CASE("a platform that never lets a name be had is given up on") {
    RenameJob f;
    f.add("a.txt", 5);
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "init")
            return reply(409, R"({"status":409,"code":8005,"message":"file already exists"})");
        return std::nullopt;
    };
    const UploadSummary summary = f.run();
    REQUIRE_FALSE(summary.status.ok());
    CHECK(summary.status.error().kind == ErrorKind::conflict);
    CHECK(f.platform.count("init") == 21);
}

TEST_CASE("two steps that share a state directory never upload under one name at the same time") {
    RenameJob first;
    first.keep_state();
    first.options.parallel_parts = 1;
    first.add("x", 45);
    first.options.files.back().name = "a.txt";
    first.there("a.txt");
    first.cut_at_put(3); // and holds a_1.txt
    JobFixture second;
    second.options.conflict = Conflict::rename;
    second.options.state_dir = first.options.state_dir;
    const std::string content = second.add("y", 25);
    second.options.files.back().name = "a.txt";
    const UploadEnvironment environment{first.platform, second.arena,  second.quota, second.pace,
                                        second.clock,   second.random, second.log};
    const UploadSummary summary = run_upload(second.options, environment, second.listener, second.cancel);
    REQUIRE(summary.status.ok());
    CHECK(second.listener.files.at(0).name == "a_2.txt");
    CHECK(first.platform.open_uploads() == 1);
    REQUIRE(first.run_again().status.ok());
    CHECK(first.platform.paths() == Paths{"a.txt", "a_1.txt", "a_2.txt"});
}

TEST_CASE("metadata find the journal's entry of a renamed file") {
    RenameJob f;
    f.keep_state();
    f.options.metadata.pairs = {{"k", "v"}};
    f.add("a.txt", 5);
    f.there("a.txt");
    REQUIRE(f.run().status.ok());
    CHECK(f.platform.count("edit") == 1);
    CHECK(f.platform.files().back().metadata.at("k") == "v");
    REQUIRE(f.run_again().status.ok());
    CHECK(f.platform.count("edit") == 1);
}

} // namespace ferry::test
