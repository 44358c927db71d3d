#include "platform/network_settings.hpp"

#include "document/text.hpp"
#include "platform/credentials_file.hpp"
#include "platform/proxy_config.hpp"

namespace ferry {
namespace {

constexpr std::size_t config_limit = 1u << 20;

Error undecided(const std::string& why) {
    return {ErrorKind::invalid, "it cannot be told which proxy is meant: " + why +
                                    "; correct it, or set HTTPS_PROXY, or NO_PROXY=* for none"};
}

void add_proxy_config(const std::string& path, NetworkSettings& settings) {
    ProxySettings& proxies = settings.transport.proxies;
    const auto file = read_small_file(path, config_limit);
    if (!file.ok()) {
        if (file.error().kind != ErrorKind::not_found)
            proxies.problem = undecided(file.error().message);
        return;
    }
    auto config = parse_proxy_config(file->text, path);
    if (!config.ok()) {
        proxies.problem = undecided(config.error().message);
        return;
    }
    if (file->open_to_others && config->has_password)
        settings.warnings.push_back(printable(path) +
                                    " can be read by others and holds a proxy's password: chmod 600 it");
    if (proxies.https_proxy.value.empty())
        proxies.https_proxy = std::move(config->https_proxy);
    if (proxies.http_proxy.value.empty())
        proxies.http_proxy = std::move(config->http_proxy);
}

} // namespace

NetworkSettings network_settings(const char* const* environment, const std::string& home) {
    NetworkSettings settings{transport_settings_from_environment(environment), {}};
    const ProxySettings& proxies = settings.transport.proxies;
    if (!home.empty() && (proxies.https_proxy.value.empty() || proxies.http_proxy.value.empty()))
        add_proxy_config(home + "/.sevenbridges/sevenbridges-python/config", settings);
    return settings;
}

} // namespace ferry
