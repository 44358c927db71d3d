#include "http/proxy_rules.hpp"

#include <Poco/Base64Encoder.h>
#include <Poco/String.h>
#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <sstream>

namespace ferry {

namespace {

std::vector<std::string> split_entries(std::string_view text) {
    std::vector<std::string> entries;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(", \t\n"), text.size());
        if (end > 0)
            entries.push_back(Poco::toLower(std::string(text.substr(0, end))));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return entries;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    const int letter = (c | 0x20) - 'a';
    return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0)
            return std::nullopt;
        out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
        i += 2;
    }
    return out;
}

std::string base64(const std::string& text) {
    std::ostringstream out;
    Poco::Base64Encoder encoder(out);
    encoder.rdbuf()->setLineLength(0); // a header value has no line breaks
    encoder << text;
    encoder.close();
    return out.str();
}

// "user:password" as the value of Proxy-Authorization (RFC 7617); nullopt if its escapes are broken.
std::optional<Secret> basic(std::string_view user_info) {
    const std::size_t colon = std::min(user_info.find(':'), user_info.size());
    const auto user = percent_decode(user_info.substr(0, colon));
    const auto password = percent_decode(user_info.substr(std::min(colon + 1, user_info.size())));
    if (!user || !password)
        return std::nullopt;
    return Secret("Basic " + base64(*user + ":" + *password));
}

Error bad_proxy(const std::string& name, std::string_view why) {
    return {ErrorKind::invalid,
            name + " is not a usable proxy address: " + std::string(why) + "; it should look like http://host:3128"};
}

// Empty if the scheme can be served, else why not.
std::string_view scheme_problem(const std::string& scheme) {
    if (scheme == "http")
        return {};
    if (scheme == "https")
        return "TLS to the proxy itself (https://) is not supported, and what goes through it to https: is encrypted "
               "without that";
    return scheme.starts_with("socks") ? "SOCKS proxies are not supported" : "only http:// proxies are supported";
}

Result<Proxy> parse_proxy(const FoundSetting& setting) {
    std::string_view rest = setting.value;
    if (const std::size_t end = rest.find("://"); end != std::string_view::npos) {
        if (const auto why = scheme_problem(Poco::toLower(std::string(rest.substr(0, end)))); !why.empty())
            return bad_proxy(setting.name, why);
        rest.remove_prefix(end + 3);
    }
    Proxy proxy;
    proxy.source = setting.name;
    if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
        const auto authorization = basic(rest.substr(0, at));
        if (!authorization)
            return bad_proxy(setting.name, "its user name or password has a % without two hex digits");
        proxy.authorization = *authorization;
        rest.remove_prefix(at + 1);
    }
    // The rest has the shape of a URL, whose messages quote nothing of it.
    const auto url = Url::parse("http://" + std::string(rest.substr(0, rest.find('/'))) + "/");
    if (!url)
        return bad_proxy(setting.name, "its host or port makes no sense");
    proxy.host = url->host;
    proxy.port = url->port;
    return proxy;
}

// An address as bytes; `bits` is 0 if the text is none. An IPv4 address in IPv6's clothes (::ffff:10.0.0.1) is the
// IPv4 address: that is where it leads.
struct RawAddress {
    std::array<unsigned char, 16> bytes{};
    unsigned bits = 0;
};

RawAddress raw_address(const std::string& text) {
    RawAddress address;
    if (inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1)
        address.bits = 32;
    else if (inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1)
        address.bits = 128;
    constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (address.bits == 128 && std::equal(mapped.begin(), mapped.end(), address.bytes.begin())) {
        std::copy(address.bytes.begin() + mapped.size(), address.bytes.end(), address.bytes.begin());
        address.bits = 32;
    }
    return address;
}

bool is_loopback(const RawAddress& address) {
    return address.bits == 32 && address.bytes[0] == 127;
}

// "example.org." is "example.org", fully qualified.
std::string_view without_final_dot(std::string_view host) {
    return host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
}

bool same_prefix(const RawAddress& a, const RawAddress& b, unsigned bits) {
    const unsigned whole = bits / 8;
    if (a.bits == 0 || a.bits != b.bits || !std::equal(a.bytes.begin(), a.bytes.begin() + whole, b.bytes.begin()))
        return false;
    return bits % 8 == 0 || (a.bytes[whole] ^ b.bytes[whole]) >> (8 - bits % 8) == 0;
}

bool in_network(const RawAddress& address, const std::string& network) {
    const std::size_t slash = network.find('/');
    if (slash == std::string::npos)
        return false;
    unsigned length = 0;
    const char* const last = network.data() + network.size();
    const auto [end, error] = std::from_chars(network.data() + slash + 1, last, length);
    std::string_view base = std::string_view(network).substr(0, slash);
    if (base.starts_with('[') && base.ends_with(']'))
        base = base.substr(1, base.size() - 2);
    return error == std::errc() && end == last && length <= address.bits &&
           same_prefix(address, raw_address(std::string(base)), length);
}

bool in_domain(std::string_view host, std::string_view domain) {
    host = without_final_dot(host);
    domain = without_final_dot(domain);
    if (domain.starts_with("*."))
        domain.remove_prefix(1);
    if (domain.starts_with('.'))
        domain.remove_prefix(1);
    if (domain.empty() || !host.ends_with(domain))
        return false;
    return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

// An entry's host and, if it has one, its port: "h", "h:80", "[::1]", "[::1]:80", "::1".
struct Exception {
    std::string host;
    std::string port;
};

Exception split_exception(const std::string& entry) {
    if (entry.starts_with('[')) {
        const std::size_t end = std::min(entry.find(']'), entry.size());
        const bool port = end + 1 < entry.size() && entry[end + 1] == ':';
        return {entry.substr(1, end - 1), port ? entry.substr(end + 2) : ""};
    }
    const std::size_t colon = entry.find(':');
    if (colon == std::string::npos || entry.find(':', colon + 1) != std::string::npos)
        return {entry, ""};
    return {entry.substr(0, colon), entry.substr(colon + 1)};
}

bool matches(const Url& url, const std::string& entry) {
    const RawAddress address = raw_address(url.host);
    if (entry == "*" || in_network(address, entry))
        return true;
    const auto [host, port] = split_exception(entry);
    if (!port.empty() && port != std::to_string(url.port))
        return false;
    // An address has no domain: 10.0.0.1 does not lie below 0.0.1.
    return address.bits != 0 ? same_prefix(address, raw_address(host), address.bits) : in_domain(url.host, host);
}

} // namespace

std::string Proxy::name() const {
    return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

std::string log_in_advice(const Proxy& proxy, bool takes_basic) {
    if (!takes_basic)
        return "; it takes no user name and password as such (Basic), which is all that is supported: ask who runs it "
               "for a proxy that does";
    if (proxy.authorization.empty())
        return "; it wants a user name and password, give them in " + proxy.source +
               " as http://user:password@host:port";
    return "; it refuses the user name and password in " + proxy.source +
           ": correct them there, with special characters as % and two hex digits";
}

ProxyRules::ProxyRules(ProxySettings settings)
    : settings_(std::move(settings))
    , exceptions_(split_entries(settings_.no_proxy.value)) {}

bool ProxyRules::exempt(const Url& url) const {
    return url.loopback() || without_final_dot(url.host) == "localhost" || is_loopback(raw_address(url.host)) ||
           std::ranges::any_of(exceptions_, [&](const std::string& entry) { return matches(url, entry); });
}

Result<std::optional<Proxy>> ProxyRules::proxy_for(const Url& url) const {
    const FoundSetting& setting = url.tls() ? settings_.https_proxy : settings_.http_proxy;
    if ((setting.value.empty() && !settings_.problem) || exempt(url))
        return std::optional<Proxy>();
    if (setting.value.empty())
        return *settings_.problem;
    auto proxy = parse_proxy(setting);
    if (!proxy)
        return proxy.error();
    return std::optional<Proxy>(std::move(*proxy));
}

} // namespace ferry
