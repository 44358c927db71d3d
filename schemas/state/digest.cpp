#include "state/digest.hpp"

#include <openssl/sha.h>

#include <array>

namespace ferry {

std::string short_digest(std::string_view text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    ::SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    constexpr char digits[] = "0123456789abcdef";
    std::string name;
    for (std::size_t i = 0; i < digest.size() / 2; ++i) {
        name += digits[digest[i] >> 4u];
        name += digits[digest[i] & 15u];
    }
    return name;
}

} // namespace ferry
