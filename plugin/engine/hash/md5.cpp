#include "hash/md5.hpp"

#include <openssl/evp.h>

#include <utility>

namespace ferry {

void Md5Stream::Free::operator()(evp_md_ctx_st* context) const {
    EVP_MD_CTX_free(context);
}

Md5Stream::Md5Stream(std::unique_ptr<evp_md_ctx_st, Free> context) : context_(std::move(context)) {}

Result<Md5Stream> Md5Stream::make() {
    std::unique_ptr<evp_md_ctx_st, Free> context(EVP_MD_CTX_new());
    if (!context || EVP_DigestInit_ex(context.get(), EVP_md5(), nullptr) != 1)
        return Error{ErrorKind::invalid,
                     "this machine's OpenSSL does not allow MD5, which \"verify\": \"etag\" needs; set it to \"none\""};
    return Md5Stream(std::move(context));
}

void Md5Stream::update(std::span<const std::byte> bytes) {
    good_ = good_ && EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
}

Result<Md5> Md5Stream::finish() {
    Md5 digest{};
    unsigned int length = 0;
    auto* out = reinterpret_cast<unsigned char*>(digest.data());
    if (!good_ || EVP_DigestFinal_ex(context_.get(), out, &length) != 1 || length != digest.size())
        return Error{ErrorKind::internal, "OpenSSL could not compute an MD5"};
    good_ = false;
    return digest;
}

Status md5_allowed() {
    return Md5Stream::make().status();
}

std::string to_hex(const Md5& digest) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(2 * digest.size());
    for (const std::byte byte : digest) {
        text += digits[std::to_integer<unsigned>(byte) >> 4];
        text += digits[std::to_integer<unsigned>(byte) & 15u];
    }
    return text;
}

Result<std::string> composite_etag(std::span<const Md5> parts) {
    auto stream = Md5Stream::make();
    if (!stream.ok())
        return stream.error();
    for (const Md5& part : parts)
        stream->update(part);
    const Result<Md5> digest = stream->finish();
    if (!digest.ok())
        return digest.error();
    return to_hex(*digest) + "-" + std::to_string(parts.size());
}

} // namespace ferry
