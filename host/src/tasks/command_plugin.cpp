#include "tasks/command_plugin.hpp"

#include "ferry_version.hpp"
#include "plugins/abi_text.hpp"
#include "plugins/error_text.hpp"
#include "schemas.hpp"
#include "tasks/command_task.hpp"

#include <exception>

namespace ferry {
namespace {

// The body of one C function: no exception leaves it.
template <typename Body> int32_t guard(ferry_error* error, Body&& body) noexcept {
    try {
        return body();
    } catch (const std::exception& e) {
        set_error(error, FERRY_FAILED, "internal", e.what());
    } catch (...) {
        set_error(error, FERRY_FAILED, "internal", "unknown exception");
    }
    return FERRY_FAILED;
}

int32_t report(const Diagnostics& diagnostics, const ferry_services* services) {
    for (const Diagnostic& one : diagnostics) {
        const ferry_diagnostic told{sizeof told, to_abi(one.pointer), to_abi(one.found), to_abi(one.allowed)};
        services->diagnostic(services->ctx, &told);
    }
    return diagnostics.empty() ? FERRY_OK : FERRY_INVALID;
}

int32_t validate(void*, ferry_string options, const ferry_run_context*, const ferry_services* services,
                 ferry_error* error) noexcept {
    return guard(error, [&] {
        Diagnostics diagnostics;
        read_command_options({options.data, options.size}, diagnostics);
        return report(diagnostics, services);
    });
}

int32_t create(void* plugin, ferry_string options, const ferry_run_context* context, const ferry_services* services,
               void** task, ferry_error* error) noexcept {
    return guard(error, [&]() -> int32_t {
        Diagnostics diagnostics;
        CommandOptions read = read_command_options({options.data, options.size}, diagnostics);
        if (const int32_t code = report(diagnostics, services); code != FERRY_OK) {
            set_error(error, code, "options", to_text(diagnostics.front()));
            return code;
        }
        *task = new CommandTask(std::move(read), *static_cast<const CommandSettings*>(plugin), *context, *services);
        return FERRY_OK;
    });
}

int32_t run(void* task, ferry_error* error) noexcept {
    return guard(error, [&] { return static_cast<CommandTask*>(task)->run(*error); });
}

void destroy(void* task) noexcept {
    delete static_cast<CommandTask*>(task);
}

// The texts of a table are only known at run time here; they live as long as the handle.
class CommandPlugin : public PluginHandle {
  public:
    explicit CommandPlugin(std::shared_ptr<const CommandSettings> settings) : settings_(std::move(settings)) {
        type_.struct_size = sizeof type_;
        type_.name = to_abi("command");
        type_.version = to_abi("1");
        type_.summary = to_abi("run a program of this machine and hand on the files that it makes");
        type_.options_schema = to_abi(schemas::command());
        type_.create = create;
        type_.run = run;
        type_.destroy = destroy;
        type_.validate = validate;
        table_.struct_size = sizeof table_;
        table_.abi_major = FERRY_ABI_MAJOR;
        table_.abi_minor = FERRY_ABI_MINOR;
        table_.name = to_abi("ferry");
        table_.version = to_abi(version());
        table_.task_count = 1;
        table_.tasks = &tasks_;
    }

    const ferry_plugin& table() const override { return table_; }
    int32_t context(void** context, ferry_error&) override {
        *context = const_cast<CommandSettings*>(settings_.get()); // the ABI's pointer has no const; create() adds it
        return FERRY_OK;
    }

  private:
    std::shared_ptr<const CommandSettings> settings_;
    ferry_task_type type_{};
    const ferry_task_type* tasks_ = &type_;
    ferry_plugin table_{};
};

} // namespace

std::shared_ptr<PluginHandle> make_command_plugin(std::shared_ptr<const CommandSettings> settings) {
    return std::make_shared<CommandPlugin>(std::move(settings));
}

} // namespace ferry
