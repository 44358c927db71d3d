// What the ABI's functions of all our tasks have in common; a task brings its options' reader and its work.
#pragma once

#include "common_options.hpp"
#include "error_report.hpp"
#include "ferry_plugin.h"
#include "process_context.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry {

template <class Options> struct PlatformTask {
    ProcessContext& process;
    const ferry_services& services;
    std::string work_dir;          // absolute
    std::uint64_t row = 0;         // of a batch, from 1; 0: none
    Options options;               // complete
    CredentialOptions credentials; // as the step gives them
};

// Partners are checked once, where they enter; everything behind relies on it.
bool complete(const ferry_run_context* context, const ferry_services* services);
int32_t report_incomplete(ferry_error* error);
int32_t report_problems(const std::vector<OptionProblem>& problems, const ferry_services& services, ferry_error* error);
// Adds what is wrong with the credentials, the proxy and the certificates, offline.
void check_access(ProcessContext& process, const CredentialOptions& credentials, const ferry_run_context& context,
                  const ferry_services& services, std::vector<OptionProblem>& problems);
// Fills in endpoint, token and state directory.
Status give_access(ProcessContext& process, const CredentialOptions& credentials, const ferry_run_context& context,
                   const ferry_services& services, PlatformOptions& options);

// The ABI's functions of a task. `Kind` has: Options, derived from PlatformOptions;
// static Result<ReadTask<Options>> read(std::string_view json);
// static int32_t run(PlatformTask<Options>& task, ferry_error* error).
template <class Kind> struct TaskFunctions {
    using Task = PlatformTask<typename Kind::Options>;

    static int32_t validate(void* plugin, ferry_string options, const ferry_run_context* context,
                            const ferry_services* services, ferry_error* error) noexcept {
        return guard(error, [&] {
            if (!complete(context, services))
                return report_incomplete(error);
            auto read = Kind::read(from_abi(options));
            if (!read)
                return report_error(error, read.error());
            check_access(*static_cast<ProcessContext*>(plugin), read->credentials, *context, *services, read->problems);
            return read->problems.empty() ? static_cast<int32_t>(FERRY_OK)
                                          : report_problems(read->problems, *services, error);
        });
    }

    static int32_t create(void* plugin, ferry_string options, const ferry_run_context* context,
                          const ferry_services* services, void** task, ferry_error* error) noexcept {
        return guard(error, [&] {
            if (!complete(context, services))
                return report_incomplete(error);
            auto read = Kind::read(from_abi(options));
            if (!read)
                return report_error(error, read.error());
            if (!read->problems.empty())
                return report_problems(read->problems, *services, error);
            auto& process = *static_cast<ProcessContext*>(plugin);
            if (const Status given = give_access(process, read->credentials, *context, *services, read->options);
                !given)
                return report_error(error, given.error());
            auto made =
                std::make_unique<Task>(Task{process, *services, std::string(from_abi(context->work_dir)), context->row,
                                            std::move(read->options), std::move(read->credentials)});
            *task = made.release();
            return static_cast<int32_t>(FERRY_OK);
        });
    }

    static int32_t run(void* task, ferry_error* error) noexcept {
        return guard(error, [&] { return Kind::run(*static_cast<Task*>(task), error); });
    }

    static void destroy(void* task) noexcept { delete static_cast<Task*>(task); }

    static ferry_task_type type(std::string_view name, std::string_view summary, std::string_view schema) {
        ferry_task_type type{};
        type.struct_size = sizeof type;
        type.name = to_abi(name);
        type.version = to_abi(FERRY_VERSION);
        type.summary = to_abi(summary);
        type.options_schema = to_abi(schema);
        type.create = create;
        type.run = run;
        type.destroy = destroy;
        type.validate = validate;
        return type;
    }
};

} // namespace ferry
