#include "http/http_transport.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

TEST_CASE("the first header of a name is found, without case") {
    HttpHeaders headers;
    headers.add("ETag", "one");
    headers.add("etag", "two");
    headers.add("X-Empty", "");
    CHECK(headers.find("ETAG") == "one");
    CHECK(headers.find("x-empty") == "");
    CHECK(!headers.find("ETa"));
    CHECK(!headers.find("ETags"));
    CHECK(headers.list().size() == 3);
    CHECK(headers.list()[1].name == "etag");
}

TEST_CASE("only ASCII letters have no case") {
    CHECK(same_header_name("Content-MD5", "content-md5"));
    CHECK(!same_header_name("a[", "a{")); // 0x5b and 0x7b differ like a letter's cases
    CHECK(!same_header_name("\xC4", "\xE4"));
}

} // namespace ferry::test
