#include "retry/classify.hpp"

#include <algorithm>
#include <array>

namespace ferry {
namespace {

// Codes of contract 1.5 that decide more than their HTTP status does.
constexpr int maintenance_code = 0;
constexpr int upload_gone = 8003;
constexpr int no_rights_on_file = 5001;
constexpr int no_rights_on_upload = 8001;
constexpr int no_rights_on_uploaded_file = 8002;
constexpr int cannot_complete = 8007;
constexpr int cannot_reserve = 8008;
constexpr int cannot_abort = 8009;
constexpr int generic_not_found = 90003;

// Calls whose repetition may do a thing twice: a second open upload, or a complete of what is complete.
bool may_double(Operation operation) {
    return operation == Operation::init || operation == Operation::complete;
}

bool of_one_upload(Operation operation) {
    switch (operation) {
    case Operation::sign:
    case Operation::report:
    case Operation::complete:
    case Operation::abort:
    case Operation::upload_details:
        return true;
    default:
        return false;
    }
}

Verdict judge_failure(Operation operation, const HttpFailure& failure) {
    switch (failure.kind) {
    case FailureKind::no_connection:
        return Verdict::no_answer;
    case FailureKind::untrusted:
    case FailureKind::body:
        return Verdict::permanent;
    case FailureKind::proxy_refused: // 5xx: the proxy stands, the line behind it does not
        return failure.proxy_status >= 500 ? Verdict::no_answer : Verdict::permanent;
    case FailureKind::lost_answer:
    case FailureKind::stalled:
    case FailureKind::invalid_answer:
        return may_double(operation) ? Verdict::lost : Verdict::transient;
    case FailureKind::cancelled:
        return Verdict::cancelled;
    }
    return Verdict::permanent;
}

bool one_of(std::string_view code, std::initializer_list<std::string_view> codes) {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

// Object storage (contract 4.4): S3's codes, which Google's XML API shares. No token went there, so a 401 or 403 can
// only mean the URL; whether it expired or was never good is not told reliably, and the attempts bound it.
Verdict judge_storage(const HttpResponse& response) {
    const int status = response.status;
    if (status == 401 || status == 403)
        return Verdict::url_expired;
    if (status == 408 || status == 429 || status >= 500 || (status >= 200 && status < 300))
        return Verdict::transient;
    const std::string code = read_storage_error(response).code;
    if (status == 400 && one_of(code, {"ExpiredToken", "TokenRefreshRequired", "RequestExpired"}))
        return Verdict::url_expired;
    if (status == 400 && one_of(code, {"RequestTimeout", "IncompleteBody", "BadDigest"}))
        return Verdict::transient;
    if (status == 404 && code == "NoSuchUpload")
        return Verdict::vanished;
    if (status == 409 && one_of(code, {"OperationAborted", "ConditionalRequestConflict"}))
        return Verdict::transient;
    return Verdict::permanent;
}

Verdict judge_not_found(Operation operation, int code) {
    if (!of_one_upload(operation))
        return Verdict::permanent;
    // An edge may answer 404 with no code at all (contract 1.4); that is no reason to send terabytes again.
    if (code < 0)
        return may_double(operation) ? Verdict::lost : Verdict::transient;
    return code == upload_gone || code == generic_not_found ? Verdict::vanished : Verdict::permanent;
}

Verdict judge_forbidden(int code) {
    if (code == no_rights_on_file || code == no_rights_on_upload || code == no_rights_on_uploaded_file)
        return Verdict::rights;
    return code >= 0 ? Verdict::auth : Verdict::permanent; // without a code it is somebody else's: a site's proxy, say
}

Verdict judge_conflict(Operation operation, int code) {
    if (code == cannot_complete || code == cannot_reserve || code == cannot_abort)
        return Verdict::transient;
    const bool names_something = may_double(operation) || operation == Operation::write || operation == Operation::read;
    return names_something ? Verdict::conflict : Verdict::transient;
}

Verdict judge_platform(Operation operation, const HttpResponse& response) {
    const int status = response.status;
    if (status >= 200 && status < 300)
        return Verdict::success;
    const int code = read_platform_error(response).code;
    switch (status) {
    case 401:
        return Verdict::auth;
    case 403:
        return judge_forbidden(code);
    case 404:
        return judge_not_found(operation, code);
    case 408:
        return Verdict::transient;
    case 409:
        return judge_conflict(operation, code);
    case 429:
        return Verdict::throttled;
    case 500:
    case 502:
    case 504: // the call may have reached the one that does the work
        return may_double(operation) ? Verdict::lost : Verdict::transient;
    case 503:
        return code == maintenance_code ? Verdict::maintenance : Verdict::transient;
    default:
        return status > 500 ? Verdict::transient : Verdict::permanent;
    }
}

} // namespace

Verdict classify(Operation operation, const HttpOutcome& outcome) {
    if (const auto* failure = std::get_if<HttpFailure>(&outcome))
        return judge_failure(operation, *failure);
    const auto& response = std::get<HttpResponse>(outcome);
    return operation == Operation::put_part ? judge_storage(response) : judge_platform(operation, response);
}

bool asks_for_less(const HttpOutcome& outcome) {
    if (const auto* failure = std::get_if<HttpFailure>(&outcome))
        return failure->kind == FailureKind::stalled;
    const auto& response = std::get<HttpResponse>(outcome);
    return response.status == 429 || response.status == 503 ||
           (response.status == 400 && read_storage_error(response).code == "RequestTimeout");
}

bool met_server(const HttpOutcome& outcome) {
    const auto* failure = std::get_if<HttpFailure>(&outcome);
    if (!failure)
        return true;
    switch (failure->kind) {
    case FailureKind::lost_answer:
    case FailureKind::stalled:
    case FailureKind::invalid_answer:
    case FailureKind::untrusted:
        return true;
    default:
        return false;
    }
}

} // namespace ferry
