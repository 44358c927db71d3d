#include "job_death.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <optional>

namespace ferry::test {

namespace fs = std::filesystem;

bool Death::strikes(const Call& call) {
    if (call.kind != kind || dead || ++seen != nth)
        return false;
    dead = true;
    fs::remove_all(fixture.dir / "snapshot");
    fs::create_directory(fixture.dir / "snapshot");
    fs::copy(fixture.dir / "uploads", fixture.dir / "snapshot/uploads",
             fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    return true;
}

void Death::revive() {
    fixture.platform.hook = {};
    fixture.platform.lose_answer = {};
    fs::remove_all(fixture.dir / "uploads");
    fs::rename(fixture.dir / "snapshot/uploads", fixture.dir / "uploads");
    for (const auto& entry : fs::directory_iterator(fixture.dir / "uploads"))
        if (entry.path().extension() == ".lease")
            fs::remove(entry.path());
    dead = false;
}

void die_at(Death& death) {
    JobFixture& f = death.fixture;
    f.platform.hook = [&death](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (!death.dead && (death.performed || !death.strikes(call)))
            return std::nullopt;
        death.fixture.cancel.cancel();
        return no_reply(FailureKind::cancelled);
    };
    f.platform.lose_answer = [&death](const Call& call) {
        const bool struck = death.performed && death.strikes(call);
        if (struck)
            death.fixture.cancel.cancel();
        return struck;
    };
    CHECK_FALSE(f.run().status.ok());
    REQUIRE(death.dead);
    death.revive();
}

void stop_at_put(JobFixture& f, std::uint32_t nth) {
    f.platform.hook = [&f, nth, seen = std::make_shared<std::atomic<std::uint32_t>>(0)](
                          const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind != "put" || ++*seen != nth)
            return std::nullopt;
        f.cancel.cancel();
        return no_reply(FailureKind::cancelled);
    };
    const UploadSummary stopped = f.run();
    CHECK(stopped.status.error().kind == ErrorKind::cancelled);
    f.platform.hook = {};
}

} // namespace ferry::test
