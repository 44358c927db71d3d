#include "state/digest.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>

#include <new>

namespace ferry {
namespace {

std::string hex_digits(const unsigned char* bytes, std::size_t count) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        text += digits[bytes[i] >> 4u];
        text += digits[bytes[i] & 15u];
    }
    return text;
}

} // namespace

struct Sha256::State {
    State() : context(::EVP_MD_CTX_new()) {
        if (!context || ::EVP_DigestInit_ex(context, ::EVP_sha256(), nullptr) != 1) {
            ::EVP_MD_CTX_free(context);
            throw std::bad_alloc(); // there is no other reason
        }
    }
    ~State() { ::EVP_MD_CTX_free(context); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    EVP_MD_CTX* context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
    ::EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

std::string Sha256::hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    ::EVP_DigestFinal_ex(state_->context, digest.data(), nullptr);
    return hex_digits(digest.data(), SHA256_DIGEST_LENGTH);
}

std::string sha256(std::string_view text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    ::SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return hex_digits(digest.data(), digest.size());
}

std::string short_digest(std::string_view text) {
    return sha256(text).substr(0, SHA256_DIGEST_LENGTH);
}

} // namespace ferry
