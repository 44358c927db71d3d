#include "model/ids.hpp"

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Timestamp.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

namespace ferry::platform {
namespace {

constexpr std::size_t max_component = 240; // bytes; file systems take 255

void need(bool good) {
    if (!good)
        throw std::runtime_error("OpenSSL failed in the local platform");
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool looks_escaped(std::string_view rest) {
    return rest.size() >= 3 && rest[0] == '%' && is_hex(rest[1]) && is_hex(rest[2]);
}

std::string format(std::int64_t ms, const std::string& form) {
    return Poco::DateTimeFormatter::format(Poco::Timestamp(ms * 1000), form);
}

} // namespace

struct Md5::Context {
    EVP_MD_CTX* raw = EVP_MD_CTX_new();
    ~Context() { EVP_MD_CTX_free(raw); }
};

Md5::Md5() : context_(std::make_unique<Context>()) {
    need(context_->raw && EVP_DigestInit_ex(context_->raw, EVP_md5(), nullptr) == 1);
}

Md5::~Md5() = default;

void Md5::update(std::span<const char> bytes) {
    need(EVP_DigestUpdate(context_->raw, bytes.data(), bytes.size()) == 1);
}

std::string Md5::finish_raw() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    need(EVP_DigestFinal_ex(context_->raw, digest.data(), &size) == 1);
    return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string hex(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += {digits[byte >> 4], digits[byte & 15]};
    }
    return text;
}

std::string random_hex(std::size_t digits) {
    std::string bytes((digits + 1) / 2, '\0');
    need(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) == 1);
    return hex(bytes).substr(0, digits);
}

std::string md5_hex(std::string_view text) {
    Md5 md5;
    md5.update(text);
    return hex(md5.finish_raw());
}

std::string base64(std::span<const unsigned char> bytes) {
    std::vector<unsigned char> text(4 * ((bytes.size() + 2) / 3) + 1);
    const int size = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
    return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size)};
}

std::string hmac_base64(std::string_view key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
    unsigned int size = 0;
    need(HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(), code.data(), &size) !=
         nullptr);
    return base64(std::span(code).first(size));
}

std::int64_t Clock::now_ms() const {
    const auto now = std::chrono::system_clock::now().time_since_epoch() + skew_;
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::string iso8601(std::int64_t ms) {
    return format(ms, "%Y-%m-%dT%H:%M:%SZ");
}

std::string http_date(std::int64_t ms) {
    return format(ms, Poco::DateTimeFormat::HTTP_FORMAT);
}

std::string index_name(std::string_view name, std::string_view id) {
    static constexpr char digits[] = "0123456789ABCDEF";
    const bool dots = name == "." || name == "..";
    std::string safe;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto byte = static_cast<unsigned char>(name[i]);
        const bool odd = byte < 0x20 || byte == 0x7f || byte == '/' || dots || looks_escaped(name.substr(i));
        if (odd)
            safe += {'%', digits[byte >> 4], digits[byte & 15]};
        else
            safe += name[i];
    }
    if (safe.size() <= max_component)
        return safe;
    std::size_t cut = max_component - id.size() - 1;
    while (cut > 0 && (static_cast<unsigned char>(safe[cut]) & 0xc0) == 0x80)
        --cut;
    return safe.substr(0, cut) + "~" + std::string(id);
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

} // namespace ferry::platform
