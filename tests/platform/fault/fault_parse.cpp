#include "fault/fault_script.hpp"

#include "document/text.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace ferry::platform {
namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw std::invalid_argument("fault rule: " + why);
}

// A name in a script: the kind, and what it fills in before the rule's own keys.
struct Kind {
    FaultKind kind;
    void (*preset)(Fault&);
};

void none(Fault&) {}
void rate_limited(Fault& fault) {
    fault.status = 429;
    fault.code = 1000;
}
void maintenance(Fault& fault) {
    fault.status = 503;
    fault.code = 0;
    fault.message = "Platform is under maintenance.";
}
void html(Fault& fault) {
    fault.status = 503;
    fault.body = "html";
}
void slow_down(Fault& fault) {
    fault.status = 503;
    fault.storage_code = "SlowDown";
}
void early_403(Fault& fault) {
    fault.status = 403;
}
void item_error(Fault& fault) {
    fault.status = 400;
    fault.code = 5006;
    fault.message = "Metadata validation failed.";
}
void ignore_port(Fault& fault) {
    fault.trouble = PortTrouble::ignore;
}
void mute_port(Fault& fault) {
    fault.trouble = PortTrouble::mute;
}

const std::map<std::string, Kind>& kinds() {
    static const std::map<std::string, Kind> known{
        {"status", {FaultKind::status, none}},
        {"rate_limited", {FaultKind::status, rate_limited}},
        {"maintenance", {FaultKind::status, maintenance}},
        {"html", {FaultKind::status, html}},
        {"slow_down", {FaultKind::status, slow_down}},
        {"early", {FaultKind::early, none}},
        {"early_403", {FaultKind::early, early_403}},
        {"reset", {FaultKind::reset, none}},
        {"lost_answer", {FaultKind::lost_answer, none}},
        {"stall", {FaultKind::stall, none}},
        {"slow_read", {FaultKind::slow_read, none}},
        {"drip", {FaultKind::drip, none}},
        {"truncated", {FaultKind::truncated, none}},
        {"garbage", {FaultKind::garbage, none}},
        {"content_type", {FaultKind::content_type, none}},
        {"missing_etag", {FaultKind::missing_etag, none}},
        {"wrong_etag", {FaultKind::wrong_etag, none}},
        {"truncated_etag", {FaultKind::truncated_etag, none}},
        {"corrupt", {FaultKind::corrupt, none}},
        {"expired_url", {FaultKind::expired_url, none}},
        {"vanish", {FaultKind::vanish, none}},
        {"rename", {FaultKind::rename, none}},
        {"wrong_size", {FaultKind::wrong_size, none}},
        {"refuse", {FaultKind::port, none}},
        {"ignore", {FaultKind::port, ignore_port}},
        {"mute", {FaultKind::port, mute_port}},
        {"duplicate", {FaultKind::duplicate, none}},
        {"item_error", {FaultKind::item_error, item_error}},
    };
    return known;
}

std::uint64_t number(const Json& value, const std::string& key) {
    const auto read = as_integer(value);
    if (!read || *read < 0)
        refuse("\"" + key + "\" must be a whole number, 0 or more");
    return static_cast<std::uint64_t>(*read);
}

std::chrono::milliseconds milliseconds(const Json& value, const std::string& key) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(number(value, key)));
}

std::string text(const Json& value, const std::string& key) {
    const auto read = as_text(value);
    if (!read)
        refuse("\"" + key + "\" must be text");
    return *read;
}

bool truth(const Json& value, const std::string& key) {
    const auto read = as_bool(value);
    if (!read)
        refuse("\"" + key + "\" must be true or false");
    return *read;
}

std::string header_value(const Json& value, const std::string& key) {
    return as_integer(value) ? std::to_string(*as_integer(value)) : text(value, key);
}

void read_headers(const Json& value, Fault& fault) {
    JsonObject::Ptr headers = as_object(value);
    if (!headers)
        refuse("\"headers\" must be an object");
    for (const auto& [name, each] : *headers)
        fault.headers.emplace_back(name, header_value(each, name));
}

using Reader = void (*)(const Json&, Fault&);

const std::map<std::string, Reader>& readers() {
    static const std::map<std::string, Reader> known{
        {"status", [](const Json& v, Fault& f) { f.status = static_cast<int>(number(v, "status")); }},
        {"code", [](const Json& v, Fault& f) { f.code = static_cast<int>(number(v, "code")); }},
        {"message", [](const Json& v, Fault& f) { f.message = text(v, "message"); }},
        {"storage_code", [](const Json& v, Fault& f) { f.storage_code = text(v, "storage_code"); }},
        {"body", [](const Json& v, Fault& f) { f.body = text(v, "body"); }},
        {"headers", read_headers},
        {"retry_after",
         [](const Json& v, Fault& f) { f.headers.emplace_back("Retry-After", header_value(v, "retry_after")); }},
        {"retry_after_in_ms",
         [](const Json& v, Fault& f) { f.retry_after_date = milliseconds(v, "retry_after_in_ms"); }},
        {"port", [](const Json& v, Fault& f) { f.port = text(v, "port"); }},
        {"rate_headers", [](const Json& v, Fault& f) { f.rate_headers = truth(v, "rate_headers"); }},
        {"reset_in_ms", [](const Json& v, Fault& f) { f.reset_in = milliseconds(v, "reset_in_ms"); }},
        {"after_bytes", [](const Json& v, Fault& f) { f.after_bytes = number(v, "after_bytes"); }},
        {"ms", [](const Json& v, Fault& f) { f.time = f.pause = milliseconds(v, "ms"); }},
        {"bytes_per_second", [](const Json& v, Fault& f) { f.bytes_per_second = number(v, "bytes_per_second"); }},
        {"performed", [](const Json& v, Fault& f) { f.performed = truth(v, "performed"); }},
        {"item", [](const Json& v, Fault& f) { f.item = number(v, "item"); }},
        {"content_type", [](const Json& v, Fault& f) { f.content_type = text(v, "content_type"); }},
    };
    return known;
}

void check(const Fault& fault) {
    static const std::vector<std::string> bodies{"", "json", "xml", "html", "empty"};
    if (fault.status < 200 || fault.status > 599)
        refuse("\"status\" must be from 200 to 599");
    if (std::ranges::find(bodies, fault.body) == bodies.end())
        refuse("\"body\" must be json, xml, html or empty");
    if (!fault.port.empty() && fault.port != "api" && fault.port != "storage")
        refuse("\"port\" must be api or storage");
    if (fault.bytes_per_second == 0)
        refuse("\"bytes_per_second\" must be above 0");
}

} // namespace

Fault parse_fault(const JsonObject& rule) {
    const std::string name = text_of(rule, "fault").value_or("");
    const auto kind = kinds().find(name);
    if (kind == kinds().end()) {
        std::string names;
        for (const auto& [known, ignored] : kinds())
            names += " " + known;
        refuse("\"fault\" must be one of" + names + ", not \"" + printable(name) + "\"");
    }
    Fault fault;
    fault.kind = kind->second.kind;
    kind->second.preset(fault);
    for (const auto& [key, value] : rule) {
        static const std::vector<std::string> matchers{"fault", "operation", "part",  "name",
                                                       "after", "times",     "for_ms"};
        if (std::ranges::find(matchers, key) != matchers.end())
            continue;
        const auto reader = readers().find(key);
        if (reader == readers().end())
            refuse("unknown key \"" + printable(key) + "\"");
        reader->second(value, fault);
    }
    check(fault);
    return fault;
}

} // namespace ferry::platform
