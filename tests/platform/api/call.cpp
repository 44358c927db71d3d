#include "api/call.hpp"

#include "document/strict_json.hpp"

#include <charconv>

namespace ferry::platform {
namespace {

std::size_t number_of(const Call& call, std::string_view name, std::size_t missing, std::size_t least,
                      std::size_t most) {
    const std::string* text = call.query(name);
    if (!text)
        return missing;
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size() || number < least || number > most)
        throw ApiError{400, 90000, "Bad request: " + std::string(name) + " is out of range."};
    return number;
}

std::string page_href(const Call& call, const PageWanted& wanted, std::size_t offset) {
    std::string path;
    for (std::size_t i = 1; i < call.target.segments.size(); ++i)
        path += "/" + percent_encode(call.target.segments[i]);
    path += "?offset=" + std::to_string(offset) + "&limit=" + std::to_string(wanted.limit);
    for (const auto& [name, value] : call.target.query)
        if (name != "offset" && name != "limit")
            path += "&" + percent_encode(name) + "=" + percent_encode(value);
    return href(call.state, path);
}

JsonObject::Ptr link(const std::string& where, const char* relation) {
    JsonObject::Ptr made = new_object();
    made->set("href", where);
    made->set("rel", relation);
    made->set("method", "GET");
    return made;
}

} // namespace

Json Call::json() const {
    if (body.find_first_not_of(" \t\r\n") == std::string::npos)
        return {};
    JsonResult parsed = parse_json(body);
    if (std::holds_alternative<JsonError>(parsed))
        throw ApiError{500, 90009, "The request body could not be decoded."};
    return std::get<Json>(parsed);
}

JsonObject::Ptr Call::object(int code) const {
    JsonObject::Ptr found = as_object(json());
    if (!found)
        throw ApiError{400, code, "The request body must be a JSON object."};
    return found;
}

bool Call::truth(std::string_view name) const {
    const std::string* text = query(name);
    if (!text || same_without_case(*text, "false"))
        return false;
    if (same_without_case(*text, "true"))
        return true;
    throw ApiError{400, 90000, "Bad request: " + std::string(name) + " must be true or false."};
}

std::string href(const State& state, const std::string& path) {
    const std::string& base = state.api_base;
    const std::string& scheme = state.settings.href_scheme;
    return (scheme.empty() ? base : scheme + base.substr(base.find("://"))) + path;
}

JsonObject::Ptr error_body(int status, int code, const std::string& message) {
    JsonObject::Ptr body = new_object();
    body->set("status", status);
    body->set("code", code);
    body->set("message", message);
    body->set("more_info", "http://docs.sevenbridges.com/docs/api-status-codes#section-" + std::to_string(code));
    return body;
}

PageWanted page_wanted(const Call& call) {
    return {number_of(call, "limit", 50, 1, 100), number_of(call, "offset", 0, 0, 1'000'000'000)};
}

Reply page_reply(const Call& call, const PageWanted& wanted, std::size_t total, const JsonArray::Ptr& items) {
    JsonArray::Ptr links = new_array();
    if (wanted.offset + wanted.limit < total)
        links->add(link(page_href(call, wanted, wanted.offset + wanted.limit), "next"));
    if (wanted.offset > 0)
        links->add(
            link(page_href(call, wanted, wanted.offset > wanted.limit ? wanted.offset - wanted.limit : 0), "prev"));
    JsonObject::Ptr body = new_object();
    body->set("href", page_href(call, wanted, wanted.offset));
    body->set("items", items);
    body->set("links", links);
    Reply reply;
    reply.body = body;
    reply.total = total;
    return reply;
}

} // namespace ferry::platform
