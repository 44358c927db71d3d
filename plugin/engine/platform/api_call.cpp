// How one call is made: gates, headers, log, verdict, and the retries around it.
#include "platform/platform_api.hpp"

#include "base/job_event.hpp"
#include "document/text.hpp"
#include "document/units.hpp"
#include "platform/quota_gate.hpp"
#include "retry/retry_after.hpp"

#include <Poco/String.h>
#include <algorithm>
#include <utility>

namespace ferry {
namespace {

// Short names are made of titles in lower case (contract 5), and typed as the titles are. Empty: it is in lower case.
std::string in_lower_case(const std::string& project) {
    const std::size_t name = std::min(project.find('/'), project.size());
    const std::string lower = project.substr(0, name) + Poco::toLower(project.substr(name));
    return lower == project ? std::string() : lower;
}

std::string token_of(const ApiContext& context) {
    return context.token_source.empty() ? "the token" : "the token from " + context.token_source;
}

constexpr int generic_codes = 90000; // and above (contract 1.5)

std::string advice_on_rights(const ApiContext& context, int code) {
    if (code >= generic_codes) // says nothing of what is lacking
        return "; ask one of the project's administrators what the user of " + token_of(context) +
               " lacks there, or whether its billing group or storage is used up";
    return "; the user of " + token_of(context) +
           " needs rights for this in the project: ask one of its administrators for them";
}

std::string advice_on_project(const ApiContext& context) {
    if (const std::string lower = in_lower_case(context.project); !lower.empty())
        return "; project ids are in lower case behind the slash: try " + printable(lower, 255);
    return "; copy the project's id, which is owner/short-name, from the address of its page, and see that the user "
           "of " +
           token_of(context) + " is a member";
}

std::string advice_on_endpoint(const ApiContext& context) {
    const std::string url = context.base.origin() + context.base.target;
    if (!url.ends_with("/v2"))
        return "; the endpoint " + printable(url, 255) + " should end in /v2, as that of every platform does";
    return "; check the id of the project or folder, and the endpoint's URL";
}

// What to do about it, where that can be said; with the punctuation that leads on to it.
std::string advice(const ApiContext& context, Verdict verdict, const HttpOutcome& outcome) {
    const auto* response = std::get_if<HttpResponse>(&outcome);
    if (!response) {
        const std::string& clause = std::get<HttpFailure>(outcome).advice;
        return clause.empty() ? clause : "; " + clause;
    }
    const int code = read_platform_error(*response).code;
    if (response->status == 401)
        return "; " + token_of(context) + " is wrong, has expired or is another platform's: make a new one on the " +
               "Developer page of the platform whose API is " + context.base.host_header();
    if (verdict == Verdict::auth || verdict == Verdict::rights)
        return advice_on_rights(context, code);
    if (response->status == 403)
        return "; this does not come from the platform itself, so look for a proxy in between";
    if (response->status >= 300 && response->status < 400)
        return "; check the endpoint's URL";
    if (code == 8006)
        return "; another upload of that name is open there: let it end, or abort it on the platform, and run again";
    if (code == 3002 || code == 3012 || code == 8010)
        return advice_on_project(context);
    if (response->status == 404 && verdict == Verdict::permanent)
        return advice_on_endpoint(context);
    if (code == 5024 || code == 8013)
        return "; if the platform does not take the file's name, give it another with \"name\"";
    if (verdict == Verdict::conflict)
        return "; choose another name, or let conflict be skip, rename or overwrite";
    return {};
}

ErrorKind kind_of(const Verdict verdict, const HttpOutcome& outcome) {
    const auto* response = std::get_if<HttpResponse>(&outcome);
    switch (verdict) {
    case Verdict::auth:
        return ErrorKind::auth;
    case Verdict::rights:
        return ErrorKind::rights;
    case Verdict::conflict:
        return ErrorKind::conflict;
    case Verdict::vanished:
        return ErrorKind::not_found;
    case Verdict::cancelled:
        return ErrorKind::cancelled;
    default:
        break;
    }
    if (!response)
        return std::get<HttpFailure>(outcome).kind == FailureKind::invalid_answer ? ErrorKind::platform
                                                                                  : ErrorKind::network;
    if (response->status == 404)
        return ErrorKind::not_found;
    return response->status >= 500 ? ErrorKind::network : ErrorKind::platform;
}

const char* word(Operation operation) {
    switch (operation) {
    case Operation::init:
        return "init";
    case Operation::sign:
        return "sign";
    case Operation::put_part:
        return "put";
    case Operation::report:
        return "report";
    case Operation::complete:
        return "complete";
    case Operation::abort:
        return "abort";
    case Operation::list_uploads:
        return "list uploads";
    case Operation::upload_details:
        return "details";
    case Operation::read:
        return "read";
    case Operation::write:
        return "write";
    }
    return "call";
}

} // namespace

Error PlatformApi::stopped(const std::string& doing) {
    return {ErrorKind::cancelled, doing + ": stopped"};
}

PlatformApi::PlatformApi(ApiContext& context, HttpTransport& transport, CancelToken& cancel)
    : context_(context)
    , transport_(transport)
    , cancel_(cancel) {}

// A platform, or whoever answers for it, may echo the token; no text of ours may carry it on.
std::string PlatformApi::scrubbed(std::string text) const {
    const std::string_view token = context_.token.reveal();
    if (token.empty())
        return text;
    for (std::size_t at = text.find(token); at != std::string::npos; at = text.find(token, at))
        text.replace(at, token.size(), "***");
    return text;
}

HttpRequest PlatformApi::http_request(const Request& request) const {
    HttpRequest http;
    http.method = request.method;
    http.url = context_.base;
    http.url.target += request.path;
    http.headers.add("X-SBG-Auth-Token", std::string(context_.token.reveal()));
    http.headers.add("Content-Type", "application/json"); // contract 1.2: on GET and DELETE, too
    http.headers.add("Accept", "application/json");
    http.headers.add("User-Agent", "ferry/" FERRY_VERSION);
    http.body = request.body;
    http.timeouts = context_.timeouts;
    if (request.operation == Operation::complete)
        http.timeouts.answer = std::max(http.timeouts.answer, context_.complete_timeout);
    http.repeatable = request.repeatable;
    return http;
}

HttpOutcome PlatformApi::send(const Request& request) {
    const Instant start = context_.clock.now();
    HttpOutcome outcome = transport_.send(http_request(request), cancel_);
    if (met_server(outcome))
        ++context_.calls;
    if (auto* response = std::get_if<HttpResponse>(&outcome)) {
        response->body = scrubbed(std::move(response->body));
        const WallTime wall = context_.clock.wall();
        context_.skew = (server_time(*response, on_server(wall)) - wall).count();
    }
    log_outcome(request, outcome, context_.clock.now() - start);
    return outcome;
}

void PlatformApi::log_outcome(const Request& request, const HttpOutcome& outcome, Duration took) {
    if (!context_.log.wants(LogLevel::debug))
        return;
    context_.log.debug(scrubbed(request.method + " " + word(request.operation) + " " + context_.base.target +
                                request.path.substr(0, request.path.find('?')) + ": " + ending_text(outcome, took)));
}

PlatformApi::Try PlatformApi::once(const Request& request, const Reader& read) {
    paused_ = Duration{0};
    const auto permit = context_.quota.before_call(cancel_, context_.log);
    if (!permit)
        return {Verdict::cancelled, HttpFailure{FailureKind::cancelled, "stopped"}};
    paused_ = permit->waited();
    Try tried;
    tried.outcome = send(request);
    context_.line.note(tried.outcome);
    tried.verdict = classify(request.operation, tried.outcome);
    const auto* response = std::get_if<HttpResponse>(&tried.outcome);
    if (!response)
        return tried;
    context_.quota.answered(permit->started(), tried.verdict, *response, context_.log);
    if (tried.verdict != Verdict::success)
        return tried;
    if (const Status taken = read(*response); !taken) {
        const bool for_good = taken.error().kind == ErrorKind::invalid;
        tried.outcome =
            HttpFailure{FailureKind::invalid_answer, "the platform's answer from " + context_.base.host_header() +
                                                         " cannot be used: " + taken.error().message};
        tried.verdict = for_good ? Verdict::permanent : classify(request.operation, tried.outcome);
    }
    return tried;
}

std::string PlatformApi::advice(Verdict verdict, const HttpOutcome& outcome) const {
    return ferry::advice(context_, verdict, outcome);
}

Error PlatformApi::failure(const Try& tried, const std::string& reason, const std::string& doing) const {
    if (tried.verdict == Verdict::cancelled)
        return stopped(doing);
    std::string message =
        doing + ": " + describe(Operation::read, tried.outcome) + scrubbed(for_support(tried.outcome));
    if (!reason.empty())
        message += " (given up: " + reason + ")";
    return {kind_of(tried.verdict, tried.outcome), message + advice(tried.verdict, tried.outcome)};
}

Status PlatformApi::enter_line(const RetryState& retry, const std::string& doing) {
    if (context_.line.enter(retry.give_up_at(), cancel_))
        return {};
    if (cancel_.cancelled())
        return stopped(doing);
    return {ErrorKind::network, doing + ": no server could be reached within " +
                                    format_duration(context_.retry.max_elapsed) + ": " + context_.line.last_reason()};
}

Status PlatformApi::wait_after(const Try& tried, RetryState& retry, const std::string& doing) {
    std::optional<Duration> told;
    if (const auto* response = std::get_if<HttpResponse>(&tried.outcome))
        told = retry_after(*response, context_.clock.wall());
    const std::optional<Duration> wait = retry.failed(tried.verdict, told);
    if (!wait)
        return failure(tried, retry.reason(), doing);
    const std::string reason = describe(Operation::read, tried.outcome);
    const Duration next = std::max(*wait, context_.line.next_try_in());
    context_.log.debug(doing + ": " + reason + "; trying again in " + format_duration(next));
    ++context_.retries;
    context_.log.event(EventFields()
                           .text("doing", doing)
                           .number("tries", static_cast<std::uint64_t>(retry.attempts()))
                           .milliseconds("wait_ms", next)
                           .text("reason", reason)
                           .event("retry"));
    if (!context_.clock.wait_for(*wait, cancel_))
        return stopped(doing);
    return {};
}

Status PlatformApi::perform(const Request& request, const Reader& read, const std::string& doing) {
    RetryState retry(context_.retry, context_.clock, context_.random);
    for (;;) {
        if (const Status entered = enter_line(retry, doing); !entered)
            return entered;
        const Try tried = once(request, read);
        retry.excuse(paused_);
        if (tried.verdict == Verdict::success)
            return {};
        if (const Status waited = wait_after(tried, retry, doing); !waited)
            return waited;
    }
}

} // namespace ferry
