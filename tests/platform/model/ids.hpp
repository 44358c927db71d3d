// Ids, digests, times and file-safe names.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ferry::platform {

std::string random_hex(std::size_t digits);
std::string md5_hex(std::string_view text);
std::string hmac_base64(std::string_view key, std::string_view text); // SHA-1, as in S3's signature version 2
std::string base64(std::span<const unsigned char> bytes);

class Md5 {
  public:
    Md5();
    ~Md5();
    void update(std::span<const char> bytes);
    std::string finish_raw(); // 16 bytes; once

  private:
    struct Context;
    std::unique_ptr<Context> context_;
};

std::string hex(std::string_view bytes);

// The platform's clock, which need not agree with the machine's.
class Clock {
  public:
    explicit Clock(std::chrono::milliseconds skew) : skew_(skew) {}
    std::int64_t now_ms() const;

  private:
    std::chrono::milliseconds skew_;
};

std::string iso8601(std::int64_t ms);   // "2016-02-27T15:55:38Z"
std::string http_date(std::int64_t ms); // "Sat, 27 Feb 2016 15:55:38 GMT"

// A name as one component of a path on this machine: control bytes, "/", "." and ".." and what looks like such an
// escape become %XX; one too long for a file system is cut and ends in the id.
std::string index_name(std::string_view name, std::string_view id);

// Characters, not bytes; for valid UTF-8.
std::size_t characters(std::string_view text);

} // namespace ferry::platform
