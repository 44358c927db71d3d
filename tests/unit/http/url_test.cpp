#include "http/url.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

TEST_CASE("a URL is split and its target kept byte for byte") {
    struct Case {
        const char* text;
        const char* scheme;
        const char* host;
        int port;
        const char* target;
    };
    const Case cases[] = {
        {"https://api.example/v2", "https", "api.example", 443, "/v2"},
        {"HTTP://API.Example", "http", "api.example", 80, "/"},
        {"https://h:1/", "https", "h", 1, "/"},
        {"https://h:65535/", "https", "h", 65535, "/"},
        {"https://h:0443/", "https", "h", 443, "/"},
        {"https://h?a=b", "https", "h", 443, "/?a=b"},
        {"https://h/a%2Bb+c%20d/%7e?X-Amz-Signature=a%2fb==&x=1+1&&", "https", "h", 443,
         "/a%2Bb+c%20d/%7e?X-Amz-Signature=a%2fb==&x=1+1&&"},
        {"https://h/\xC3\xA4/\xFF?\xE2\x82\xAC", "https", "h", 443, "/\xC3\xA4/\xFF?\xE2\x82\xAC"},
        {"https://h//a/./../b;c?d?e/f@g:h", "https", "h", 443, "//a/./../b;c?d?e/f@g:h"},
        {"https://h/a?u=https://user@x/", "https", "h", 443, "/a?u=https://user@x/"},
        {"https://h/{\"a\":[1]}|\\^`", "https", "h", 443, "/{\"a\":[1]}|\\^`"},
        {"http://[2001:DB8::1]/x", "http", "2001:db8::1", 80, "/x"},
        {"http://[::1]:8080/x", "http", "::1", 8080, "/x"},
        {"http://10.0.0.1:81", "http", "10.0.0.1", 81, "/"},
        {"http://under_score.a-b.example", "http", "under_score.a-b.example", 80, "/"},
    };
    for (const Case& one : cases) {
        CAPTURE(one.text);
        const auto url = Url::parse(one.text);
        REQUIRE(url.ok());
        CHECK(url->scheme == one.scheme);
        CHECK(url->host == one.host);
        CHECK(url->port == one.port);
        CHECK(url->target == one.target);
    }
}

TEST_CASE("what is no plain http or https URL is refused, without quoting path or query") {
    const std::string cases[] = {
        "",
        "h/secret",
        "//h/secret",
        "ftp://h/secret",
        "https:/h/secret",
        "https:///secret",
        "https://?secret",
        "https://user@h/secret",
        "https://user:secret@h/",
        "https://h/secret#fragment",
        "https://h#secret",
        "https://h/secret path",
        "https://h/secret\tpath",
        "https://h/secret\r\nX-Injected: 1",
        std::string("https://h/secret\0", 17),
        "https://h/secret\x7f",
        " https://h/secret",
        "https://h:/secret",
        "https://h:0/secret",
        "https://h:65536/secret",
        "https://h:99999999999999999999/secret",
        "https://h:-1/secret",
        "https://h:+1/secret",
        "https://h:80x/secret",
        "https://h:80:80/secret",
        "https://[::1/secret",
        "https://[]/secret",
        "https://[::1]x/secret",
        "https://[1.2.3.4]/secret",
        "https://[fe80::1%25eth0]/secret",
        "https://::1/secret",
        "https://h\\@evil/secret",
        "https://h%2Fevil/secret",
        "https://b\xC3\xBC"
        "cher.example/secret",
        "https://" + std::string(254, 'a') + "/secret",
        "https://h/secret" + std::string(70'000, 'a'),
    };
    for (const std::string& one : cases) {
        CAPTURE(one.substr(0, 60));
        const auto url = Url::parse(one);
        REQUIRE(!url.ok());
        CHECK(url.error().kind == ErrorKind::invalid);
        CHECK(url.error().message.find("secret") == std::string::npos);
    }
}

TEST_CASE("loopback is judged by the text of the host") {
    for (const char* host : {"localhost", "LocalHost", "127.0.0.1", "127.255.1.2", "[::1]", "[0:0:0:0:0:0:0:1]"}) {
        CAPTURE(host);
        CHECK(Url::parse(std::string("http://") + host)->loopback());
    }
    for (const char* host : {"localhost.example", "a.localhost", "127.0.0.1.example", "128.0.0.1", "127.1", "0.0.0.0",
                             "10.0.0.1", "[::]", "[::2]", "[::ffff:127.0.0.1]"}) {
        CAPTURE(host);
        CHECK(!Url::parse(std::string("http://") + host)->loopback());
    }
}

TEST_CASE("Host header and origin") {
    CHECK(Url::parse("https://h/a?b")->host_header() == "h");
    CHECK(Url::parse("https://h:80/a?b")->host_header() == "h:80");
    CHECK(Url::parse("http://h:80/a?b")->host_header() == "h");
    CHECK(Url::parse("http://[::1]:8080/a?b")->host_header() == "[::1]:8080");
    CHECK(Url::parse("http://[::1]/a?b")->host_header() == "[::1]");
    CHECK(Url::parse("https://H/a?b")->origin() == "https://h:443");
    CHECK(Url::parse("http://[::1]:8080/a?b")->origin() == "http://[::1]:8080");
    CHECK(Url::parse("https://h")->tls());
    CHECK(!Url::parse("http://h")->tls());
}

TEST_CASE("percent_encode leaves unreserved characters alone and nothing else") {
    CHECK(percent_encode("AZaz09-._~") == "AZaz09-._~");
    CHECK(percent_encode("a b+c&d#e/f%g") == "a%20b%2Bc%26d%23e%2Ff%25g");
    CHECK(percent_encode(std::string("\0\xC3\xA4\xFF", 4)) == "%00%C3%A4%FF");
    CHECK(percent_encode("").empty());
}

} // namespace ferry::test
