#include "storage/signing.hpp"

#include "model/ids.hpp"
#include "net/target.hpp"

#include <algorithm>
#include <charconv>

namespace ferry::platform {
namespace {

constexpr std::string_view signature_mark = "&Signature=";

std::string lower(std::string_view text) {
    std::string made(text);
    std::ranges::transform(made, made.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return made;
}

std::string canonical(const std::map<std::string, std::string>& headers) {
    std::map<std::string, std::string> sorted;
    for (const auto& [name, value] : headers)
        sorted[lower(name)] = value;
    std::string text;
    for (const auto& [name, value] : sorted)
        text.append(name).append(":").append(value).append("\n");
    return text;
}

// What S3 would sign of the request's headers: all x-amz-* ones, and here those that were demanded.
std::string canonical(const Request& request, const std::map<std::string, std::string>& demanded) {
    std::map<std::string, std::string> signed_ones;
    for (const auto& [name, value] : request.headers) {
        const bool wanted =
            std::ranges::any_of(demanded, [&](const auto& header) { return same_without_case(header.first, name); });
        if (wanted || lower(name).starts_with("x-amz-"))
            signed_ones[lower(name)] = value;
    }
    return canonical(signed_ones);
}

std::string value_or_empty(const std::string* value) {
    return value ? *value : std::string();
}

} // namespace

std::string Signer::sign(const std::string& method, const std::string& content_md5, const std::string& content_type,
                         const std::string& headers, std::string_view target) const {
    const std::string text = method + "\n" + content_md5 + "\n" + content_type + "\n" + headers + std::string(target);
    return percent_encode(hmac_base64(secret_, text));
}

std::string Signer::target(const UrlWanted& wanted) const {
    // Escapes that decode to plain characters (%2D, %7e) are legal and survive only a client that leaves them alone.
    const std::string key = wanted.upload_id.substr(0, 8) + "%2D" + wanted.upload_id.substr(8, 8) + "%7e%2B" +
                            percent_encode(wanted.name.substr(0, 100));
    std::string target = "/ferry-local-uploads/" + key + "?uploadId=" + wanted.upload_id +
                         "&partNumber=" + std::to_string(wanted.part) +
                         "&AWSAccessKeyId=LOCAL&Expires=" + std::to_string(wanted.expires_s);
    const std::string signature = sign("PUT", "", "", canonical(wanted.demanded), target);
    return target.append(signature_mark).append(signature);
}

UrlVerdict Signer::check(const Request& request, const std::map<std::string, std::string>& demanded,
                         std::int64_t now_s) const {
    const auto target = split_target(request.target);
    const std::string* expires = target ? find(target->query, "Expires") : nullptr;
    const auto mark = request.target.rfind(signature_mark);
    std::int64_t expires_s = 0;
    if (!expires || mark == std::string::npos ||
        std::from_chars(expires->data(), expires->data() + expires->size(), expires_s).ec != std::errc())
        return UrlVerdict::unsigned_;
    if (now_s >= expires_s)
        return UrlVerdict::expired;
    const std::string_view signed_part = std::string_view(request.target).substr(0, mark);
    const std::string right =
        sign(request.method, value_or_empty(request.find("Content-MD5")), value_or_empty(request.find("Content-Type")),
             canonical(request, demanded), signed_part);
    const bool same = std::string_view(request.target).substr(mark + signature_mark.size()) == right;
    return same ? UrlVerdict::good : UrlVerdict::mismatch;
}

} // namespace ferry::platform
