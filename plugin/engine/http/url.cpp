#include "http/url.hpp"

#include <Poco/String.h>

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <optional>

namespace ferry {

namespace {

constexpr std::size_t max_url = 65'536;
constexpr std::size_t max_host = 253; // RFC 1035

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Error refused(std::string_view why) {
    return {ErrorKind::invalid, "not a usable URL: " + std::string(why)};
}

bool has_bad_byte(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; });
}

bool valid_name(std::string_view host) {
    return !host.empty() && host.size() <= max_host && std::ranges::all_of(host, [](char c) {
        return is_digit(c) || is_letter(c) || c == '-' || c == '.' || c == '_';
    });
}

bool valid_v6(const std::string& host) {
    in6_addr address{};
    return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value == 0 || value > 65'535)
        return std::nullopt;
    return static_cast<std::uint16_t>(value);
}

// Splits "host", "host:port", "[v6]" or "[v6]:port" into the URL; empty text if it is well formed, else why not.
std::string_view split_authority(std::string_view authority, Url& url) {
    if (authority.find('@') != std::string_view::npos)
        return "it holds a user name or password";
    std::string_view rest;
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos)
            return "the IPv6 address has no closing bracket";
        url.host = Poco::toLower(std::string(authority.substr(1, end - 1)));
        rest = authority.substr(end + 1);
        if (!valid_v6(url.host))
            return "what stands in brackets is not an IPv6 address";
    } else {
        const std::size_t colon = authority.find(':');
        url.host = Poco::toLower(std::string(authority.substr(0, colon)));
        rest = colon == std::string_view::npos ? std::string_view() : authority.substr(colon);
        if (!valid_name(url.host))
            return "the host name is empty, too long or has characters that a host name cannot have";
    }
    if (rest.empty())
        return {};
    const auto port = rest.starts_with(':') ? parse_port(rest.substr(1)) : std::nullopt;
    if (!port)
        return "the port is not a number from 1 to 65535";
    url.port = *port;
    return {};
}

bool is_v6(const Url& url) {
    return url.host.find(':') != std::string::npos;
}

std::string bracketed(const Url& url) {
    return is_v6(url) ? "[" + url.host + "]" : url.host;
}

std::uint16_t default_port(const Url& url) {
    return url.tls() ? 443 : 80;
}

} // namespace

Result<Url> Url::parse(std::string_view text) {
    if (text.size() > max_url)
        return refused("it is longer than 64 KiB");
    if (has_bad_byte(text))
        return refused("it holds white space or control bytes");
    if (text.find('#') != std::string_view::npos)
        return refused("it holds a fragment (#)");
    Url url;
    const std::size_t colon = text.find("://");
    if (colon != std::string_view::npos)
        url.scheme = Poco::toLower(std::string(text.substr(0, colon)));
    if (url.scheme != "http" && url.scheme != "https")
        return refused("it does not begin with https:// or http://");
    url.port = default_port(url);
    const std::string_view rest = text.substr(colon + 3);
    const std::size_t slash = std::min(rest.find_first_of("/?"), rest.size());
    const std::string_view why = split_authority(rest.substr(0, slash), url);
    if (!why.empty())
        return refused(why);
    url.target = rest.substr(slash);
    if (!url.target.starts_with('/'))
        url.target.insert(url.target.begin(), '/');
    return url;
}

bool Url::loopback() const {
    if (host == "localhost")
        return true;
    in_addr v4{};
    if (inet_pton(AF_INET, host.c_str(), &v4) == 1)
        return (ntohl(v4.s_addr) >> 24) == 127;
    in6_addr v6{};
    return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

std::string Url::host_header() const {
    return port == default_port(*this) ? bracketed(*this) : bracketed(*this) + ":" + std::to_string(port);
}

std::string Url::origin() const {
    return scheme + "://" + bracketed(*this) + ":" + std::to_string(port);
}

std::string percent_encode(std::string_view text) {
    static constexpr char hex[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += hex[byte >> 4];
        out += hex[byte & 15];
    }
    return out;
}

} // namespace ferry
