#include "transfer/part_hasher.hpp"

#include <openssl/evp.h>

#include <utility>

namespace ferry {
namespace {

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

class OpensslHasher final : public PartHasher {
  public:
    explicit OpensslHasher(Context context) : context_(std::move(context)) {}

    void reset() override { good_ = EVP_DigestInit_ex(context_.get(), EVP_md5(), nullptr) == 1; }

    void update(std::span<const std::byte> bytes) override {
        good_ = good_ && EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
    }

    Result<Md5> finish() override {
        Md5 digest{};
        unsigned int length = 0;
        auto* out = reinterpret_cast<unsigned char*>(digest.data());
        if (!good_ || EVP_DigestFinal_ex(context_.get(), out, &length) != 1 || length != digest.size())
            return Error{ErrorKind::internal, "OpenSSL could not compute an MD5"};
        good_ = false;
        return digest;
    }

  private:
    Context context_;
    bool good_ = true; // since the last reset
};

} // namespace

Result<std::unique_ptr<PartHasher>> make_part_hasher() {
    Context context(EVP_MD_CTX_new());
    if (!context || EVP_DigestInit_ex(context.get(), EVP_md5(), nullptr) != 1)
        return Error{ErrorKind::invalid,
                     "this machine's OpenSSL does not allow MD5, which \"verify\": \"etag\" needs; set it to \"none\""};
    return std::unique_ptr<PartHasher>(std::make_unique<OpensslHasher>(std::move(context)));
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
    auto hasher = make_part_hasher();
    if (!hasher.ok())
        return hasher.error();
    for (const Md5& part : parts)
        (*hasher)->update(part);
    const Result<Md5> digest = (*hasher)->finish();
    if (!digest.ok())
        return digest.error();
    return to_hex(*digest) + "-" + std::to_string(parts.size());
}

} // namespace ferry
