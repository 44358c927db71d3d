#include "fake_tasks.hpp"

#include "document/strict_json.hpp"
#include "schemas.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

namespace ferry::test {

namespace {

constexpr std::string_view kProbeSchema = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "text": { "type": "string", "maxLength": 200 },
    "count": { "type": "integer", "minimum": 1, "maximum": 64, "default": 8 },
    "ratio": { "type": "number" },
    "flag": { "type": "boolean" },
    "list": { "type": "array", "items": { "type": "string" } },
    "any": {},
    "token_env": { "type": "string" },
    "env": { "type": "object" },
    "nested": {
      "type": "object", "additionalProperties": false, "default": {},
      "properties": { "depth": { "type": "integer", "default": 3 } }
    }
  }
})";

ferry_string abi(std::string_view text) {
    return {text.data(), text.size()};
}
std::string text(ferry_string value) {
    return {value.data ? value.data : "", value.size};
}

struct Task {
    FakeTasks* owner;
    FakeCall call;
};

int32_t create(void* plugin, ferry_string options, const ferry_run_context* context, const ferry_services* services,
               void** task, ferry_error*) {
    *task =
        new Task{static_cast<FakeTasks*>(plugin),
                 {text(context->step_id), text(options), context->attempt, context->dry_run != 0, services, nullptr}};
    return FERRY_OK;
}

int32_t run(void* task, ferry_error* error) {
    auto& mine = *static_cast<Task*>(task);
    mine.call.error = error;
    return mine.owner->call(mine.call);
}

void destroy(void* task) {
    delete static_cast<Task*>(task);
}

int32_t validate(void* plugin, ferry_string, const ferry_run_context* context, const ferry_services* services,
                 ferry_error*) {
    const auto* problems = static_cast<FakeTasks*>(plugin)->complaints_of(text(context->step_id));
    if (!problems)
        return FERRY_OK;
    for (const Diagnostic& problem : *problems) {
        const ferry_diagnostic report{sizeof(ferry_diagnostic), abi(problem.pointer), abi(problem.found),
                                      abi(problem.allowed)};
        services->diagnostic(services->ctx, &report);
    }
    return FERRY_INVALID;
}

ferry_task_type task_type(std::string_view name, std::string_view schema) {
    ferry_task_type type{};
    type.struct_size = sizeof type;
    type.name = abi(name);
    type.version = abi("1");
    type.summary = abi("a fake");
    type.options_schema = abi(schema);
    type.create = create;
    type.run = run;
    type.destroy = destroy;
    type.validate = validate;
    return type;
}

} // namespace

class FakeTasks::Handle final : public PluginHandle {
  public:
    explicit Handle(FakeTasks& owner) : owner_(owner) {
        types_ = {task_type("command", schemas::command()), task_type("upload", schemas::upload()),
                  task_type("probe", kProbeSchema)};
        for (std::size_t i = 0; i < types_.size(); ++i)
            pointers_[i] = &types_[i];
        table_.struct_size = sizeof table_;
        table_.abi_major = FERRY_ABI_MAJOR;
        table_.abi_minor = FERRY_ABI_MINOR;
        table_.name = abi("fake");
        table_.version = abi("1");
        table_.task_count = pointers_.size();
        table_.tasks = pointers_.data();
    }
    const ferry_plugin& table() const override { return table_; }
    int32_t context(void** context, ferry_error&) override {
        *context = &owner_;
        return FERRY_OK;
    }

  private:
    FakeTasks& owner_;
    std::array<ferry_task_type, 3> types_{};
    std::array<const ferry_task_type*, 3> pointers_{};
    ferry_plugin table_{};
};

void FakeCall::output(const std::string& key, const std::string& json) const {
    services->output_set(services->ctx, abi(key), abi(json));
}

int32_t FakeCall::fail(int32_t code, const std::string& kind, const std::string& message) const {
    error->code = code;
    std::snprintf(error->kind, sizeof error->kind, "%s", kind.c_str());
    std::snprintf(error->message, sizeof error->message, "%s", message.c_str());
    return code;
}

FakeTasks::FakeTasks() : handle_(std::make_shared<Handle>(*this)) {
    if (const auto problem = registry_.add(handle_))
        throw std::logic_error(*problem);
}

FakeTasks::~FakeTasks() = default;

int32_t FakeTasks::call(FakeCall& call) {
    {
        const std::lock_guard lock(mutex_);
        calls_.emplace_back(call.step, call.options);
    }
    const auto behaviour = behaviours_.find(call.step);
    return behaviour == behaviours_.end() ? FERRY_OK : behaviour->second(call);
}

const std::vector<Diagnostic>* FakeTasks::complaints_of(const std::string& step) const {
    const auto found = complaints_.find(step);
    return found == complaints_.end() ? nullptr : &found->second;
}

std::vector<std::string> FakeTasks::started() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> out;
    for (const auto& [step, options] : calls_)
        out.push_back(step);
    return out;
}

std::vector<std::string> FakeTasks::options_of(const std::string& step) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> out;
    for (const auto& [id, options] : calls_)
        if (id == step)
            out.push_back(options);
    return out;
}

void RecordingListener::add(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
}

void RecordingListener::step_started(const TaskContext& step, const Step&) {
    add("start " + step.step_id + " " + std::to_string(step.attempt));
}

void RecordingListener::step_retried(const TaskContext& step, const StepError&, std::chrono::milliseconds) {
    add("retry " + step.step_id);
}

void RecordingListener::step_finished(const TaskContext& step, const StepResult& result,
                                      const Diagnostics& diagnostics) {
    add("finish " + step.step_id + " " + to_string(result.status));
    const std::lock_guard lock(mutex_);
    diagnostics_.insert(diagnostics_.end(), diagnostics.begin(), diagnostics.end());
}

void RecordingListener::step_planned(const TaskContext& step, const Poco::JSON::Object& options, bool complete) {
    Poco::JSON::Object::Ptr copy = new Poco::JSON::Object(options);
    add("plan " + step.step_id + (complete ? " complete " : " open ") + to_json(copy));
}

std::vector<std::string> RecordingListener::lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
}

std::size_t RecordingListener::count(const std::string& line) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count(lines_.begin(), lines_.end(), line));
}

Diagnostics RecordingListener::diagnostics() const {
    const std::lock_guard lock(mutex_);
    return diagnostics_;
}

} // namespace ferry::test
