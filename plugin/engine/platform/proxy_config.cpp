#include "platform/proxy_config.hpp"

#include "document/text.hpp"
#include "platform/ini_file.hpp"

#include <set>

namespace ferry {
namespace {

constexpr std::string_view proxies_section = "proxies";

std::string with_single_percents(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        out += text[i];
        if (text.substr(i, 2) == "%%")
            ++i;
    }
    return out;
}

bool holds_password(std::string_view address) {
    if (const std::size_t scheme = address.find("://"); scheme != std::string_view::npos)
        address.remove_prefix(scheme + 3);
    const std::size_t at = address.rfind('@');
    return at != std::string_view::npos && address.find(':') < at;
}

class ProxyConfigReader {
  public:
    explicit ProxyConfigReader(const std::string& path) : path_(path) {}

    // What is wrong with the line, or an empty text.
    std::string take(const IniLine& line) {
        switch (line.kind) {
        case IniLine::Kind::unclosed:
            return "the section's name has no closing bracket; write [" + std::string(proxies_section) + "]";
        case IniLine::Kind::section:
            return begin(line.name);
        case IniLine::Kind::bare:
        case IniLine::Kind::setting:
            break;
        }
        if (!in_section_)
            return "something before the first section, such as [" + std::string(proxies_section) + "]";
        return in_proxies_ ? setting(line) : std::string();
    }
    ProxyConfig take_config() { return std::move(config_); }

  private:
    std::string begin(const std::string& name) {
        in_section_ = true;
        in_proxies_ = name == proxies_section;
        if (in_proxies_ && proxies_seen_)
            return "the section [proxies] stands here for the second time";
        proxies_seen_ = proxies_seen_ || in_proxies_;
        return {};
    }

    std::string setting(const IniLine& line) {
        const bool https = line.name == "https_proxy";
        const bool known = https || line.name == "http_proxy";
        if ((line.kind == IniLine::Kind::bare && !known) || line.name.find_first_of(" \t") != std::string::npos)
            return "not a key = value, such as https_proxy = host:3128";
        if (!known)
            return {};
        if (!keys_.insert(line.name).second)
            return "this key stands in its section for the second time";
        config_.has_password = config_.has_password || holds_password(line.value);
        FoundSetting& found = https ? config_.https_proxy : config_.http_proxy;
        found.name = line.name + " (" + printable(path_) + ", line " + std::to_string(line.number) + ")";
        found.value = with_single_percents(line.value);
        return {};
    }

    const std::string& path_;
    ProxyConfig config_;
    std::set<std::string> keys_;
    bool in_section_ = false;
    bool in_proxies_ = false;
    bool proxies_seen_ = false;
};

} // namespace

Result<ProxyConfig> parse_proxy_config(std::string_view text, const std::string& path) {
    ProxyConfigReader reader(path);
    if (const Status read = read_ini(text, path, [&](const IniLine& line) { return reader.take(line); }); !read)
        return read.error();
    return reader.take_config();
}

} // namespace ferry
