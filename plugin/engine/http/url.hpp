// A URL split by hand, never decoded or re-encoded: a signed URL's target must go out byte for byte.
#pragma once

#include "base/status.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ferry {

struct Url {
    std::string scheme; // "http" or "https"
    std::string host;   // lower-case; an IPv6 address without its brackets
    std::uint16_t port = 0;
    std::string target; // path and query as given; at least "/"

    // Splits an absolute http(s) URL. Refuses user info, control bytes, white space, fragments and other schemes.
    // The message never quotes the path or query.
    static Result<Url> parse(std::string_view text);

    bool tls() const { return scheme == "https"; }
    // True for localhost, 127.0.0.0/8 and ::1, judged by the text of the host alone.
    bool loopback() const;
    std::string host_header() const; // host, with brackets for IPv6, and with the port unless it is the default
    std::string origin() const;      // scheme://host:port; safe to print
};

// Percent-encodes all but unreserved characters (RFC 3986): for one path segment or one query value.
std::string percent_encode(std::string_view text);

} // namespace ferry
