#include "upload_task.hpp"

#include "document/units.hpp"
#include "error_report.hpp"
#include "host_bridge.hpp"
#include "http/poco_transport.hpp"
#include "option_reader.hpp"
#include "process_context.hpp"
#include "schemas.hpp"
#include "transfer/upload_job.hpp"
#include "upload_outputs.hpp"

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace ferry {

namespace {

struct UploadTask {
    ProcessContext& process;
    const ferry_services& services;
    std::string work_dir;
    UploadOptions options;
};

Result<Credentials> credentials_for(const CredentialOptions& options, std::string_view work_dir,
                                    const ferry_services& services) {
    CredentialSources sources;
    sources.variable = [&services](std::string_view name) { return host_secret(services, name); };
    sources.home = sources.variable("HOME").value_or("");
    sources.work_dir = work_dir;
    return resolve_credentials(options, sources);
}

// The option that decides where the credentials come from. Not the whole: where files are only known later, the host
// leaves out what is said of the whole.
std::string credentials_pointer(const CredentialOptions& options) {
    if (options.token_file)
        return "/token_file";
    if (options.token_env)
        return "/token_env";
    return options.profile ? "/profile" : "/endpoint";
}

void report_problem(const ferry_services& services, const OptionProblem& problem) {
    ferry_diagnostic diagnostic{};
    diagnostic.struct_size = sizeof diagnostic;
    diagnostic.pointer = to_abi(problem.pointer);
    diagnostic.found = to_abi(problem.found);
    diagnostic.allowed = to_abi(problem.allowed);
    services.diagnostic(services.ctx, &diagnostic);
}

int32_t report_problems(const std::vector<OptionProblem>& problems, const ferry_services& services,
                        ferry_error* error) {
    for (const OptionProblem& problem : problems)
        report_problem(services, problem);
    const OptionProblem& first = problems.front();
    return report_error(error, FERRY_INVALID, "invalid", first.pointer + ": " + first.found + ": " + first.allowed);
}

// Partners are checked once, where they enter; everything behind relies on it.
bool complete(const ferry_run_context* context, const ferry_services* services) {
    return context && services && FERRY_HAS(ferry_run_context, context, FERRY_RUN_CONTEXT_REQUIRED) &&
           FERRY_HAS(ferry_services, services, FERRY_SERVICES_REQUIRED);
}

int32_t incomplete(ferry_error* error) {
    return report_error(error, FERRY_UNSUPPORTED, "unsupported",
                        "the host's tables are older than this plugin can use; update ferry");
}

int32_t validate(void*, ferry_string options, const ferry_run_context* context, const ferry_services* services,
                 ferry_error* error) noexcept {
    return guard(error, [&] {
        if (!complete(context, services))
            return incomplete(error);
        auto read = read_options(from_abi(options));
        if (!read)
            return report_error(error, read.error());
        std::vector<OptionProblem> problems = std::move(read->problems);
        if (const auto credentials = credentials_for(read->credentials, from_abi(context->work_dir), *services);
            !credentials)
            problems.push_back(
                {credentials_pointer(read->credentials), "cannot log in to the platform", credentials.error().message});
        else if (const Status proxy = check_proxy(transport_settings_from_environment(), credentials->endpoint); !proxy)
            problems.push_back({"/endpoint", "no usable proxy", proxy.error().message});
        return problems.empty() ? FERRY_OK : report_problems(problems, *services, error);
    });
}

int32_t create(void* plugin, ferry_string options, const ferry_run_context* context, const ferry_services* services,
               void** task, ferry_error* error) noexcept {
    return guard(error, [&] {
        if (!complete(context, services))
            return incomplete(error);
        auto read = read_options(from_abi(options));
        if (!read)
            return report_error(error, read.error());
        if (!read->problems.empty())
            return report_problems(read->problems, *services, error);
        auto credentials = credentials_for(read->credentials, from_abi(context->work_dir), *services);
        if (!credentials)
            return report_error(error, credentials.error());
        HostLog log(*services);
        for (const std::string& warning : credentials->warnings)
            log.warn(warning);
        auto made =
            std::make_unique<UploadTask>(UploadTask{*static_cast<ProcessContext*>(plugin), *services,
                                                    std::string(from_abi(context->work_dir)), std::move(read->upload)});
        made->options.work_dir = made->work_dir;
        made->options.endpoint = std::move(credentials->endpoint);
        made->options.token = std::move(credentials->token);
        made->options.token_source = std::move(credentials->source);
        made->options.state_dir = from_abi(context->state_dir);
        made->options.dry_run = context->dry_run != 0;
        *task = made.release();
        return static_cast<int32_t>(FERRY_OK);
    });
}

int32_t run_checked(UploadTask& task, ferry_error* error) {
    const auto transports = task.process.transports();
    if (!transports)
        return report_error(error, transports.error());
    HostLog log(task.services);
    UploadOutputs outputs(task.services);
    CancelToken cancel;
    UploadSummary summary;
    {
        const CancelWatch watch(task.services, cancel);
        QuotaGate& quota = task.process.quotas().gate(task.options.endpoint, task.options.token);
        const UploadEnvironment environment{**transports,         task.process.arena(),  quota,
                                            task.process.clock(), task.process.random(), log};
        summary = run_upload(task.options, environment, outputs, cancel);
    }
    const Status handed_on = outputs.finish(summary);
    if (!summary.status)
        return report_error(error, summary.status.error());
    return handed_on ? static_cast<int32_t>(FERRY_OK) : report_error(error, handed_on.error());
}

int32_t run(void* task, ferry_error* error) noexcept {
    return guard(error, [&] { return run_checked(*static_cast<UploadTask*>(task), error); });
}

void destroy(void* task) noexcept {
    delete static_cast<UploadTask*>(task);
}

int32_t open(void** context, ferry_error* error) noexcept {
    return guard(error, [&] {
        *context = new ProcessContext;
        return static_cast<int32_t>(FERRY_OK);
    });
}

void close(void* context) noexcept {
    delete static_cast<ProcessContext*>(context);
}

constexpr std::string_view version = FERRY_VERSION;

ferry_task_type make_upload_type() {
    ferry_task_type type{};
    type.struct_size = sizeof type;
    type.name = to_abi("upload");
    type.version = to_abi(version);
    type.summary = to_abi("upload files to CAVATICA or another Seven Bridges platform, many parts at once");
    type.options_schema = to_abi(schemas::upload());
    type.create = create;
    type.run = run;
    type.destroy = destroy;
    type.validate = validate;
    return type;
}

} // namespace

const ferry_plugin& upload_plugin_table() {
    static const ferry_task_type upload_type = make_upload_type();
    static const ferry_task_type* const types[] = {&upload_type};
    static const ferry_plugin table = [] {
        ferry_plugin plugin{};
        plugin.struct_size = sizeof plugin;
        plugin.abi_major = FERRY_ABI_MAJOR;
        plugin.abi_minor = FERRY_ABI_MINOR;
        plugin.name = to_abi("upload");
        plugin.version = to_abi(version);
        plugin.task_count = std::size(types);
        plugin.tasks = types;
        plugin.open = open;
        plugin.close = close;
        return plugin;
    }();
    return table;
}

} // namespace ferry
