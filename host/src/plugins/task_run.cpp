#include "plugins/task_run.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "plugins/abi_text.hpp"
#include "plugins/error_text.hpp"
#include "plugins/task_session.hpp"

#include <exception>

namespace ferry {
namespace {

// Codes that a task may end with; services' own codes and unknown ones are failures.
int32_t known_code(int32_t code) {
    return code >= FERRY_OK && code <= FERRY_CANCELLED ? code : FERRY_FAILED;
}

// Calls into the plugin. An exception that crosses the border anyway becomes an error: it must not end the other steps.
template <typename Call> int32_t call_plugin(const char* function, ferry_error& error, Call&& call) noexcept {
    try {
        try {
            return known_code(call());
        } catch (const std::exception& e) {
            set_error(&error, FERRY_FAILED, "plugin",
                      std::string(function) + " of the task threw an exception: " + e.what());
        }
    } catch (...) {
        set_error(&error, FERRY_FAILED, "plugin", "the task threw an exception, which no plugin may do");
    }
    return FERRY_FAILED;
}

// The plugin's opaque task: destroyed once, whatever happens.
class Task {
  public:
    Task(const TaskEntry& entry, void* task) : entry_(entry), task_(task) {}
    ~Task() {
        ferry_error ignored = empty_error();
        call_plugin("destroy()", ignored, [this]() -> int32_t {
            entry_.type->destroy(task_);
            return FERRY_OK;
        });
    }
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    int32_t run(ferry_error& error) {
        return call_plugin("run()", error, [&] { return entry_.type->run(task_, &error); });
    }

  private:
    const TaskEntry& entry_;
    void* task_;
};

int32_t create_and_run(const TaskEntry& entry, const std::string& options, TaskSession& session, ferry_error& error) {
    void* plugin = nullptr;
    if (const int32_t code = entry.handle->context(&plugin, error); code != FERRY_OK)
        return known_code(code);
    void* made = nullptr;
    const int32_t code = call_plugin("create()", error, [&] {
        return entry.type->create(plugin, to_abi(options), &session.run_context(), &session.services(), &made, &error);
    });
    if (code != FERRY_OK)
        return code;
    Task task(entry, made);
    const int32_t result = task.run(error);
    session.end(); // before destroy(): nothing of the task counts any more
    return result;
}

std::string outcome_message(int32_t code, const ferry_error& error) {
    const std::string message = message_of(error);
    if (!message.empty())
        return message;
    switch (code) {
    case FERRY_OK:
        return {};
    case FERRY_INVALID:
        return "the task does not accept its options";
    case FERRY_CANCELLED:
        return "stopped on request";
    default:
        return "the task failed and did not say why";
    }
}

std::string kind_for(int32_t code, const ferry_error& error) {
    const std::string kind = kind_of(error);
    if (kind != "failed")
        return kind;
    return code == FERRY_INVALID ? "options" : code == FERRY_CANCELLED ? "cancelled" : kind;
}

bool has_validate(const ferry_task_type& type) {
    return FERRY_HAS(ferry_task_type, &type, validate) && type.validate;
}

} // namespace

TaskOutcome run_task(const TaskEntry& entry, const Poco::JSON::Object& options, const TaskContext& context,
                     const TaskHost& host) {
    const std::string text = to_json(Poco::Dynamic::Var(options)); // lives longer than the task
    TaskSession session(context, host);
    ferry_error error = empty_error();
    TaskOutcome outcome;
    outcome.code = create_and_run(entry, text, session, error);
    session.end();
    outcome.outputs = session.outputs();
    outcome.diagnostics = session.take_diagnostics();
    if (outcome.code != FERRY_OK) {
        outcome.kind = kind_for(outcome.code, error);
        outcome.message = outcome_message(outcome.code, error);
        if (host.shown)
            outcome.message = host.shown(std::move(outcome.message));
    }
    return outcome;
}

Diagnostics validate_task(const TaskEntry& entry, const Poco::JSON::Object& options, const TaskContext& context,
                          const TaskHost& host) {
    if (!has_validate(*entry.type))
        return {};
    const std::string text = to_json(Poco::Dynamic::Var(options));
    TaskSession session(context, host);
    ferry_error error = empty_error();
    void* plugin = nullptr;
    int32_t code = entry.handle->context(&plugin, error);
    if (code == FERRY_OK)
        code = call_plugin("validate()", error, [&] {
            return entry.type->validate(plugin, to_abi(text), &session.run_context(), &session.services(), &error);
        });
    session.end();
    Diagnostics diagnostics = session.take_diagnostics();
    if (code != FERRY_OK && !has_errors(diagnostics)) {
        Diagnostic whole;
        whole.allowed = outcome_message(code, error);
        diagnostics.push_back(std::move(whole));
    }
    return diagnostics;
}

} // namespace ferry
