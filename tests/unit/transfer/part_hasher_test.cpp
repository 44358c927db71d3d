#include "fake_platform.hpp"
#include "transfer/part_hasher.hpp"

#include <doctest/doctest.h>

#include <span>
#include <string_view>
#include <vector>

namespace ferry::test {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

} // namespace

TEST_CASE("MD5 as in RFC 1321, in one piece or in many") {
    auto hasher = make_part_hasher();
    REQUIRE(hasher.ok());
    CHECK(to_hex(*(*hasher)->finish()) == "d41d8cd98f00b204e9800998ecf8427e");
    (*hasher)->reset();
    for (const char letter : std::string_view("message digest"))
        (*hasher)->update(bytes_of(std::string_view(&letter, 1)));
    CHECK(to_hex(*(*hasher)->finish()) == "f96b697d7cb7938d525a2f31aaf161d0");
    CHECK(md5_hex("abc") == "900150983cd24fb0d6963f7d28e17f72");
}

TEST_CASE("a reset forgets, and finishing twice is an error") {
    auto hasher = make_part_hasher();
    REQUIRE(hasher.ok());
    (*hasher)->update(bytes_of("lost"));
    (*hasher)->reset();
    (*hasher)->update(bytes_of("abc"));
    CHECK(to_hex(*(*hasher)->finish()) == "900150983cd24fb0d6963f7d28e17f72");
    CHECK_FALSE((*hasher)->finish().ok());
}

TEST_CASE("the composite ETag is the MD5 of the parts' MD5s, with their number") {
    std::vector<Md5> parts;
    for (const char* text : {"a", "b"}) {
        auto hasher = make_part_hasher();
        (*hasher)->update(bytes_of(text));
        parts.push_back(*(*hasher)->finish());
    }
    // printf a | md5sum, printf b | md5sum, both as bytes through md5sum
    CHECK(*composite_etag(parts) == "96e024ba2074fe77e8e965ba43a704be-2");
    CHECK(composite_etag(std::span(parts).first(1))->ends_with("-1"));
}

} // namespace ferry::test
