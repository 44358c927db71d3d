// The answer that a signed URL comes in (contract 4.3): its forms differ by page and by client, and what it holds goes
// into a request to another host.
#include "platform/api_json.hpp"
#include "platform/iso_time.hpp"
#include "platform/json_fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace ferry {
namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;

constexpr std::size_t longest_url = 64u << 10;
constexpr std::size_t headers_limit = 100;
constexpr std::size_t header_limit = 16u << 10; // bytes of one name or value

Error unusable(const std::string& key) {
    return {ErrorKind::platform, "it has no usable '" + key + "'"};
}

// RFC 9110, 5.6.2
bool is_token(std::string_view text) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               marks.find(c) != std::string_view::npos;
    });
}

bool fits_header(std::string_view value) {
    return value.size() <= header_limit && std::all_of(value.begin(), value.end(), [](char c) {
               const auto byte = static_cast<unsigned char>(c);
               return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
           });
}

// The transport sends these by itself, from the URL and the body.
bool sent_anyway(std::string_view name) {
    constexpr std::array<std::string_view, 3> names{"Host", "Content-Length", "Connection"};
    return std::any_of(names.begin(), names.end(), [&](std::string_view own) { return same_header_name(own, name); });
}

Status read_headers(const JsonFields& fields, HttpHeaders& headers) {
    if (!fields.has("headers"))
        return {};
    const auto object = fields.object("headers");
    if (!object || object->raw().size() > headers_limit)
        return unusable("headers");
    for (const auto& [name, value] : object->raw()) {
        const auto number = integer_of(value);
        const auto text = number ? std::optional(std::to_string(*number)) : string_of(value);
        if (!text || name.size() > header_limit || !is_token(name) || !fits_header(*text) ||
            same_header_name(name, "Transfer-Encoding"))
            return unusable("headers");
        if (!sent_anyway(name))
            headers.add(name, *text);
    }
    return {};
}

std::optional<WallTime> read_expires(const JsonFields& fields) {
    if (const auto number = fields.integer("expires"))
        return from_epoch(*number);
    const auto text = fields.text("expires", 64);
    if (!text)
        return std::nullopt;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error == std::errc() && end == text->data() + text->size())
        return from_epoch(number);
    return parse_iso_time(*text);
}

Result<std::vector<int>> read_codes(const Array::Ptr& list) {
    std::vector<int> codes;
    for (const Var& item : *list) {
        const auto code = integer_of(item);
        if (!code || *code < 100 || *code > 599 || codes.size() > headers_limit)
            return unusable("success_codes");
        codes.push_back(static_cast<int>(*code));
    }
    return codes;
}

// At the top on some pages, in `report` on others; either may be empty.
Result<std::vector<int>> success_codes(const JsonFields& fields, const std::optional<JsonFields>& report) {
    for (const Array::Ptr& list :
         {fields.array("success_codes"), report ? report->array("success_codes") : Array::Ptr()}) {
        if (!list || list->size() == 0)
            continue;
        return read_codes(list);
    }
    return std::vector<int>{200, 201, 204};
}

Result<std::vector<std::string>> report_headers(const std::optional<JsonFields>& report) {
    if (!report || !report->has("headers"))
        return std::vector<std::string>{"ETag"};
    const Array::Ptr list = report->array("headers");
    if (!list || list->size() > headers_limit)
        return unusable("report.headers");
    std::vector<std::string> names;
    for (const Var& item : *list) {
        auto name = string_of(item);
        if (!name || name->size() > header_limit || !is_token(*name))
            return unusable("report.headers");
        names.push_back(std::move(*name));
    }
    return names;
}

Result<Url> read_url(const JsonFields& fields) {
    const auto text = fields.word("url", longest_url);
    if (!text)
        return unusable("url");
    auto url = Url::parse(*text);
    if (!url.ok())
        return unusable("url");
    if (!url->tls() && !url->loopback())
        return Error{ErrorKind::invalid, "its signed URL is plain http to " + url->host_header() +
                                             ", where the bytes would go unprotected"};
    return url;
}

} // namespace

Result<SignedPart> read_signed_part(const std::string& body) {
    const auto fields = JsonFields::parse(body);
    if (!fields.ok())
        return fields.error();
    auto url = read_url(*fields);
    if (!url.ok())
        return url.error();
    const auto method = fields->has("method") ? fields->word("method", 20) : std::optional<std::string>("PUT");
    if (!method || !is_token(*method))
        return unusable("method");
    const auto report = fields->object("report");
    auto codes = success_codes(*fields, report);
    if (!codes.ok())
        return codes.error();
    auto names = report_headers(report);
    if (!names.ok())
        return names.error();
    SignedPart part{.method = *method,
                    .url = std::move(*url),
                    .expires = read_expires(*fields),
                    .headers = {},
                    .success_codes = std::move(*codes),
                    .report_headers = std::move(*names)};
    if (const Status read = read_headers(*fields, part.headers); !read)
        return read.error();
    return part;
}

} // namespace ferry
