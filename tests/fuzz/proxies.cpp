// Another tool's config file with proxies, and what may stand in the proxy variables.
#include "fuzz.hpp"

#include "http/proxy_rules.hpp"
#include "platform/proxy_config.hpp"

using namespace ferry;

namespace {

const Url& site() {
    static const Url url = *Url::parse("https://api.example:8443/v2");
    return url;
}

void check_route(const ProxySettings& settings) {
    const auto found = ProxyRules(settings).proxy_for(site());
    if (!found) {
        fuzz::require_plain(found.error().message, "an error's message is plain");
        fuzz::require(found.error().message.starts_with(settings.https_proxy.name + " is not a usable proxy address: "),
                      "an error begins with where the address stands");
        return;
    }
    if (!*found)
        return;
    const Proxy& proxy = **found;
    fuzz::require(!proxy.host.empty() && proxy.port != 0, "a proxy has a place");
    fuzz::require_plain(proxy.name(), "a proxy's name is plain");
    fuzz::require(proxy.authorization.empty() || proxy.authorization.reveal().starts_with("Basic "),
                  "a kind of log-in");
    fuzz::require(proxy.authorization.empty() || fuzz::is_word(proxy.authorization.reveal().substr(6)),
                  "a log-in fits a header");
}

void check_config(std::string_view text) {
    const std::string path = "/home/me/config";
    const auto config = parse_proxy_config(text, path);
    if (!config) {
        fuzz::require_plain(config.error().message, "an error's message is plain");
        fuzz::require(config.error().message.starts_with(path + ", line "), "an error names the file and the line");
        return;
    }
    for (const FoundSetting* setting : {&config->https_proxy, &config->http_proxy}) {
        fuzz::require_plain(setting->name, "a setting's name is plain");
        fuzz::require(setting->value.find('\n') == std::string::npos, "a value is one line's");
    }
    check_route({config->https_proxy, {}, {}});
}

// The first line as the proxy, the rest as the exceptions from it.
void check_variables(std::string_view text) {
    const std::string address(text.substr(0, text.find('\n')));
    const std::string exceptions(text.substr(std::min(address.size() + 1, text.size())));
    check_route({{"HTTPS_PROXY", address}, {}, {"NO_PROXY", exceptions}});
    ProxyRules rules({{"HTTPS_PROXY", "http://p:1"}, {}, {"NO_PROXY", exceptions}});
    fuzz::require(!*rules.proxy_for(*Url::parse("https://127.0.0.1")), "loopback has no proxy");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check_config(fuzz::view(data, size));
    check_variables(fuzz::view(data, size));
    return 0;
}
