// The real ferry under valgrind: unlike the sanitizers it sees into POCO, oneTBB and OpenSSL, and finds the use of what
// was never set.
#include "temp_dir.hpp"
#include "tls_fixture.hpp"
#include "workspace.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

namespace {

constexpr std::uint64_t size = 12 * Workspace::part + 3;

void upload_under_valgrind(const Workspace& space) {
    const TempDir logs;
    ProcessSetup setup = space.setup();
    setup.under = {FERRY_VALGRIND,
                   "--quiet",
                   "--error-exitcode=99",
                   "--leak-check=full",
                   "--show-leak-kinds=definite",
                   "--errors-for-leak-kinds=definite",
                   "--fair-sched=yes",
                   "--num-callers=30",
                   "--log-file=" + (logs.path() / "%p.log").string()};
    space.make_file("a.bin", size);
    const ProcessResult result = run_ferry(
        {"run", space.upload_workflow(R"("project":"me/my-project","files":["a.bin"],"parallel_parts":4)")}, setup);
    std::string reports; // of the process and of the children that it forked
    for (const auto& log : std::filesystem::directory_iterator(logs.path()))
        reports += read_file(log.path());
    REQUIRE_MESSAGE(result.status == 0, result.err << reports);
    CHECK_MESSAGE(reports.empty(), reports);
    CHECK(space.stored("a.bin", Workspace::bytes(size)));
}

} // namespace

TEST_CASE("an upload of many parts over http is clean under valgrind") {
    const Workspace space;
    upload_under_valgrind(space);
}

TEST_CASE("an upload of many parts over https is clean under valgrind") {
    const TlsFixture tls;
    platform::PlatformSettings settings;
    settings.tls_certificate = tls.certificate();
    settings.tls_key = tls.key();
    Workspace space(settings);
    space.environment["SSL_CERT_FILE"] = tls.authority().string();
    upload_under_valgrind(space);
}

} // namespace ferry::test
