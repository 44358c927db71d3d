// The signature on the storage's URLs: over what goes on the wire, byte for byte, as S3's version 2 in strength and in
// habit (a path with escapes, base64 in the query), so that a client that re-encodes anything is caught.
#pragma once

#include "net/message.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace ferry::platform {

struct UrlWanted {
    std::string upload_id;
    std::uint32_t part = 0;
    std::string name;                            // of the file, for the object's key
    std::int64_t expires_s = 0;                  // Unix time
    std::map<std::string, std::string> demanded; // headers that the PUT must carry
};

enum class UrlVerdict { good, unsigned_, expired, mismatch };

class Signer {
  public:
    explicit Signer(std::string secret) : secret_(std::move(secret)) {}
    std::string target(const UrlWanted& wanted) const; // path and query
    // `demanded`: names of the headers that were signed besides every x-amz-* one.
    UrlVerdict check(const Request& request, const std::map<std::string, std::string>& demanded,
                     std::int64_t now_s) const;

  private:
    std::string sign(const std::string& method, const std::string& content_md5, const std::string& content_type,
                     const std::string& headers, std::string_view target) const;
    std::string secret_;
};

} // namespace ferry::platform
