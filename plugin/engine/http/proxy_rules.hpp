// Which proxy a URL goes through, by HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or what stands in for them.
#pragma once

#include "base/secret.hpp"
#include "base/status.hpp"
#include "http/found_setting.hpp"
#include "http/url.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

struct ProxySettings {
    FoundSetting https_proxy;
    FoundSetting http_proxy;
    FoundSetting no_proxy;
    std::optional<Error> problem{}; // why it is not known whether there is a proxy, where none is named above
};

struct Proxy {
    std::string host; // an IPv6 address without its brackets
    std::uint16_t port = 0;
    std::string source;       // what named it, for messages
    Secret authorization;     // value of Proxy-Authorization; empty without user name
    std::string name() const; // host:port
};

// What to do about the proxy's answer 407; with the punctuation that leads on to it. `takes_basic`: it asks for the one
// kind of log-in that is spoken here.
std::string log_in_advice(const Proxy& proxy, bool takes_basic);

// Thread-safe.
class ProxyRules {
  public:
    ProxyRules() = default;
    explicit ProxyRules(ProxySettings settings);

    // The proxy for this URL, nullopt if it is reached directly. Loopback hosts never have one. A proxy URL that makes
    // no sense is an error only where it would be used; the message names the setting and never its value, which may
    // hold a password.
    Result<std::optional<Proxy>> proxy_for(const Url& url) const;

  private:
    bool exempt(const Url& url) const;

    ProxySettings settings_;
    std::vector<std::string> exceptions_; // entries of NO_PROXY, lower-case
};

} // namespace ferry
