// Which proxy a URL goes through, by HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
#pragma once

#include "base/secret.hpp"
#include "base/status.hpp"
#include "http/url.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

// A variable as it was found; both empty if it was not.
struct EnvironmentValue {
    std::string name; // in the spelling found, for messages
    std::string value;
};

struct ProxySettings {
    EnvironmentValue https_proxy;
    EnvironmentValue http_proxy;
    EnvironmentValue no_proxy;
};

struct Proxy {
    std::string host; // an IPv6 address without its brackets
    std::uint16_t port = 0;
    std::string variable;     // that named it, for messages
    Secret authorization;     // value of Proxy-Authorization; empty without user name
    std::string name() const; // host:port
};

// Thread-safe.
class ProxyRules {
  public:
    ProxyRules() = default;
    explicit ProxyRules(ProxySettings settings);

    // The proxy for this URL, nullopt if it is reached directly. Loopback hosts never have one. A proxy URL that makes
    // no sense is an error only where it would be used; the message names the variable and never its value, which may
    // hold a password.
    Result<std::optional<Proxy>> proxy_for(const Url& url) const;

  private:
    bool exempt(const Url& url) const;

    ProxySettings settings_;
    std::vector<std::string> exceptions_; // entries of NO_PROXY, lower-case
};

} // namespace ferry
