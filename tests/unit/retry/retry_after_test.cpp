#include "retry/retry_after.hpp"
#include "scripted_transport.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace ferry::test {
namespace {

using std::chrono::seconds;

const WallTime wall{seconds(1'000'000'000)};

HttpResponse with_headers(std::initializer_list<HttpHeader> headers) {
    return std::get<HttpResponse>(answer(503, {}, headers));
}

} // namespace

TEST_CASE("HTTP dates") {
    CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == WallTime(seconds(784'111'777)));
    CHECK(parse_http_date(" Thu, 01 Jan 1970 00:00:00 GMT ") == WallTime(seconds(0)));
    CHECK(parse_http_date("Thu, 29 Feb 2024 23:59:60 GMT").has_value());
    for (const std::string text :
         {"", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Xxx 1994 08:49:37 GMT",
          "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1969 08:49:37 GMT", "Sun; 06 Nov 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 08:49:3x GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_http_date(text));
    }
}

TEST_CASE("Retry-After in seconds") {
    CHECK_FALSE(retry_after(with_headers({}), wall));
    CHECK(retry_after(with_headers({{"retry-after", "120"}}), wall) == seconds(120));
    CHECK(retry_after(with_headers({{"Retry-After", " 0 "}}), wall) == seconds(0));
    for (const std::string text : {"", "-1", "1.5", "12 s", "soon", "0x10", "99999999999999999999"}) {
        CAPTURE(text);
        CHECK_FALSE(retry_after(with_headers({{"Retry-After", text}}), wall));
    }
    const auto absurd = retry_after(with_headers({{"Retry-After", "9000000000000000000"}}), wall);
    REQUIRE(absurd);
    CHECK(*absurd > seconds(0));
    CHECK(Instant{} + *absurd > Instant{});
}

TEST_CASE("Retry-After as a date counts from the server's clock, not from ours") {
    const HttpHeader date{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"};
    CHECK(retry_after(with_headers({date, {"Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT"}}), wall) == seconds(30));
    CHECK(retry_after(with_headers({date, {"Retry-After", "Sun, 06 Nov 1994 08:00:00 GMT"}}), wall) == seconds(0));
    // 1'000'000'000 is Sun, 09 Sep 2001 01:46:40 GMT
    CHECK(retry_after(with_headers({{"Retry-After", "Sun, 09 Sep 2001 01:46:45 GMT"}}), wall) == seconds(5));
    CHECK(server_time(with_headers({date}), wall) == WallTime(seconds(784'111'777)));
    CHECK(server_time(with_headers({{"Date", "yesterday"}}), wall) == wall);
}

} // namespace ferry::test
