#include "fault/fault_script.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace ferry::platform {
namespace {

bool only_storage(FaultKind kind) {
    static const std::set<FaultKind> kinds{FaultKind::missing_etag, FaultKind::wrong_etag, FaultKind::truncated_etag,
                                           FaultKind::corrupt, FaultKind::slow_read};
    return kinds.contains(kind);
}

// Where a kind has a meaning; a rule elsewhere would fire without any effect.
bool makes_sense(FaultKind kind, const std::string& operation) {
    static const std::set<std::string> uploads{"sign", "put", "details", "report", "report_many", "complete", "abort"};
    if (only_storage(kind))
        return operation == "put";
    switch (kind) {
    case FaultKind::expired_url:
        return operation == "sign" || operation == "put";
    case FaultKind::vanish:
        return uploads.contains(operation);
    case FaultKind::rename:
        return operation == "init" || operation == "complete";
    case FaultKind::wrong_size:
        return operation == "complete";
    case FaultKind::item_error:
        return operation.starts_with("bulk_");
    default:
        return true;
    }
}

std::optional<std::uint64_t> optional_number(const JsonObject& object, const std::string& key) {
    if (!object.has(key))
        return std::nullopt;
    const auto value = integer_of(object, key);
    if (!value || *value < 0)
        throw std::invalid_argument("fault rule: \"" + key + "\" must be a whole number, 0 or more");
    return static_cast<std::uint64_t>(*value);
}

} // namespace

const std::vector<std::string>& fault_operations() {
    static const std::vector<std::string> names{
        "any",      "api",   "storage",   "put",         "root",          "rate_limit",  "user",        "projects",
        "project",  "init",  "list",      "details",     "sign",          "report",      "report_many", "complete",
        "abort",    "files", "file",      "list_folder", "create_folder", "update_file", "delete_file", "move",
        "metadata", "tags",  "bulk_edit", "bulk_update", "bulk_get",      "bulk_delete", "unknown"};
    return names;
}

FaultScript::Rule FaultScript::parse(const JsonObject& object) {
    Rule rule;
    rule.operation = text_of(object, "operation").value_or("");
    const auto& known = fault_operations();
    if (std::ranges::find(known, rule.operation) == known.end())
        throw std::invalid_argument("fault rule: \"operation\" is unknown: \"" + printable(rule.operation) + "\"");
    if (const auto part = optional_number(object, "part"))
        rule.part = static_cast<std::uint32_t>(*part);
    if (object.has("name"))
        rule.name = text_of(object, "name").value_or("");
    rule.after = optional_number(object, "after").value_or(0);
    rule.times = optional_number(object, "times").value_or(1);
    if (const auto span = optional_number(object, "for_ms")) {
        if (object.has("times"))
            throw std::invalid_argument("fault rule: \"for_ms\" and \"times\" exclude each other");
        rule.span = std::chrono::milliseconds(*span);
    }
    rule.fault = parse_fault(object);
    if (!makes_sense(rule.fault.kind, rule.operation))
        throw std::invalid_argument("fault rule: this fault has no meaning for operation \"" + rule.operation + "\"");
    rule.text = to_json(JsonObject::Ptr(new JsonObject(object)));
    return rule;
}

void FaultScript::add(std::string_view json) {
    const JsonResult parsed = parse_json(json);
    if (const auto* error = std::get_if<JsonError>(&parsed))
        throw std::invalid_argument("fault rules: line " + std::to_string(error->line) + ": " + error->message);
    const Json& value = std::get<Json>(parsed);
    std::vector<Rule> rules;
    const auto take = [&](const Json& item) {
        JsonObject::Ptr object = as_object(item);
        if (!object)
            throw std::invalid_argument("fault rules must be a JSON object or an array of them");
        rules.push_back(parse(*object));
    };
    if (JsonArray::Ptr list = as_array(value))
        std::ranges::for_each(*list, take);
    else
        take(value);
    const std::lock_guard lock(mutex_);
    rules_.insert(rules_.end(), rules.begin(), rules.end());
}

bool FaultScript::Rule::fits(const FaultTarget& target) const {
    const bool right_operation =
        operation == "any" || operation == (target.storage ? "storage" : "api") || operation == target.operation;
    return right_operation && (!part || part == target.part) && (!name || *name == target.name);
}

bool FaultScript::Rule::in_force(std::chrono::steady_clock::time_point now) const {
    if (span)
        return fired == 0 || now < first + *span;
    return times == 0 || fired < times;
}

std::optional<Fault> FaultScript::match(const FaultTarget& target) {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    for (Rule& rule : rules_) {
        if (!rule.in_force(now) || !rule.fits(target))
            continue;
        if (rule.after > 0) {
            --rule.after;
            continue;
        }
        if (rule.fired++ == 0)
            rule.first = now;
        ++fired_;
        return rule.fault;
    }
    return std::nullopt;
}

std::uint64_t FaultScript::fired() const {
    const std::lock_guard lock(mutex_);
    return fired_;
}

void FaultScript::clear() {
    const std::lock_guard lock(mutex_);
    rules_.clear();
}

std::vector<std::string> FaultScript::unused() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> texts;
    for (const Rule& rule : rules_)
        if (rule.fired < std::max<std::uint64_t>(rule.times, 1))
            texts.push_back(rule.text);
    return texts;
}

} // namespace ferry::platform
