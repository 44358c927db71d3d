// The two kinds of error body, read from bytes that anybody may have written, and the clause that tells an outcome.
#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "retry/classify.hpp"

#include <Poco/JSON/Object.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <exception>
#include <utility>

namespace ferry {
namespace {

constexpr std::size_t message_limit = 300;            // bytes of foreign text in one message
constexpr std::size_t longest_id = 64;                // bytes
constexpr std::size_t storage_body_limit = 64u << 10; // bytes looked through
constexpr JsonLimits platform_body_limits{.depth = 16, .bytes = 1u << 20};

int read_code(const Poco::Dynamic::Var& value) {
    if (value.isInteger() && !value.isBoolean()) { // to POCO a bool is an integer, too
        const auto number = value.convert<Poco::Int64>();
        return number >= 0 && number <= 1'000'000 ? static_cast<int>(number) : -1;
    }
    if (!value.isString())
        return -1;
    const auto text = value.extract<std::string>();
    int number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number >= 0 ? number : -1;
}

// The character that an entity stands for, where it is one of XML's five or an ASCII number; else nothing.
std::string decode_entity(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, char>, 5> known{
        {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}}};
    for (const auto& [word, character] : known)
        if (name == word)
            return std::string(1, character);
    if (!name.starts_with('#'))
        return {};
    const bool hex = name.size() > 1 && name[1] == 'x';
    const std::string_view digits = name.substr(hex ? 2 : 1);
    unsigned number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, hex ? 16 : 10);
    if (error != std::errc() || end != digits.data() + digits.size() || number == 0 || number > 127)
        return {};
    return std::string(1, static_cast<char>(number));
}

std::string decode_entities(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t start = text.find('&');
        out += text.substr(0, start);
        if (start == std::string_view::npos)
            break;
        text.remove_prefix(start);
        const std::size_t end = text.substr(0, 12).find(';');
        const std::string decoded =
            end == std::string_view::npos ? std::string() : decode_entity(text.substr(1, end - 1));
        out += decoded.empty() ? "&" : decoded;
        text.remove_prefix(decoded.empty() ? 1 : end + 1);
    }
    return out;
}

// Text of the first element of that name. A search instead of an XML parser: the answers are flat, two texts are
// wanted, and whatever else a hostile body holds (entities, nesting, a million attributes) is never looked at.
std::string element(std::string_view body, std::string_view name) {
    const std::string open = "<" + std::string(name) + ">";
    const std::size_t start = body.find(open);
    if (start == std::string_view::npos)
        return {};
    body.remove_prefix(start + open.size());
    const std::size_t end = body.find('<');
    if (end == std::string_view::npos)
        return {};
    return printable(decode_entities(body.substr(0, end)), message_limit);
}

std::string describe_storage(const HttpResponse& response, std::string_view where) {
    std::string text = where.empty() ? "storage" : "storage at " + std::string(where);
    text += " answered HTTP " + std::to_string(response.status);
    const StorageError error = read_storage_error(response);
    if (!error.code.empty())
        text += " " + error.code;
    if (!error.message.empty())
        text += ": " + error.message;
    return text;
}

std::string describe_platform(const HttpResponse& response, std::string_view where) {
    std::string text = where.empty() ? "the platform" : "the platform at " + std::string(where);
    text += " answered HTTP " + std::to_string(response.status);
    const PlatformError error = read_platform_error(response);
    if (response.status >= 300 && response.status < 400)
        text += ", a redirect, which is not followed";
    else if (error.code >= 0)
        text += " (code " + std::to_string(error.code) + (error.message.empty() ? "" : ": " + error.message) + ")";
    else if (!error.message.empty())
        text += " (" + error.message + ")";
    else if (!response.body.empty())
        text += " with a body that is not the platform's JSON";
    return text;
}

} // namespace

PlatformError read_platform_error(const HttpResponse& response) {
    PlatformError error;
    const JsonResult parsed = parse_json(response.body, platform_body_limits);
    const auto* value = std::get_if<Poco::Dynamic::Var>(&parsed);
    if (!value || value->type() != typeid(Poco::JSON::Object::Ptr))
        return error;
    try {
        const auto object = value->extract<Poco::JSON::Object::Ptr>();
        error.code = read_code(object->get("code"));
        const Poco::Dynamic::Var message = object->get("message");
        if (message.isString())
            error.message = printable(message.extract<std::string>(), message_limit);
    } catch (const std::exception&) { // of POCO's conversions; the fields are then as good as absent
    }
    return error;
}

StorageError read_storage_error(const HttpResponse& response) {
    const std::string_view body = std::string_view(response.body).substr(0, storage_body_limit);
    return {element(body, "Code"), element(body, "Message")};
}

std::string request_id_text(const HttpOutcome& outcome) {
    const auto* response = std::get_if<HttpResponse>(&outcome);
    if (!response)
        return {};
    auto id = response->headers.find("X-Request-Id");
    if (!id)
        id = response->headers.find("x-amz-request-id");
    const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; };
    if (!id || id->empty() || id->size() > longest_id || !std::all_of(id->begin(), id->end(), fits))
        return {};
    return " (request id " + std::string(*id) + ")";
}

std::string for_support(const HttpOutcome& outcome) {
    const auto* response = std::get_if<HttpResponse>(&outcome);
    return response && response->status >= 500 ? request_id_text(outcome) : std::string();
}

std::string ending_text(const HttpOutcome& outcome, Duration took) {
    const std::string time = ", " + std::to_string(took.count()) + " ms";
    if (const auto* failure = std::get_if<HttpFailure>(&outcome))
        return failure->message + time;
    return std::to_string(std::get<HttpResponse>(outcome).status) + time + request_id_text(outcome);
}

std::string describe(Operation operation, const HttpOutcome& outcome, std::string_view where) {
    if (const auto* failure = std::get_if<HttpFailure>(&outcome))
        return failure->message;
    const auto& response = std::get<HttpResponse>(outcome);
    return operation == Operation::put_part ? describe_storage(response, where) : describe_platform(response, where);
}

} // namespace ferry
