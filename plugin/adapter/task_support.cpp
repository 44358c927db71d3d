#include "task_support.hpp"

#include "host_bridge.hpp"

namespace ferry {

namespace {

Result<Credentials> credentials_for(const CredentialOptions& options, const ferry_run_context& context,
                                    const ferry_services& services) {
    CredentialSources sources;
    sources.variable = [&services](std::string_view name) { return host_secret(services, name); };
    sources.home = sources.variable("HOME").value_or("");
    sources.work_dir = from_abi(context.work_dir);
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

} // namespace

bool complete(const ferry_run_context* context, const ferry_services* services) {
    return context && services && FERRY_HAS(ferry_run_context, context, FERRY_RUN_CONTEXT_REQUIRED) &&
           FERRY_HAS(ferry_services, services, FERRY_SERVICES_REQUIRED);
}

int32_t report_incomplete(ferry_error* error) {
    return report_error(error, FERRY_UNSUPPORTED, "unsupported",
                        "the host's tables are older than this plugin can use; update ferry");
}

int32_t report_problems(const std::vector<OptionProblem>& problems, const ferry_services& services,
                        ferry_error* error) {
    for (const OptionProblem& problem : problems)
        report_problem(services, problem);
    const OptionProblem& first = problems.front();
    return report_error(error, FERRY_INVALID, "invalid", first.pointer + ": " + first.found + ": " + first.allowed);
}

void check_access(ProcessContext& process, const CredentialOptions& options, const ferry_run_context& context,
                  const ferry_services& services, std::vector<OptionProblem>& problems) {
    const auto credentials = credentials_for(options, context, services);
    if (!credentials) {
        problems.push_back(
            {credentials_pointer(options), "cannot log in to the platform", credentials.error().message});
        return;
    }
    if (const Status proxy = check_proxy(process.network().transport, credentials->endpoint); !proxy)
        problems.push_back({"/endpoint", "no usable proxy", proxy.error().message});
    if (const auto transports = process.transports(); !transports)
        problems.push_back({"/endpoint", "no usable certificates", transports.error().message});
}

Status give_access(ProcessContext& process, const CredentialOptions& options, const ferry_run_context& context,
                   const ferry_services& services, PlatformOptions& platform) {
    auto credentials = credentials_for(options, context, services);
    if (!credentials)
        return credentials.error();
    HostLog log(services);
    std::vector<std::string> warnings = std::move(credentials->warnings);
    const auto& of_network = process.network().warnings;
    warnings.insert(warnings.end(), of_network.begin(), of_network.end());
    for (const std::string& warning : warnings)
        if (process.first_time(warning))
            log.warn(warning);
    platform.endpoint = std::move(credentials->endpoint);
    platform.token = std::move(credentials->token);
    platform.token_source = std::move(credentials->source);
    platform.state_dir = from_abi(context.state_dir);
    platform.dry_run = context.dry_run != 0;
    platform.offline = (context.dry_run & FERRY_DRY_RUN_OFFLINE) != 0;
    return {};
}

} // namespace ferry
