#include "platform/network_settings.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <string>
#include <sys/stat.h>

namespace ferry::test {

namespace {

constexpr const char* nothing[] = {nullptr};

struct ConfigHome {
    TempDir dir;

    std::string write(const std::string& content, mode_t mode = 0600) const {
        const auto file = dir.write(".sevenbridges/sevenbridges-python/config", content);
        REQUIRE(::chmod(file.c_str(), mode) == 0);
        return file.string();
    }
    NetworkSettings settings(const char* const* environment = nothing) const {
        return network_settings(environment, dir.path().string());
    }
    // The proxy for the URL, "none", or why it cannot be told.
    std::string route(const std::string& url, const char* const* environment = nothing) const {
        const auto proxy = ProxyRules(settings(environment).transport.proxies).proxy_for(*Url::parse(url));
        if (!proxy)
            return proxy.error().message;
        return *proxy ? (*proxy)->name() : "none";
    }
};

bool mentions(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("the config's proxies serve where the environment names none, each by itself") {
    const ConfigHome home;
    CHECK(home.route("https://h") == "none");
    home.write("[proxies]\nhttps_proxy = file:1\nhttp_proxy = file:2\n");
    CHECK(home.route("https://h") == "file:1");
    CHECK(home.route("http://h") == "file:2");
    CHECK(home.route("https://127.0.0.1") == "none");

    const char* const https_set[] = {"https_proxy=http://variable:3", "HTTP_PROXY=", nullptr};
    CHECK(home.route("https://h", https_set) == "variable:3");
    CHECK(home.route("http://h", https_set) == "file:2");

    const char* const exempt[] = {"NO_PROXY=h", nullptr};
    CHECK(home.route("https://h", exempt) == "none");
    CHECK(home.route("https://other", exempt) == "file:1");
}

TEST_CASE("a bad address in the config is told by key, file and line, and not by its value") {
    const ConfigHome home;
    const std::string path = home.write("[proxies]\nhttps_proxy = socks5://me:hush@h:1\n");
    CHECK(home.route("https://h").starts_with("https_proxy (" + path + ", line 2) is not a usable proxy address"));
    CHECK(!mentions(home.route("https://h"), "hush"));
    CHECK(home.route("http://h") == "none");
}

TEST_CASE("a config that makes no sense fails only what it would have decided") {
    const ConfigHome home;
    const std::string path = home.write("[proxies]\nhush\n");
    const std::string why = home.route("https://h");
    CHECK(mentions(why, path + ", line 2: "));
    CHECK(mentions(why, "NO_PROXY=*"));
    CHECK(!mentions(why, "hush"));
    CHECK(home.route("https://localhost") == "none");
    const char* const https_set[] = {"HTTPS_PROXY=variable:3", nullptr};
    CHECK(home.route("https://h", https_set) == "variable:3");
    CHECK(mentions(home.route("http://h", https_set), path));
    const char* const all_exempt[] = {"NO_PROXY=*", nullptr};
    CHECK(home.route("https://h", all_exempt) == "none");
    const char* const both_set[] = {"HTTPS_PROXY=variable:3", "HTTP_PROXY=variable:4", nullptr};
    CHECK(home.route("http://h", both_set) == "variable:4");
}

TEST_CASE("a config that cannot be read fails what it would have decided, too") {
    const ConfigHome home;
    home.dir.write(".sevenbridges/sevenbridges-python/config/below", "");
    CHECK(mentions(home.route("https://h"), "not a regular file"));
    CHECK(ProxyRules(network_settings(nothing, "").transport.proxies).proxy_for(*Url::parse("https://h")).ok());
    const ConfigHome folder_is_file;
    folder_is_file.dir.write(".sevenbridges", "");
    CHECK(folder_is_file.route("https://h") == "none");
}

TEST_CASE("a config with a proxy's password that others can read is warned about") {
    const ConfigHome home;
    const std::string path = home.write("[proxies]\nhttps_proxy = me:hush@h:1\n", 0644);
    const auto warnings = home.settings().warnings;
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.at(0) == path + " can be read by others and holds a proxy's password: chmod 600 it");
    home.write("[proxies]\nhttps_proxy = me:hush@h:1\n", 0600);
    CHECK(home.settings().warnings.empty());
    home.write("[proxies]\nhttps_proxy = h:1\n", 0644);
    CHECK(home.settings().warnings.empty());
}

} // namespace ferry::test
