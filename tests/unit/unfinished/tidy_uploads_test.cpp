#include "unfinished/tidy_uploads.hpp"

#include "unfinished_fixture.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <ctime>
#include <filesystem>

namespace ferry::test {

namespace {

// All journals, as if nobody had used them since, and the next turn to look them through.
void age_journals(const UnfinishedFixture& f) {
    const timespec then{.tv_sec = std::time(nullptr) - std::int64_t{91} * 24 * 3600, .tv_nsec = 0};
    const timespec times[2]{then, then};
    std::filesystem::remove(f.dir / "uploads/tidied");
    for (const auto& entry : std::filesystem::directory_iterator(f.dir / "uploads"))
        if (entry.path().extension() == ".journal")
            REQUIRE(::utimensat(AT_FDCWD, entry.path().c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
}

std::size_t journals(const UnfinishedFixture& f) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(f.dir / "uploads"))
        count += entry.path().extension() == ".journal" ? 1 : 0;
    return count;
}

} // namespace

TEST_CASE("a journal that was not used for long goes once the platform says that it has its upload no more") {
    UnfinishedFixture f;
    const std::string a = f.leave("a", "2025-12-31T23:00:00Z");
    age_journals(f);
    CHECK(tidy_uploads(f.options, f.environment(), f.cancel) == 1);
    CHECK(journals(f) == 1); // it is open
    f.platform.forget_upload(a);
    for (const auto& answer : {refused(503, 0), refused(401, 90001), refused(403, 8001), refused(404, -1),
                               no_reply(FailureKind::no_connection), reply(200, "<html>")}) {
        age_journals(f);
        f.platform.hook = [&](const Call&, CancelToken&) { return std::optional(answer); };
        (void)tidy_uploads(f.options, f.environment(), f.cancel);
        CHECK(journals(f) == 1);
    }
    CHECK(f.clock.waited() == Duration{0}); // nobody waits for it
    f.platform.hook = {};
    age_journals(f);
    CHECK(tidy_uploads(f.options, f.environment(), f.cancel) == 1);
    CHECK(journals(f) == 0);
    CHECK(f.go_on("a").status.ok());
}

TEST_CASE("with nothing that is old, the platform is not asked") {
    UnfinishedFixture f;
    (void)f.leave("a", "2025-12-31T23:00:00Z");
    CHECK(tidy_uploads(f.options, f.environment(), f.cancel) == 0);
    CHECK(journals(f) == 1);
}

} // namespace ferry::test
