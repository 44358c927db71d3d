#include "plugins/task_session.hpp"

#include "document/strict_json.hpp"
#include "plugins/abi_text.hpp"
#include "plugins/services_table.hpp"

#include <algorithm>
#include <cstring>

namespace ferry {
namespace {

constexpr std::size_t max_key = 255;
constexpr std::size_t max_type = 64;
constexpr std::size_t max_log = 16384;
constexpr std::size_t max_diagnostics = 1000; // a plugin that reports more tells nothing new

// The value, or nullopt if the plugin's text is no JSON.
std::optional<Poco::Dynamic::Var> parse(ferry_string json) {
    const auto text = from_abi(json);
    if (!text)
        return std::nullopt;
    JsonResult parsed = parse_json(*text);
    if (auto* value = std::get_if<Poco::Dynamic::Var>(&parsed))
        return std::optional<Poco::Dynamic::Var>(std::in_place, *value);
    return std::nullopt;
}

// The value with what must not be shown taken out of its texts.
Poco::Dynamic::Var shown(const Poco::Dynamic::Var& value, const TaskHost& host) {
    if (!host.shown)
        return value;
    if (value.isString())
        return host.shown(value.extract<std::string>());
    if (value.type() == typeid(Poco::JSON::Array::Ptr)) {
        Poco::JSON::Array::Ptr copy = new Poco::JSON::Array;
        for (const Poco::Dynamic::Var& item : *value.extract<Poco::JSON::Array::Ptr>())
            copy->add(shown(item, host));
        return copy;
    }
    if (value.type() == typeid(Poco::JSON::Object::Ptr)) {
        Poco::JSON::Object::Ptr copy = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
        const auto& members = value.extract<Poco::JSON::Object::Ptr>();
        for (const std::string& key : members->getNames())
            copy->set(key, shown(members->get(key), host));
        return copy;
    }
    return value;
}

std::optional<std::string> output_key(ferry_string key) {
    const auto text = from_abi(key);
    if (!text || text->empty() || text->size() > max_key)
        return std::nullopt;
    return std::string(*text);
}

bool is_event_type(std::string_view type) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    };
    return !type.empty() && type.front() >= 'a' && type.front() <= 'z' && type.size() <= max_type &&
           std::all_of(type.begin(), type.end(), allowed);
}

std::uint32_t dry_run_bits(const TaskContext& context) {
    if (!context.dry_run)
        return 0;
    return FERRY_DRY_RUN | (context.offline ? static_cast<std::uint32_t>(FERRY_DRY_RUN_OFFLINE) : 0u);
}

ferry_run_context make_run_context(const TaskContext& context) {
    return {sizeof(ferry_run_context), to_abi(context.state_dir), to_abi(context.work_dir),
            to_abi(context.workflow),  to_abi(context.run_id),    to_abi(context.step_id),
            context.attempt,           dry_run_bits(context),     context.row,
            context.deadline_ms,       to_abi(context.run_dir)};
}

} // namespace

TaskSession::TaskSession(const TaskContext& context, const TaskHost& host)
    : context_(context)
    , host_(host)
    , services_(services_for(*this))
    , run_context_(make_run_context(context))
    , outputs_(new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER)) {}

Poco::JSON::Object::Ptr TaskSession::outputs() const {
    const std::lock_guard lock(mutex_);
    return outputs_;
}

Diagnostics TaskSession::take_diagnostics() {
    const std::lock_guard lock(mutex_);
    return std::move(diagnostics_);
}

void TaskSession::log(int32_t level, ferry_string message) {
    const int32_t known = std::clamp<int32_t>(level, FERRY_LOG_ERROR, FERRY_LOG_DEBUG);
    host_.listener.log(context_, known, printable_abi(message, max_log));
}

bool TaskSession::cancelled() const {
    return host_.cancelled && host_.cancelled();
}

void TaskSession::diagnostic(const ferry_diagnostic& diagnostic) {
    if (!FERRY_HAS(ferry_diagnostic, &diagnostic, FERRY_DIAGNOSTIC_REQUIRED))
        return;
    Diagnostic made;
    made.pointer = printable_abi(diagnostic.pointer);
    made.found = printable_abi(diagnostic.found);
    made.allowed = printable_abi(diagnostic.allowed);
    const std::lock_guard lock(mutex_);
    if (!ended() && diagnostics_.size() < max_diagnostics)
        diagnostics_.push_back(std::move(made));
}

int32_t TaskSession::output_set(ferry_string key, ferry_string json) {
    const auto name = output_key(key);
    auto value = parse(json);
    if (!name || !value)
        return FERRY_INVALID;
    const std::lock_guard lock(mutex_);
    if (!ended())
        outputs_->set(*name, shown(*value, host_));
    return FERRY_OK;
}

int32_t TaskSession::output_append(ferry_string key, ferry_string json) {
    const auto name = output_key(key);
    auto value = parse(json);
    if (!name || !value)
        return FERRY_INVALID;
    const std::lock_guard lock(mutex_);
    if (ended())
        return FERRY_OK;
    if (!outputs_->has(*name))
        outputs_->set(*name, Poco::JSON::Array::Ptr(new Poco::JSON::Array));
    Poco::JSON::Array::Ptr array = outputs_->getArray(*name);
    if (!array)
        return FERRY_INVALID; // it was set to something else
    array->add(shown(*value, host_));
    return FERRY_OK;
}

int32_t TaskSession::secret(ferry_string name, char* buffer, std::size_t capacity, std::size_t* size) {
    const auto wanted = from_abi(name);
    if (!wanted || wanted->empty() || !size)
        return FERRY_INVALID;
    const auto value = host_.secret ? host_.secret(std::string(*wanted)) : std::nullopt;
    if (!value)
        return FERRY_NOT_FOUND;
    *size = value->size();
    if (value->size() > capacity || (!buffer && !value->empty()))
        return FERRY_TOO_SMALL;
    if (!value->empty())
        std::memcpy(buffer, value->data(), value->size());
    return FERRY_OK;
}

void TaskSession::progress(const ferry_progress& progress) {
    std::optional<TaskProgress> told = read_progress(progress);
    if (!told)
        return;
    if (host_.shown) {
        told->waiting_for = host_.shown(std::move(told->waiting_for));
        for (ItemProgress& item : told->items)
            item.name = host_.shown(std::move(item.name));
    }
    host_.listener.progress(context_, *told);
}

void TaskSession::event(ferry_string type, ferry_string json) {
    const auto word = from_abi(type);
    const auto value = parse(json);
    if (!word || !is_event_type(*word) || !value || value->type() != typeid(Poco::JSON::Object::Ptr)) {
        host_.listener.log(context_, FERRY_LOG_WARN,
                           "the task sent an event that is no word with a JSON object; dropped");
        return;
    }
    host_.listener.event(context_, *word, to_json(shown(*value, host_))); // printed anew: one line, whatever came
}

} // namespace ferry
