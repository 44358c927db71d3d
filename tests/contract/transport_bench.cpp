#include "transport_bench.hpp"

#include <atomic>
#include <doctest/doctest.h>
#include <fstream>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

namespace ferry::test {

namespace {

std::unique_ptr<TransportFactory> trusting_factory() {
    auto made = make_poco_transports(trusting_settings());
    REQUIRE(made.ok());
    return std::move(*made);
}

// True if the kernel has the thread asleep.
bool asleep(pid_t thread) {
    std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/stat");
    std::string line;
    std::getline(file, line);
    const std::size_t name_end = line.rfind(')');
    return name_end != std::string::npos && line.substr(name_end + 1, 2) == " S";
}

} // namespace

const TlsFixture& certificates() {
    static const TlsFixture fixture;
    return fixture;
}

ServerIdentity good_identity() {
    return {certificates().certificate(), certificates().key()};
}

TransportSettings trusting_settings() {
    TransportSettings settings;
    settings.certificates.file = certificates().authority().string();
    return settings;
}

std::unique_ptr<TransportFactory> PocoOverHttp::factory() {
    return trusting_factory();
}

std::unique_ptr<TransportFactory> PocoOverTls::factory() {
    return trusting_factory();
}

HttpTimeouts patient() {
    return {std::chrono::minutes(10), std::chrono::minutes(10), std::chrono::minutes(10)};
}

HttpRequest request(std::string method, const std::string& url) {
    auto parsed = Url::parse(url);
    REQUIRE(parsed.ok());
    HttpRequest made;
    made.method = std::move(method);
    made.url = *parsed;
    made.timeouts = patient();
    return made;
}

const HttpResponse& response(const HttpOutcome& outcome) {
    if (const auto* failure = std::get_if<HttpFailure>(&outcome))
        FAIL("no answer: " << failure->message);
    return std::get<HttpResponse>(outcome);
}

const HttpFailure& failure_of(const HttpOutcome& outcome) {
    if (const auto* answer = std::get_if<HttpResponse>(&outcome))
        FAIL("an answer where none was expected: " << answer->status);
    return std::get<HttpFailure>(outcome);
}

std::vector<RawServer::Script> on_wire(bool tls, std::vector<RawServer::Script> scripts) {
    if (!tls)
        return scripts;
    for (RawServer::Script& script : scripts)
        script = [inner = std::move(script)](Peer& peer) {
            if (!peer.start_tls(good_identity()))
                throw std::runtime_error("the client refused the good certificate");
            inner(peer);
        };
    return scripts;
}

HttpOutcome send_and_cancel(HttpTransport& transport, const HttpRequest& one, const std::function<bool()>& reached) {
    CancelToken cancel;
    HttpOutcome outcome;
    std::atomic<pid_t> sender = 0;
    std::thread thread([&] {
        sender = static_cast<pid_t>(::syscall(SYS_gettid));
        outcome = transport.send(one, cancel);
    });
    while (sender == 0 || !reached() || !asleep(sender))
        std::this_thread::yield();
    cancel.cancel();
    thread.join();
    return outcome;
}

} // namespace ferry::test
