#include "http/poco_transport.hpp"

#include <Poco/String.h>

#include <string_view>

namespace ferry {

namespace {

// `name` in lower case; the first other spelling counts only if that one is absent or empty.
FoundSetting find_any_case(const char* const* environment, std::string_view name) {
    FoundSetting found;
    for (; environment && *environment; ++environment) {
        const std::string_view entry = *environment;
        const std::size_t equals = entry.find('=');
        if (equals == std::string_view::npos || equals + 1 == entry.size() ||
            Poco::icompare(std::string(entry.substr(0, equals)), std::string(name)) != 0)
            continue;
        const std::string_view spelling = entry.substr(0, equals);
        if (found.name.empty() || spelling == name)
            found = {std::string(spelling), std::string(entry.substr(equals + 1))};
        if (spelling == name)
            break;
    }
    return found;
}

std::string find_exact(const char* const* environment, std::string_view name) {
    for (; environment && *environment; ++environment) {
        const std::string_view entry = *environment;
        if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
            return std::string(entry.substr(name.size() + 1));
    }
    return {};
}

} // namespace

TransportSettings transport_settings_from_environment(const char* const* environment) {
    TransportSettings settings;
    settings.proxies.https_proxy = find_any_case(environment, "https_proxy");
    settings.proxies.http_proxy = find_any_case(environment, "http_proxy");
    settings.proxies.no_proxy = find_any_case(environment, "no_proxy");
    settings.certificates.file = find_exact(environment, "SSL_CERT_FILE");
    settings.certificates.directory = find_exact(environment, "SSL_CERT_DIR");
    for (const char* name : {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"})
        if (std::string value = find_exact(environment, name); !value.empty()) {
            settings.certificates.bundle = {name, std::move(value)};
            break;
        }
    return settings;
}

Status check_proxy(const TransportSettings& settings, const Url& url) {
    return ProxyRules(settings.proxies).proxy_for(url).status();
}

} // namespace ferry
