#include "some_bytes.hpp"

#include <doctest/doctest.h>

#include <span>
#include <string_view>
#include <vector>

namespace ferry::test {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

Md5 md5_of(std::string_view text) {
    return by_openssl(bytes_of(text));
}

} // namespace

TEST_CASE("MD5 as in RFC 1321, in one piece or in many") {
    CHECK(to_hex(md5_of("")) == "d41d8cd98f00b204e9800998ecf8427e");
    CHECK(to_hex(md5_of("abc")) == "900150983cd24fb0d6963f7d28e17f72");
    auto stream = Md5Stream::make();
    REQUIRE(stream.ok());
    for (const char letter : std::string_view("message digest"))
        stream->update(bytes_of(std::string_view(&letter, 1)));
    CHECK(to_hex(*stream->finish()) == "f96b697d7cb7938d525a2f31aaf161d0");
}

TEST_CASE("a stream is finished once") {
    auto stream = Md5Stream::make();
    REQUIRE(stream.ok());
    CHECK(stream->finish().ok());
    CHECK_FALSE(stream->finish().ok());
}

TEST_CASE("the composite ETag is the MD5 of the parts' MD5s, with their number") {
    const std::vector<Md5> parts{md5_of("a"), md5_of("b")};
    // printf a | md5sum, printf b | md5sum, both as bytes through md5sum
    CHECK(*composite_etag(parts) == "96e024ba2074fe77e8e965ba43a704be-2");
    CHECK(composite_etag(std::span(parts).first(1))->ends_with("-1"));
}

} // namespace ferry::test
