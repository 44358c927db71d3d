// Faults of a whole port, requests that come twice, and when to come back (README.md).
#include "client.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <doctest/doctest.h>

#include <thread>

using namespace ferry::test;
using namespace ferry::platform;

namespace {

Poco::Net::SocketAddress address_of(const std::string& url) {
    const auto colon = url.rfind(':');
    return {"127.0.0.1", static_cast<std::uint16_t>(std::stoi(url.substr(colon + 1)))};
}

bool refused(const std::string& url) {
    try {
        Poco::Net::StreamSocket(address_of(url));
        return false;
    } catch (const Poco::Net::ConnectionRefusedException&) {
        return true;
    }
}

bool unanswered(const std::string& url) {
    try {
        Poco::Net::StreamSocket socket;
        socket.connect(address_of(url), Poco::Timespan(0, 100'000));
        return false;
    } catch (const Poco::TimeoutException&) {
        return true;
    }
}

// Asks until the port is itself again; one that never is runs into the test's time limit.
void wait_for(const Fixture& fixture) {
    while (true)
        try {
            if (fixture.client.get("/user").status == 200)
                return;
        } catch (const Poco::Exception&) {
            std::this_thread::yield();
        }
}

} // namespace

TEST_CASE("a port refuses connections after an answer, keeps its number, and takes them again") {
    Fixture fixture;
    const std::string api = fixture.platform.api();
    Wire idle(api);
    const std::string request =
        "GET /v2/user HTTP/1.1\r\nHost: x\r\nX-SBG-Auth-Token: " + fixture.platform.token() + "\r\n\r\n";
    idle.send(request);
    CHECK(idle.hear().status == 200);
    fixture.platform.add_faults(R"({"operation":"user","fault":"refuse","ms":3600000})");
    const Heard last = fixture.client.get("/user");
    CHECK(last.status == 200);
    CHECK(last.header("Connection") == "close");
    CHECK(refused(api));
    CHECK_FALSE(refused(fixture.platform.storage()));
    idle.send(request);
    CHECK(idle.hear().status == 0);
    fixture.platform.stop();
    fixture.platform.start();
    CHECK(fixture.platform.api() == api);
    CHECK(fixture.client.get("/user").status == 200);

    fixture.platform.add_faults(R"({"operation":"user","fault":"refuse","ms":200})");
    fixture.client.get("/user");
    wait_for(fixture);
    CHECK(fixture.platform.unused_faults().empty());
}

TEST_CASE("a port leaves new connections unanswered") {
    Fixture fixture;
    fixture.platform.add_faults(R"([{"operation":"user","fault":"ignore","ms":500},
                                    {"operation":"project","fault":"ignore","port":"storage","ms":3600000}])");
    CHECK(fixture.client.get("/user").status == 200);
    wait_for(fixture);
    CHECK(fixture.client.get("/projects/me/my-project").status == 200);
    CHECK(unanswered(fixture.platform.storage()));
    CHECK(fixture.client.get("/user").status == 200);
    CHECK(fixture.platform.unused_faults().empty());
}

TEST_CASE("a port takes connections and says nothing") {
    Fixture fixture;
    fixture.platform.add_faults(R"({"operation":"user","fault":"mute","ms":3600000})");
    CHECK(fixture.client.get("/user").status == 200);
    Poco::Net::StreamSocket silent(address_of(fixture.platform.api()));
    const std::string request = "GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n";
    silent.sendBytes(request.data(), static_cast<int>(request.size()));
    CHECK_FALSE(silent.poll(Poco::Timespan(0, 100'000), Poco::Net::Socket::SELECT_READ));
    fixture.platform.stop();
    CHECK(silent.poll(Poco::Timespan(60, 0), Poco::Net::Socket::SELECT_READ));
}

TEST_CASE("a request that comes twice is answered as the second") {
    PlatformSettings settings = small_parts();
    set(settings, "etag", "opaque");
    Fixture fixture(settings);
    fixture.platform.add_faults(R"([{"operation":"init","fault":"duplicate"},
                                    {"operation":"put","fault":"duplicate"},
                                    {"operation":"report","fault":"duplicate"},
                                    {"operation":"complete","fault":"duplicate"},
                                    {"operation":"abort","fault":"duplicate"}])");
    const std::string id = fixture.client.init("x", 4, 4);
    REQUIRE(fixture.platform.open_upload_count() == 2);
    const std::string etag = fixture.client.put_part(id, 1, "aaaa");
    CHECK(fixture.platform.counters().stored_parts == 2);
    CHECK(fixture.client.post("/upload/multipart/" + id + "/part", part_json(1, etag)).status == 200);
    CHECK(fixture.client.complete(id, {}).code() == 8003);
    CHECK(fixture.stored("x") == "aaaa");
    const std::string other = fixture.platform.open_uploads().front().upload_id;
    CHECK(fixture.client.api("DELETE", "/upload/multipart/" + other).code() == 8003);
    CHECK(fixture.platform.open_upload_count() == 0);
    CHECK(fixture.platform.unused_faults().empty());
}

TEST_CASE("Retry-After as a date is by the platform's own clock") {
    PlatformSettings settings;
    set(settings, "clock_skew", "24h");
    Fixture fixture(settings);
    fixture.platform.add_faults(R"({"operation":"user","fault":"maintenance","retry_after_in_ms":0})");
    const Heard heard = fixture.client.get("/user");
    CHECK(heard.status == 503);
    CHECK(heard.header("Retry-After").substr(0, 16) == heard.header("Date").substr(0, 16));
}
