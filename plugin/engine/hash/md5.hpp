// MD5 digests, of one stream at a time; part_hasher.hpp has those of many.
#pragma once

#include "base/status.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

struct evp_md_ctx_st;

namespace ferry {

using Md5 = std::array<std::byte, 16>;

// OpenSSL's. Not thread-safe.
class Md5Stream {
  public:
    // Fails as md5_allowed() does.
    static Result<Md5Stream> make();
    void update(std::span<const std::byte> bytes);
    Result<Md5> finish(); // once

  private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    explicit Md5Stream(std::unique_ptr<evp_md_ctx_st, Free> context);

    std::unique_ptr<evp_md_ctx_st, Free> context_;
    bool good_ = true;
};

// Fails where the machine's OpenSSL forbids MD5 (FIPS mode). Our own code then does not compute any either.
Status md5_allowed();

std::string to_hex(const Md5& digest); // lower-case

// The ETag that S3 gives to an object of several parts: the MD5 of the parts' MD5s, a dash, the number of parts.
Result<std::string> composite_etag(std::span<const Md5> parts);

} // namespace ferry
