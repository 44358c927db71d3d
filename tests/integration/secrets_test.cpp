#include "tls_fixture.hpp"
#include "workspace.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace ferry::test {

namespace {

// Everything that a run left where people and programs look: both streams and all files below the folder.
std::string everything(const Workspace& space, const ProcessResult& result) {
    std::string all = result.out + result.err;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(space.dir()))
        if (entry.is_regular_file() && entry.file_size() < 1'000'000)
            all += read_file(entry.path());
    return all;
}

void check_no_secret(Workspace& space, const ProcessResult& result) {
    const std::string all = everything(space, result);
    CHECK(all.find(space.server().token()) == std::string::npos);
    for (const char* word : {"Signature=", "AWSAccessKeyId=", "Expires=", "X-SBG-Auth-Token:", "proxy-secret",
                             "cHJveHktdXNlcjpwcm94eS1zZWNyZXQ"}) // base64 of proxy-user:proxy-secret
        CHECK_MESSAGE(all.find(word) == std::string::npos, word);
}

const std::string upload_options = R"("project":"me/my-project","files":["a.bin"],"retry":{"attempts":2},)"
                                   R"("timeouts":{"connect":1,"stall":1,"complete":2})";

std::vector<std::string> arguments(const Workspace& space) {
    return {"run",         space.upload_workflow(upload_options),
            "--log-level", "debug",
            "--events",    "events.ndjson",
            "--outputs",   "outputs.json"};
}

// What the process shows to everybody on the machine while it runs.
std::string command_line(const FerryProcess& process) {
    return read_file("/proc/" + std::to_string(process.pid()) + "/cmdline");
}

void run_and_check(Workspace& space) {
    space.environment["HTTPS_PROXY"] = space.environment["HTTP_PROXY"] =
        "http://proxy-user:proxy-secret@127.0.0.1:9"; // loopback goes by it; its password is there all the same
    space.make_file("a.bin", 3 * Workspace::part);
    FerryProcess process(arguments(space), space.setup());
    const std::string shown = command_line(process);
    const ProcessResult result = process.wait();
    CHECK(shown.find(space.server().token()) == std::string::npos);
    CHECK(std::filesystem::file_size(space.dir() / "events.ndjson") > 0);
    CHECK(result.err.find("sign /v2/upload/multipart") != std::string::npos); // debug it was
    CHECK(std::filesystem::exists(space.dir() / ".ferry/uploads"));
    check_no_secret(space, result);
    CHECK(space.server().counters().token_leaks == 0);
}

} // namespace

TEST_CASE("no token and no signed URL anywhere, at debug, in success and in failure, over http and https") {
    const TlsFixture tls;
    for (const bool https : {false, true})
        for (const char* fault : {R"([])", R"({"operation":"put","fault":"status","status":403,"times":100})",
                                  R"({"operation":"put","part":2,"fault":"reset","after_bytes":10})",
                                  R"({"operation":"put","part":2,"fault":"expired_url","times":100})",
                                  R"({"operation":"sign","fault":"garbage","times":100})",
                                  R"({"operation":"complete","fault":"lost_answer"})"}) {
            CAPTURE(fault);
            CAPTURE(https);
            platform::PlatformSettings settings;
            if (https) {
                settings.tls_certificate = tls.certificate();
                settings.tls_key = tls.key();
            }
            Workspace space(settings);
            space.environment["SSL_CERT_FILE"] = tls.authority().string();
            space.server().add_faults(fault);
            run_and_check(space);
        }
}

TEST_CASE("a proxy that does not answer is named without its password") {
    Workspace space;
    space.environment["SB_API_ENDPOINT"] = "https://api.ferry.invalid/v2";
    space.environment["HTTPS_PROXY"] = "http://proxy-user:proxy-secret@127.0.0.1:9";
    space.make_file("a.bin", 10);
    const ProcessResult result = space.ferry(
        {"run", space.upload_workflow(R"("project":"me/my-project","files":["a.bin"],"retry":{"max_elapsed":"1s"})"),
         "--log-level", "debug"});
    CHECK(result.status == 1);
    CHECK(result.err.find("127.0.0.1:9") != std::string::npos);
    check_no_secret(space, result);
}

TEST_CASE("commands do not inherit the token, but an env entry may pass it") {
    Workspace space;
    const auto workflow = space.dir() / "w.json";
    std::ofstream(workflow) << R"({"name":"w","steps":[
      {"id":"bare","task":"command","with":{"command":["sh","-c","env > bare.txt"]}},
      {"id":"given","task":"command","with":{"command":["sh","-c","test \"$T\" = \"$(cat expected)\""],
        "env":{"T":"${env.SB_AUTH_TOKEN}"}}}]})";
    std::ofstream(space.dir() / "expected") << space.server().token();
    const ProcessResult result = space.ferry({"run", workflow.string()});
    CHECK_MESSAGE(result.status == 0, result.err);
    CHECK(read_file(space.dir() / "bare.txt").find("SB_AUTH_TOKEN") == std::string::npos);

    std::ofstream(workflow) << R"({"name":"w","steps":[
      {"id":"leak","task":"command","with":{"command":["echo","${env.SB_AUTH_TOKEN}"]}}]})";
    CHECK(space.ferry({"run", workflow.string()}).status == 2);
}

} // namespace ferry::test
