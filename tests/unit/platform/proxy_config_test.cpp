#include "platform/proxy_config.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test {

namespace {

ProxyConfig config(const std::string& text) {
    auto parsed = parse_proxy_config(text, "/home/me/config");
    REQUIRE(parsed.ok());
    return std::move(parsed).value();
}

} // namespace

TEST_CASE("the proxies of sevenbridges-python's config, each named by its key, file and line") {
    const ProxyConfig found = config("\xef\xbb\xbf# mine\r\n[mode]\r\nadvance_access = True\r\n\r\n[proxies]\r\n"
                                     "http_proxy=plain:1\r\n  HTTPS_Proxy : http://secure:2/ \r\n");
    CHECK(found.http_proxy.value == "plain:1");
    CHECK(found.http_proxy.name == "http_proxy (/home/me/config, line 6)");
    CHECK(found.https_proxy.value == "http://secure:2/");
    CHECK(found.https_proxy.name == "https_proxy (/home/me/config, line 7)");
    CHECK(!found.has_password);
}

TEST_CASE("configs that name no proxy") {
    for (const char* text : {"", "# nothing", "[proxies]", "[mode]\nadvance_access\nhttp_proxy = x:1\n", "[PROXIES]\n",
                             "[proxies]\nhttps_proxy\nhttp_proxy =\nno_proxy = x\n[mode]\nhttps_proxy = y:1\n"}) {
        CAPTURE(text);
        const ProxyConfig found = config(text);
        CHECK(found.https_proxy.value.empty());
        CHECK(found.http_proxy.value.empty());
    }
}

TEST_CASE("a doubled percent sign is one, as Python's configparser has it") {
    CHECK(config("[proxies]\nhttps_proxy=me:p%%40ss@h:1").https_proxy.value == "me:p%40ss@h:1");
    CHECK(config("[proxies]\nhttps_proxy=me:p%40ss@h:1").https_proxy.value == "me:p%40ss@h:1");
    CHECK(config("[proxies]\nhttps_proxy=me:100%%@h:1").https_proxy.value == "me:100%@h:1");
}

TEST_CASE("a proxy's password is noticed") {
    for (const char* address : {"me:hush@h:1", "http://me:hush@h", "http://me:@h", "me:a@b@h:1"})
        CHECK(config("[proxies]\nhttp_proxy = " + std::string(address)).has_password);
    for (const char* address : {"me@h:1", "http://me@h:1", "http://h:1", "h:1", ""})
        CHECK(!config("[proxies]\nhttps_proxy = " + std::string(address)).has_password);
}

TEST_CASE("what could be a mistyped proxy is named by its line and never quoted") {
    struct Row {
        const char* text;
        const char* place;
    };
    const std::vector<Row> rows{
        {"https_proxy = hush:1", "line 1"},
        {"hush", "line 1"},
        {"[mode]\n[proxies\nhttps_proxy = hush:1", "line 2"},
        {"[proxies]\nhush\n", "line 2"},
        {"[proxies]\nhttps_proxy hush:1\n", "line 2"}, // to Python, a key "https_proxy hush"
        {"[proxies]\nhttps_proxy = a:1\nhttps_proxy = hush:1\n", "line 3"},
        {"[proxies]\n[mode]\n[proxies]\n", "line 3"},
        {"\n\xff\xfe hush\n", "line 2"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto parsed = parse_proxy_config(row.text, "/home/me/config");
        REQUIRE_FALSE(parsed.ok());
        CHECK(parsed.error().kind == ErrorKind::invalid);
        CHECK(parsed.error().message.starts_with("/home/me/config, " + std::string(row.place) + ": "));
        CHECK(parsed.error().message.find("hush") == std::string::npos);
    }
}

} // namespace ferry::test
