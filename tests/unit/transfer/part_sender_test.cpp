#include "fake_clock.hpp"
#include "fake_platform.hpp"
#include "platform/quota_gate.hpp"
#include "recording_log.hpp"
#include "temp_dir.hpp"
#include "transfer/part_sender.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace ferry::test {
namespace {

using namespace std::chrono_literals;

// An upload that is open, and a sender for its parts: 25 bytes in parts of 10.
struct Fixture {
    TempDir dir;
    FakePlatform platform;
    FakeClock clock;
    FixedRandom random{0.5};
    RecordingLog log;
    QuotaGate quota{clock, random};
    LineGate line{clock, log, "the platform", 1};
    CancelToken cancel;
    ApiContext api{.base = FakePlatform::base(),
                   .token = Secret(std::string(FakePlatform::token)),
                   .token_source = {},
                   .retry = {.attempts = 3},
                   .timeouts = {},
                   .clock = clock,
                   .random = random,
                   .log = log,
                   .quota = quota,
                   .line = line};
    LineGate storage_line{clock, log, "the object storage", 1};
    StoragePace pace;
    StorageGate gate{clock, pace, 4};
    StorageAccess storage{gate, log};
    BandwidthLimit bandwidth{clock, std::nullopt};
    PartHasher hasher;
    SenderContext context{
        .api = api, .storage_line = storage_line, .storage = storage, .bandwidth = bandwidth, .hasher = hasher};
    std::vector<RetryNotice> retries;
    int in_use_when_stored = -1;
    std::string path = dir.write("a.txt", "0123456789abcdefghijklmno").string();

    PartOutcome send(std::uint32_t number = 1) {
        const auto transport = platform.make();
        PlatformApi calls(api, *transport, cancel);
        const FileIdentity identity = *identify_file(path);
        const UploadInfo info =
            calls.init({.target = {"me/project", ""}, .name = "a.txt", .size = 25, .part_size = 10}).value();
        const PartPlan plan = *PartPlan::make(25, info.part_size);
        PartSender sender(context, calls, *transport, cancel);
        return sender.send(
            {.path = path,
             .name = "a.txt",
             .identity = identity,
             .upload_id = info.upload_id,
             .number = number,
             .count = plan.count(),
             .range = plan.range(number)},
            [&](const RetryNotice& notice) { retries.push_back(notice); },
            [&](const SentPart&) { in_use_when_stored = gate.in_use(); });
    }

    // The first `times` PUTs end like this.
    void put_answers(int times, HttpOutcome outcome) {
        platform.hook = [times, outcome](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
            return call.kind == "put" && call.nth <= times ? std::optional(outcome) : std::nullopt;
        };
    }
};

const SentPart& sent(const PartOutcome& outcome) {
    const auto* failure = std::get_if<PartFailure>(&outcome);
    if (failure)
        FAIL(failure->error.message);
    return std::get<SentPart>(outcome);
}

const PartFailure& failed(const PartOutcome& outcome) {
    REQUIRE(std::holds_alternative<PartFailure>(outcome));
    return std::get<PartFailure>(outcome);
}

HttpOutcome stored(std::string etag, std::string name = "ETag") {
    HttpResponse response;
    response.status = 200;
    if (!name.empty())
        response.headers.add(std::move(name), std::move(etag));
    return response;
}

} // namespace

TEST_CASE("ETags lose the weak mark and one pair of quotes") {
    CHECK(bare_etag("\"abc\"") == "abc");
    CHECK(bare_etag("abc") == "abc");
    CHECK(bare_etag("W/\"abc\"") == "abc");
    CHECK(bare_etag("\"\"abc\"\"") == "\"abc\"");
    CHECK(bare_etag("\"") == "\"");
    CHECK(bare_etag("\"\"").empty());
    CHECK(bare_etag("").empty());
}

TEST_CASE("a part goes out as it is and its bare ETag is reported and compared") {
    Fixture f;
    const PartOutcome outcome = f.send(2);
    CHECK(sent(outcome).report.number == 2);
    REQUIRE(sent(outcome).report.headers.size() == 1);
    CHECK(sent(outcome).report.headers[0].name == "ETag");
    CHECK(sent(outcome).report.headers[0].value == md5_hex("abcdefghij"));
    REQUIRE(sent(outcome).md5);
    CHECK(to_hex(*sent(outcome).md5) == md5_hex("abcdefghij"));
    CHECK(f.retries.empty());
    CHECK(f.platform.wrongs().empty());
}

TEST_CASE("the headers that the platform gives go out, and no other") {
    Fixture f;
    f.platform.part_headers.add("x-amz-server-side-encryption", "AES256");
    f.platform.part_headers.add("Content-Type", "");
    sent(f.send());
    CHECK(f.platform.wrongs().empty());
}

TEST_CASE("every header asked for is collected, in any case; a missing one is a failed part") {
    Fixture f;
    f.platform.report_headers = {"ETAG", "X-Goog-Hash"};
    SUBCASE("there") {
        f.platform.put_answer.add("x-goog-hash", "crc32c=\"n03x6A==\"");
        const PartOutcome outcome = f.send();
        REQUIRE(sent(outcome).report.headers.size() == 2);
        CHECK(sent(outcome).report.headers[0].name == "ETAG");
        CHECK(sent(outcome).report.headers[0].value == md5_hex("0123456789"));
        CHECK(sent(outcome).report.headers[1].value == "crc32c=\"n03x6A==\""); // quotes are stripped from ETags alone
    }
    SUBCASE("missing") {
        const PartOutcome outcome = f.send();
        CHECK(failed(outcome).error.kind == ErrorKind::storage);
        CHECK(failed(outcome).error.message.find("without the header X-Goog-Hash") != std::string::npos);
        CHECK(f.platform.count("put") == 3);
        CHECK(f.platform.count("sign") == 3);
    }
}

TEST_CASE("an answer without ETag, or with an empty one, is a failed part, never an empty report") {
    for (const HttpOutcome& answer : {stored("", ""), stored("\"\"")}) {
        Fixture f;
        f.put_answers(1, answer);
        CHECK(sent(f.send()).report.headers[0].value == md5_hex("0123456789"));
        CHECK(f.platform.count("put") == 2);
        REQUIRE(f.retries.size() == 1);
        CHECK(f.retries[0].reason.find("without the header ETag") != std::string::npos);
    }
}

TEST_CASE("a wrong MD5 sends the part again; one that stays wrong fails it") {
    Fixture f;
    const std::string other(32, 'a');
    SUBCASE("once") {
        f.put_answers(1, stored('"' + other + '"'));
        CHECK(sent(f.send()).md5);
        CHECK(f.platform.count("sign") == 2);
    }
    SUBCASE("always") {
        f.put_answers(99, stored(other));
        const PartOutcome outcome = f.send();
        CHECK(failed(outcome).error.kind == ErrorKind::storage);
        CHECK(failed(outcome).error.message.find("kept other bytes than were sent") != std::string::npos);
        CHECK(f.platform.count("put") == 3);
    }
    SUBCASE("where the platform does not ask for the ETag") {
        f.platform.report_headers = {};
        f.put_answers(1, stored(other));
        CHECK(sent(f.send()).report.headers.empty());
        CHECK(f.platform.count("put") == 2);
    }
    SUBCASE("unless nothing is to be verified") {
        f.context.verify = Verify::none;
        f.put_answers(99, stored(other));
        CHECK_FALSE(sent(f.send()).md5);
        CHECK(f.platform.count("put") == 1);
    }
}

TEST_CASE("upper-case MD5s compare, too") {
    Fixture f;
    f.put_answers(1, stored("781E5E245D69B566979B86E28D23F2C7"));
    CHECK(sent(f.send()).md5);
    CHECK(f.platform.count("put") == 1);
}

TEST_CASE("an ETag that is no MD5 cannot be compared, which is told once") {
    Fixture f;
    SUBCASE("by its form") {
        f.platform.etag = [](std::string_view) { return "\"CLz8/u7_\""; };
    }
    SUBCASE("by a key service's encryption") {
        f.platform.etag = [](std::string_view) { return std::string(32, 'a'); };
        f.platform.put_answer.add("X-Amz-Server-Side-Encryption", "aws:kms");
    }
    SUBCASE("by the caller's own key") {
        f.platform.etag = [](std::string_view) { return std::string(32, 'a'); };
        f.platform.put_answer.add("x-amz-server-side-encryption-customer-algorithm", "AES256");
    }
    CHECK_FALSE(sent(f.send(1)).verified);
    CHECK_FALSE(sent(f.send(2)).verified);
    CHECK(f.platform.count("put") == 2);
    CHECK(f.log.count(LogLevel::warn) == 1);
}

TEST_CASE("each try has a fresh URL; an expired one is no more than a failed try") {
    Fixture f;
    std::vector<std::string> urls;
    f.put_answers(2, reply(403, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"));
    CHECK(sent(f.send()).md5);
    CHECK(f.platform.calls() == std::vector<std::string>{"init a.txt", "sign a.txt 1", "put a.txt 1", "sign a.txt 1",
                                                         "put a.txt 1", "sign a.txt 1", "put a.txt 1"});
    REQUIRE(f.retries.size() == 2);
    CHECK(f.retries[0].reason.find("Request has expired") != std::string::npos);
    CHECK(f.retries[1].tries == 2);
}

TEST_CASE("tries are bounded, and the last reason is told") {
    for (const HttpOutcome& outcome :
         {reply(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>"), reply(503, "<html>busy</html>"),
          no_reply(FailureKind::lost_answer), no_reply(FailureKind::stalled)}) {
        Fixture f;
        f.put_answers(99, outcome);
        const PartOutcome end = f.send();
        CHECK(failed(end).error.message.starts_with("a.txt: part 1 of 3 was given up, "));
        CHECK_FALSE(failed(end).vanished);
        CHECK(f.platform.count("put") == 3);
        CHECK(f.clock.waited() > 0ms);
    }
}

TEST_CASE("what cannot get better is not tried again") {
    Fixture f;
    SUBCASE("storage refuses for good") {
        f.put_answers(99, reply(400, "<Error><Code>EntityTooLarge</Code></Error>"));
        CHECK(failed(f.send()).error.kind == ErrorKind::storage);
    }
    SUBCASE("the upload is gone") {
        f.put_answers(99, reply(404, "<Error><Code>NoSuchUpload</Code></Error>"));
        CHECK(failed(f.send()).vanished);
    }
    SUBCASE("a certificate that does not hold") {
        f.put_answers(99, no_reply(FailureKind::untrusted));
        CHECK(failed(f.send()).error.kind == ErrorKind::network);
    }
    CHECK(f.platform.count("put") == 1);
}

TEST_CASE("a refused token at signing is told as such, and no byte is sent") {
    Fixture f;
    f.platform.hook = [](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        return call.kind == "sign" ? std::optional(reply(401, R"({"code":90001,"message":"no"})")) : std::nullopt;
    };
    CHECK(failed(f.send()).error.kind == ErrorKind::auth);
    CHECK(f.platform.count("put") == 0);
}

TEST_CASE("plain http storage is refused unless it is on this machine") {
    Fixture f;
    f.platform.storage = "http://storage.example:80";
    const PartOutcome outcome = f.send();
    CHECK(failed(outcome).error.kind == ErrorKind::platform);
    CHECK(failed(outcome).error.message.find("plain http to storage.example") != std::string::npos);
    CHECK(failed(outcome).error.message.find("Signature") == std::string::npos);
    CHECK(f.platform.count("put") == 0);
}

TEST_CASE("success before all bytes were taken is no success") {
    // An answer to a PUT whose body the transport never read.
    class Deaf final : public HttpTransport {
      public:
        explicit Deaf(HttpTransport& real) : real_(real) {}
        HttpOutcome send(const HttpRequest& request, CancelToken& cancel) override {
            return request.source ? stored("\"x\"") : real_.send(request, cancel);
        }

      private:
        HttpTransport& real_;
    };
    Fixture f;
    const auto transport = f.platform.make();
    Deaf deaf(*transport);
    PlatformApi calls(f.api, deaf, f.cancel);
    const UploadInfo info =
        calls.init({.target = {"me/project", ""}, .name = "a", .size = 25, .part_size = 10}).value();
    PartSender sender(f.context, calls, deaf, f.cancel);
    const PartOutcome outcome = sender.send({.path = f.path,
                                             .name = "a",
                                             .identity = *identify_file(f.path),
                                             .upload_id = info.upload_id,
                                             .number = 1,
                                             .count = 3,
                                             .range = {0, 10}},
                                            {}, [](const SentPart&) { FAIL("it was not"); });
    CHECK(failed(outcome).error.message.find("success after 0 of 10 bytes") != std::string::npos);
}

TEST_CASE("a cancel ends the wait between tries") {
    Fixture f;
    f.put_answers(99, reply(503));
    f.clock.before_wait([&](Duration) { f.cancel.cancel(); });
    CHECK(failed(f.send()).error.kind == ErrorKind::cancelled);
    CHECK(f.platform.count("put") == 1);
}

TEST_CASE("a file cut short while it is read is changed, whatever the transport says") {
    Fixture f;
    f.platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
        if (call.kind == "sign")
            std::filesystem::resize_file(f.path, 12);
        return std::nullopt;
    };
    CHECK(failed(f.send(2)).error.kind == ErrorKind::changed);
}

TEST_CASE("a part keeps its place until what came of it is kept") {
    Fixture f;
    CHECK(sent(f.send()).report.number == 1);
    CHECK(f.in_use_when_stored == 1);
    CHECK(f.gate.in_use() == 0);
}

TEST_CASE("storage that slows down gets fewer parts at once") {
    Fixture f;
    f.put_answers(1, reply(503, "<Error><Code>SlowDown</Code></Error>"));
    (void)sent(f.send());
    CHECK(f.gate.limit() == 2);
}

} // namespace ferry::test
