// The times that a server tells in its headers.
#pragma once

#include "base/clock.hpp"
#include "http/http_transport.hpp"

#include <optional>
#include <string_view>

namespace ferry {

// "Sun, 06 Nov 1994 08:49:37 GMT", the one form of HTTP dates that servers send (RFC 9110, 5.6.7).
std::optional<WallTime> parse_http_date(std::string_view text);

// The server's clock when it answered: its Date header, else `wall`, the machine's own.
WallTime server_time(const HttpResponse& response, WallTime wall);

// How long Retry-After asks to wait, given in seconds or as a date; never negative.
std::optional<Duration> retry_after(const HttpResponse& response, WallTime wall);

} // namespace ferry
