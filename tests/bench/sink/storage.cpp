#include "sink/storage.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <vector>

namespace ferry::bench {

namespace {

std::string md5_of_zeros(std::uint64_t size) {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const std::vector<unsigned char> zeros(64u << 10);
    bool good = context && EVP_DigestInit_ex(context.get(), EVP_md5(), nullptr) == 1;
    while (good && size > 0) {
        const std::uint64_t piece = std::min<std::uint64_t>(size, zeros.size());
        good = EVP_DigestUpdate(context.get(), zeros.data(), static_cast<std::size_t>(piece)) == 1;
        size -= piece;
    }
    unsigned char digest[EVP_MAX_MD_SIZE] = {};
    unsigned length = 0;
    if (!good || EVP_DigestFinal_ex(context.get(), digest, &length) != 1)
        throw std::runtime_error("OpenSSL could not compute an MD5");
    std::string text;
    for (unsigned i = 0; i < length; ++i) {
        text += "0123456789abcdef"[digest[i] >> 4];
        text += "0123456789abcdef"[digest[i] & 15];
    }
    return text;
}

} // namespace

Answer Storage::serve(const Head& head, Requests& requests) {
    requests.discard_body(head);
    if (head.method != "PUT")
        return {404, {}, {}};
    ++counters_.puts;
    counters_.bytes += head.content_length;
    return {200, "ETag: \"" + etag(head.content_length) + "\"\r\n", {}};
}

std::string Storage::etag(std::uint64_t size) {
    if (!md5_)
        return "not-an-md5";
    const std::lock_guard lock(mutex_);
    std::string& known = etags_[size];
    if (known.empty())
        known = md5_of_zeros(size);
    return known;
}

} // namespace ferry::bench
