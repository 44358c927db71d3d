// Bytes to hash, and what OpenSSL makes of them.
#pragma once

#include "hash/md5.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <random>
#include <span>
#include <vector>

namespace ferry::test {

using Bytes = std::vector<std::byte>;

inline Md5 by_openssl(std::span<const std::byte> bytes) {
    auto stream = Md5Stream::make();
    REQUIRE(stream.ok());
    stream->update(bytes);
    const auto digest = stream->finish();
    REQUIRE(digest.ok());
    return *digest;
}

inline Bytes some_bytes(std::size_t size, unsigned seed) {
    std::minstd_rand random(seed + 1);
    Bytes bytes(size);
    for (std::byte& byte : bytes)
        byte = static_cast<std::byte>(random() >> 7);
    return bytes;
}

} // namespace ferry::test
