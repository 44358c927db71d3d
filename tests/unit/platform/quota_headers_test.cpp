#include "platform/quota_headers.hpp"
#include "scripted_transport.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace ferry::test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr WallTime wall{Duration{1'767'225'600'000}}; // 2026-01-01T00:00:00Z

struct Told {
    const char* limit; // nullptr: no such header
    const char* remaining;
    const char* reset;
};

std::optional<QuotaReading> read(const Told& told, const char* date = "Thu, 01 Jan 2026 00:00:00 GMT") {
    HttpResponse response;
    if (told.limit)
        response.headers.add("x-ratelimit-limit", told.limit);
    if (told.remaining)
        response.headers.add("X-RateLimit-Remaining", told.remaining);
    if (told.reset)
        response.headers.add("X-RATELIMIT-RESET", told.reset);
    if (date)
        response.headers.add("Date", date);
    return read_quota(response, wall, hours(1));
}

} // namespace

TEST_CASE("quota headers: the three numbers and the server's time") {
    for (const char* reset : {"1767225900", "1767225900000"}) {
        const auto reading = read({"1000", "998", reset}, "Thu, 01 Jan 2026 00:02:00 GMT");
        REQUIRE(reading);
        CHECK(reading->limit == 1000);
        CHECK(reading->remaining == 998);
        CHECK(reading->reset == wall + seconds(300));
        CHECK(reading->sent == wall + seconds(120));
    }
    CHECK(read({"1000", "998", "1767225900"}, nullptr)->sent == wall);
    CHECK(read({"1000", "998", "1767225900"}, "yesterday")->sent == wall);
    CHECK(read({nullptr, "998", "1767225900"})->limit == 0);
    CHECK(read({"1000", "0", "1767225900"})->remaining == 0);
    CHECK(read({"4611686018427387904", "4611686018427387904", "1767225900"})->remaining == 1ULL << 62);
}

TEST_CASE("quota headers: a window that ends about now may still be on") {
    CHECK(read({"1000", "5", "1767225600"}));
    CHECK(read({"1000", "5", "1767225595"}));
    CHECK_FALSE(read({"1000", "5", "1767225594"}));
    CHECK(read({"1000", "5", "1767229202"})); // an hour, with both times rounded
    CHECK_FALSE(read({"1000", "5", "1767229203"}));
}

TEST_CASE("quota headers: what cannot be a quota is as good as absent") {
    const std::vector<Told> rows{
        {nullptr, nullptr, nullptr},
        {"1000", nullptr, "1767225900"},
        {"1000", "998", nullptr},
        {"0", "0", "1767225900"},
        {"0", "998", "1767225900"},
        {"-1", "998", "1767225900"},
        {"", "998", "1767225900"},
        {"many", "998", "1767225900"},
        {"1000, 1000;w=300", "998", "1767225900"},
        {"1e3", "998", "1767225900"},
        {"1000", "-1", "1767225900"},
        {"1000", "", "1767225900"},
        {"1000", " ", "1767225900"},
        {"1000", "0x10", "1767225900"},
        {"1000", "998.5", "1767225900"},
        {"1000", "+998", "1767225900"},
        {"1000", "9223372036854775807", "1767225900"}, // how the platform writes "no limit"
        {"1000", "4611686018427387905", "1767225900"},
        {"9223372036854775807", "998", "1767225900"},
        {"1000", "99999999999999999999999", "1767225900"},
        {"1000", "998", ""},
        {"1000", "998", "soon"},
        {"1000", "998", "-1767225900"},
        {"1000", "998", "0"},
        {"1000", "998", "300"}, // seconds to go are not what the contract says
        {"1000", "998", "1767225900.5"},
        {"1000", "998", "1798761600"}, // a year ahead
        {"1000", "998", "99999999999"},
        {"1000", "998", "253402300800000"},
        {"1000", "998", "9223372036854775807"},
        {"1000", "998", "99999999999999999999999"},
    };
    for (const Told& row : rows) {
        CAPTURE(std::string(row.limit ? row.limit : "-"));
        CAPTURE(std::string(row.remaining ? row.remaining : "-"));
        CAPTURE(std::string(row.reset ? row.reset : "-"));
        CHECK_FALSE(read(row));
    }
}

} // namespace ferry::test
