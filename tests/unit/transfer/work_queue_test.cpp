#include "fake_clock.hpp"
#include "transfer/work_queue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace ferry::test {
namespace {

using namespace std::chrono_literals;

struct Fixture {
    FakeClock clock;
    PlanList list;
    WorkQueue queue;

    Fixture(int slots, const std::vector<std::uint64_t>& sizes)
        : list(files(sizes))
        , queue({.target = {"me/project", ""},
                 .overwrite = false,
                 .part_size = [](std::uint64_t) { return std::uint64_t{10}; },
                 .slots = slots},
                list, clock) {}

    static PlanList files(const std::vector<std::uint64_t>& sizes) {
        PlanList planned(100); // bytes of memory: most lies on disk
        for (const std::uint64_t size : sizes) {
            const std::string name(1, static_cast<char>('a' + planned.files()));
            REQUIRE(planned.add({"/data/" + name, name, {.size = size, .mtime_ns = 1}}).ok());
        }
        return planned;
    }

    static std::string text(const Work& work) {
        const char* const kinds[] = {"init", "part", "complete", "abort"};
        return std::string(kinds[static_cast<int>(work.kind)]) + " " + work.session->file().name +
               (work.part == 0 ? "" : std::to_string(work.part));
    }

    void finish(const Work& work) {
        switch (work.kind) {
        case WorkKind::init:
            return queue.init_done(work, {.upload_id = "up-" + work.session->file().name,
                                          .plan = *PartPlan::make(work.session->request().size, 10),
                                          .parallel = true});
        case WorkKind::part:
            return queue.part_done(work, {.report = {.number = work.part, .headers = {}}, .md5 = std::nullopt}, false);
        case WorkKind::complete: {
            FileResult result;
            result.name = work.session->file().name;
            return queue.complete_done(work, result);
        }
        case WorkKind::abort:
            return queue.abort_done(work, true);
        }
    }

    // Takes and finishes one piece after the other, as a single slot does.
    std::vector<std::string> run_alone() {
        std::vector<std::string> order;
        while (const auto work = queue.next()) {
            order.push_back(text(*work));
            finish(*work);
        }
        return order;
    }
};

using Order = std::vector<std::string>;

} // namespace

TEST_CASE("one slot finishes a file before it begins the next") {
    Fixture f(1, {20, 5, 0});
    CHECK(f.run_alone() == Order{"init a", "part a1", "part a2", "complete a", "init b", "part b1", "complete b",
                                 "init c", "part c1", "complete c"});
    CHECK(f.queue.wait(0ms).size() == 3);
    CHECK(f.queue.over());
    CHECK(f.queue.progress().bytes_done == 25);
    CHECK(f.queue.progress().bytes_total == 25);
    CHECK(f.queue.progress().files_done == 3);
}

TEST_CASE("progress names the files on their way, a handful of them, with what is stored of each") {
    Fixture f(16, std::vector<std::uint64_t>(12, 20));
    CHECK(f.queue.progress().in_work.empty());
    std::vector<Work> inits;
    for (int i = 0; i < 12; ++i)
        inits.push_back(*f.queue.next());
    for (const Work& init : inits)
        f.finish(init);
    f.finish(*f.queue.next());
    const UploadProgress progress = f.queue.progress();
    CHECK(progress.bytes_sent == 10);
    REQUIRE(progress.in_work.size() == 8);
    CHECK(progress.in_work[0].name == "a");
    CHECK(progress.in_work[0].bytes_total == 20);
    std::uint64_t stored = 0;
    for (const FileProgress& file : progress.in_work)
        stored += file.bytes_done;
    CHECK(stored == 10);
}

TEST_CASE("a big file leaves half of the slots to those behind it, and gets all when it is alone") {
    Fixture f(4, {1000, 10});
    const Work init = *f.queue.next();
    f.finish(init);
    Order order;
    std::vector<Work> taken;
    for (int i = 0; i < 4; ++i) {
        taken.push_back(*f.queue.next());
        order.push_back(Fixture::text(taken.back()));
    }
    CHECK(order == Order{"part a1", "part a2", "init b", "part a3"}); // b has nothing to give yet
    f.finish(taken[2]);
    CHECK(Fixture::text(*f.queue.next()) == "part b1"); // fewest in flight first
}

TEST_CASE("a file whose parts are all there is completed before further parts are taken") {
    Fixture f(4, {1000, 10});
    f.finish(*f.queue.next());
    const Work part_of_a = *f.queue.next();
    f.queue.next();
    f.finish(*f.queue.next()); // init b
    f.finish(*f.queue.next()); // part b1
    CHECK(Fixture::text(*f.queue.next()) == "complete b");
    f.finish(part_of_a);
}

TEST_CASE("no more files are open than slots + 2") {
    Fixture f(2, {10, 10, 10, 10, 10, 10});
    for (int i = 0; i < 4; ++i)
        CHECK(f.queue.next()->kind == WorkKind::init);
    std::thread slot([&] { CHECK_FALSE(f.queue.next()); }); // a fifth has to wait
    f.queue.stop(std::nullopt);
    slot.join();
    CHECK(f.queue.unfinished().files_begun == 4);
    CHECK(f.queue.unfinished().files_untouched == 2);
}

TEST_CASE("a slot without work is woken when another's work makes some, and when all is done") {
    Fixture f(2, {10});
    const Work init = *f.queue.next();
    std::vector<std::string> seen;
    std::thread other([&] {
        while (const auto work = f.queue.next()) {
            seen.push_back(Fixture::text(*work));
            f.finish(*work);
        }
    });
    f.finish(init);
    other.join();
    CHECK(seen == Order{"part a1", "complete a"});
    CHECK_FALSE(f.queue.next());
}

TEST_CASE("one file's failure does not stop the others") {
    Fixture f(1, {20, 10});
    f.finish(*f.queue.next());
    const Work part = *f.queue.next();
    f.queue.work_failed(part, {.error = {ErrorKind::storage, "refused"}});
    CHECK(f.run_alone() == Order{"init b", "part b1", "complete b"});
    const std::vector<Notice> notices = f.queue.wait(0ms);
    REQUIRE(notices.size() == 2);
    const auto* failed = std::get_if<FailedFile>(&notices[0]);
    REQUIRE(failed);
    CHECK(failed->name == "a");
    CHECK(failed->upload_id == "up-a");
    CHECK(std::get_if<FileResult>(&notices[1]));
    CHECK(f.queue.progress().files_done == 1);
}

TEST_CASE("a changed file's upload is aborted before the file is given up") {
    Fixture f(1, {20});
    f.finish(*f.queue.next());
    f.queue.work_failed(*f.queue.next(), {.error = {ErrorKind::changed, "changed"}, .drop = true});
    CHECK(f.run_alone() == Order{"abort a"});
    const std::vector<Notice> notices = f.queue.wait(0ms);
    REQUIRE(notices.size() == 1);
    CHECK(std::get<FailedFile>(notices[0]).upload_id.empty());
}

TEST_CASE("a stop hands out nothing more, keeps its first reason, and is over when work in flight is back") {
    Fixture f(2, {100});
    f.finish(*f.queue.next());
    const Work one = *f.queue.next();
    const Work two = *f.queue.next();
    f.queue.stop(Error{ErrorKind::auth, "refused"});
    f.queue.stop(std::nullopt);
    CHECK_FALSE(f.queue.next());
    CHECK_FALSE(f.queue.over());
    f.finish(one);
    f.queue.work_failed(two, {.error = {ErrorKind::cancelled, "stopped"}});
    CHECK(f.queue.over());
    REQUIRE(f.queue.stopped_by());
    CHECK(f.queue.stopped_by()->kind == ErrorKind::auth);
    CHECK(f.queue.wait(0ms).empty()); // a file cut short has not failed
    CHECK(f.queue.unfinished().files_begun == 1);
    CHECK(f.queue.unfinished().parts_stored == 1);
}

TEST_CASE("bytes of a file that starts over are taken back and counted once") {
    Fixture f(1, {20});
    f.finish(*f.queue.next());
    f.finish(*f.queue.next());
    CHECK(f.queue.progress().bytes_done == 10);
    f.queue.work_failed(*f.queue.next(), {.error = {ErrorKind::not_found, "gone"}, .vanished = true});
    CHECK(f.queue.progress().bytes_done == 0);
    CHECK(f.run_alone() == Order{"init a", "part a1", "part a2", "complete a"});
    CHECK(f.queue.progress().bytes_done == 20);
}

TEST_CASE("seconds run from a file's init to its completion") {
    Fixture f(1, {10});
    f.finish(*f.queue.next());
    f.finish(*f.queue.next());
    f.clock.advance(2500ms);
    f.finish(*f.queue.next());
    CHECK(std::get<FileResult>(f.queue.wait(0ms).at(0)).seconds == 2500ms);
}

TEST_CASE("a listener that is slow holds the slots back, so that notices do not pile up") {
    Fixture f(1, {10});
    for (int i = 0; i < 5000; ++i)
        f.queue.tell({"event", "{}"});
    std::vector<std::string> order;
    std::thread slot([&] { order = f.run_alone(); });
    std::size_t told = 0;
    while (!f.queue.over())
        told += f.queue.wait(1000ms).size();
    slot.join();
    CHECK(told == 5001);
    CHECK(order == Order{"init a", "part a1", "complete a"});
}

TEST_CASE("the largest file is begun first and one large one is always on its way; small ones go in their order") {
    Fixture f(4, {5, 30, 5, 200, 5, 40});
    std::vector<std::string> begun;
    std::vector<Work> parts;
    while (begun.size() < 6) {
        const auto work = f.queue.next();
        REQUIRE(work);
        if (work->kind == WorkKind::init)
            begun.push_back(work->session->file().name);
        if (work->kind == WorkKind::part && work->session->file().name == "d" && parts.size() < 2)
            parts.push_back(*work); // half the slots stay with the large one
        else
            f.finish(*work);
    }
    CHECK(begun == std::vector<std::string>{"d", "a", "c", "e", "f", "b"});
}

} // namespace ferry::test
