// The MD5 of a part, taken from the very buffers that are sent. An interface, so that a faster engine can take its
// place.
#pragma once

#include "base/status.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace ferry {

using Md5 = std::array<std::byte, 16>;

// Not thread-safe: one per slot. Starts empty.
class PartHasher {
  public:
    virtual ~PartHasher() = default;
    virtual void reset() = 0; // forgets what was added
    virtual void update(std::span<const std::byte> bytes) = 0;
    virtual Result<Md5> finish() = 0; // then reset() before the next use
};

// Fails where the machine's OpenSSL forbids MD5 (FIPS mode).
Result<std::unique_ptr<PartHasher>> make_part_hasher();

std::string to_hex(const Md5& digest); // lower-case

// The ETag that S3 gives to an object of several parts: the MD5 of the parts' MD5s, a dash, the number of parts.
Result<std::string> composite_etag(std::span<const Md5> parts);

} // namespace ferry
