#include "http/proxy_rules.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

namespace {

Url url(const std::string& text) {
    auto parsed = Url::parse(text);
    REQUIRE(parsed.ok());
    return *parsed;
}

std::optional<Proxy> proxy_for(const ProxyRules& rules, const std::string& text) {
    const auto found = rules.proxy_for(url(text));
    REQUIRE(found.ok());
    return *found;
}

ProxySettings both(const std::string& no_proxy = "") {
    return {{"HTTPS_PROXY", "http://secure:1"}, {"HTTP_PROXY", "plain:2"}, {"NO_PROXY", no_proxy}};
}

// True if the list keeps the URL away from the proxy.
bool exempt(const std::string& no_proxy, const std::string& text) {
    return !proxy_for(ProxyRules(both(no_proxy)), text);
}

std::string authorization(const std::string& proxy_url) {
    const ProxyRules rules({{"HTTPS_PROXY", proxy_url}, {}, {}});
    const auto proxy = proxy_for(rules, "https://h");
    REQUIRE(proxy);
    return std::string(proxy->authorization.reveal());
}

} // namespace

TEST_CASE("https and http have proxies of their own, and none without a variable") {
    const ProxyRules rules(both());
    CHECK(proxy_for(rules, "https://h")->name() == "secure:1");
    CHECK(proxy_for(rules, "http://h")->name() == "plain:2");
    CHECK(proxy_for(rules, "https://h")->source == "HTTPS_PROXY");
    CHECK(proxy_for(rules, "https://h")->authorization.empty());
    CHECK(!proxy_for(ProxyRules(), "https://h"));
    CHECK(!proxy_for(ProxyRules({{}, {"http_proxy", "http://p"}, {}}), "https://h"));
}

TEST_CASE("loopback hosts never have a proxy") {
    for (const char* host : {"https://localhost", "http://127.3.2.1:8080", "https://[::1]:1", "https://LOCALHOST.",
                             "https://[::ffff:127.0.0.1]"})
        CHECK(!proxy_for(ProxyRules(both()), host));
}

TEST_CASE("the forms of a proxy's address") {
    const auto name = [](const std::string& text) {
        return proxy_for(ProxyRules({{"HTTPS_PROXY", text}, {}, {}}), "https://h")->name();
    };
    CHECK(name("proxy.example") == "proxy.example:80");
    CHECK(name("proxy.example:3128") == "proxy.example:3128");
    CHECK(name("HTTP://Proxy.example:3128/") == "proxy.example:3128");
    CHECK(name("http://u:p@proxy.example:3128/x") == "proxy.example:3128");
    CHECK(name("http://[2001:db8::1]:3128") == "[2001:db8::1]:3128");
}

TEST_CASE("user and password become a Basic authorization, their escapes undone") {
    CHECK(authorization("http://Aladdin:open%20sesame@p") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    CHECK(authorization("http://user@p") == "Basic dXNlcjo=");
    CHECK(authorization("u:a@b:c@p:1") == "Basic dTphQGI6Yw=="); // the last @ divides
    // Longer than a line of base64 usually is: a header value has no line breaks.
    CHECK(authorization("http://u:" + std::string(100, 'x') + "@p").find_first_of("\r\n") == std::string::npos);
}

TEST_CASE("a bad address fails only what would need it, by the variable's name and not by its value") {
    for (const char* bad : {"socks5://hidden:hidden@p:1", "https://hidden@p", "http://", "http://u:hidden@",
                            "http://p:0", "http://p:hidden", "http://hidden host:1", "http://u:hidden%zz@p",
                            "http://u:hidden%4@p", "http://hidden\r\nX: y"}) {
        CAPTURE(bad);
        const ProxyRules rules({{"HtTpS_proxy", bad}, {}, {}});
        const auto found = rules.proxy_for(url("https://h"));
        REQUIRE(!found.ok());
        CHECK(found.error().kind == ErrorKind::invalid);
        CHECK(found.error().message.find("HtTpS_proxy") == 0);
        CHECK(found.error().message.find("hidden") == std::string::npos);
        CHECK(!proxy_for(rules, "https://localhost"));
        CHECK(!proxy_for(rules, "http://h"));
    }
}

TEST_CASE("NO_PROXY: everything, domains, hosts with ports") {
    CHECK(exempt("*", "https://any.example"));
    CHECK(exempt("other, example.org", "https://example.org"));
    CHECK(exempt("other example.org", "https://a.b.Example.org"));
    CHECK(exempt(".example.org", "https://a.example.org"));
    CHECK(exempt(".example.org", "https://example.org"));
    CHECK(exempt("*.example.org", "https://a.example.org"));
    CHECK(exempt("EXAMPLE.org", "https://example.org"));
    CHECK(!exempt("example.org", "https://badexample.org"));
    CHECK(!exempt("example.org", "https://example.org.evil"));
    CHECK(!exempt("ample.org", "https://example.org"));
    CHECK(!exempt(".", "https://example.org"));
    CHECK(!exempt("", "https://example.org"));
    CHECK(!exempt(" ,, ", "https://example.org"));
    CHECK(exempt("example.org:8443", "https://example.org:8443"));
    CHECK(exempt("example.org:443", "https://a.example.org"));
    CHECK(!exempt("example.org:8443", "https://example.org"));
    CHECK(exempt(".example.org:8443", "https://a.example.org:8443"));
    CHECK(exempt("other,*,more", "https://any.example"));
    CHECK(exempt("other\t,\n example.org ", "https://example.org"));
    CHECK(exempt("example.org", "https://a.example.org."));
    CHECK(exempt("example.org.", "https://example.org"));
    CHECK(!exempt("..", "https://example.org"));
    CHECK(!exempt("*.", "https://example.org"));
    CHECK(!exempt("exam*.org", "https://example.org")); // a star stands for whole labels in front, or for everything
}

TEST_CASE("NO_PROXY: addresses and networks") {
    CHECK(exempt("10.0.0.1", "https://10.0.0.1"));
    CHECK(exempt("10.0.0.1:81", "http://10.0.0.1:81"));
    CHECK(!exempt("10.0.0.1:81", "http://10.0.0.1"));
    CHECK(!exempt("0.0.1", "https://10.0.0.1"));
    CHECK(exempt("2001:db8::1", "https://[2001:DB8:0::1]"));
    CHECK(exempt("[2001:db8::1]", "https://[2001:db8::1]"));
    CHECK(exempt("[2001:db8::1]:8443", "https://[2001:db8::1]:8443"));
    CHECK(!exempt("[2001:db8::1]:8443", "https://[2001:db8::1]"));
    CHECK(exempt("10.0.0.0/8", "https://10.200.3.4"));
    CHECK(!exempt("10.0.0.0/8", "https://11.0.0.1"));
    CHECK(exempt("192.168.5.77/30", "https://192.168.5.79"));
    CHECK(!exempt("192.168.5.77/30", "https://192.168.5.80"));
    CHECK(exempt("0.0.0.0/0", "https://11.0.0.1"));
    CHECK(exempt("10.0.0.1/32", "https://10.0.0.1"));
    CHECK(!exempt("10.0.0.1/32", "https://10.0.0.2"));
    CHECK(exempt("2001:db8::/32", "https://[2001:db8:ffff::1]"));
    CHECK(!exempt("2001:db8::/32", "https://[2001:db9::1]"));
    CHECK(exempt("::/0", "https://[2001:db9::1]"));
    CHECK(!exempt("::/0", "https://10.0.0.1"));
    for (const char* bad : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "/8", "10.0.0.0/8/8"})
        CHECK(!exempt(bad, "https://10.0.0.1"));
    CHECK(!exempt("10.0.0.0/8", "https://ten.example"));      // names are not looked up for this
    CHECK(exempt("10.0.0.0/8", "https://[::ffff:10.1.2.3]")); // which leads to 10.1.2.3
    CHECK(exempt("::ffff:10.1.2.3", "https://10.1.2.3"));
    CHECK(exempt("[2001:db8::]/32", "https://[2001:db8::1]"));
    CHECK(!exempt("10.0.0.0/8:443", "https://10.0.0.1"));
    CHECK(!exempt("[2001:db8::1", "https://[2001:db8::2]"));
}

TEST_CASE("a proxy that would be spoken to over TLS, or as SOCKS, is refused with the reason") {
    const auto why = [](const std::string& address) {
        return ProxyRules({{"HTTPS_PROXY", address}, {}, {}}).proxy_for(url("https://h")).status().error().message;
    };
    CHECK(why("HTTPS://p:1").find("TLS to the proxy itself (https://) is not supported") != std::string::npos);
    CHECK(why("socks5h://p:1").find("SOCKS") != std::string::npos);
    CHECK(why("ftp://p:1").find("only http://") != std::string::npos);
}

TEST_CASE("where it is not known whether there is a proxy, that is the answer, but to hosts that need none") {
    const Error problem{ErrorKind::invalid, "line 7"};
    const ProxyRules rules({{}, {"HTTP_PROXY", "plain:2"}, {"NO_PROXY", "near"}, problem});
    CHECK(rules.proxy_for(url("https://h")).status().error().message == "line 7");
    CHECK(proxy_for(rules, "http://h")->name() == "plain:2");
    CHECK(!proxy_for(rules, "https://near"));
    CHECK(!proxy_for(rules, "https://localhost"));
}

TEST_CASE("what to do about a 407 depends on what was sent and what is asked for") {
    Proxy proxy;
    proxy.source = "https_proxy (config, line 2)";
    CHECK(log_in_advice(proxy, true).find("give them in https_proxy (config, line 2)") != std::string::npos);
    proxy.authorization = Secret("Basic hidden");
    CHECK(log_in_advice(proxy, true).find("refuses the user name and password in https_proxy (config") !=
          std::string::npos);
    CHECK(log_in_advice(proxy, false).find("Basic") != std::string::npos);
    for (const bool basic : {true, false})
        CHECK(log_in_advice(proxy, basic).find("hidden") == std::string::npos);
}

} // namespace ferry::test
