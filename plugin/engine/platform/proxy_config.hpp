// The proxies of sevenbridges-python: section [proxies] of ~/.sevenbridges/sevenbridges-python/config (contract 6).
#pragma once

#include "base/status.hpp"
#include "http/found_setting.hpp"

#include <string>
#include <string_view>

namespace ferry {

struct ProxyConfig {
    FoundSetting https_proxy; // named by key, file and line
    FoundSetting http_proxy;
    bool has_password = false; // in one of the two
};

// Other sections and unknown keys are none of ours. What could be a mistyped section or proxy is an error, that names
// `path` and the line and quotes nothing: it must not be decided silently that there is no proxy. "%%" is a "%", as in
// every file of Python's configparser.
Result<ProxyConfig> parse_proxy_config(std::string_view text, const std::string& path);

} // namespace ferry
