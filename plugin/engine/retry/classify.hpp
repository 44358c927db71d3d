// What an outcome of one request means for the operation that it belongs to: one pure table, no state.
#pragma once

#include "http/http_transport.hpp"

#include <string>

namespace ferry {

enum class Operation { init, sign, put_part, report, complete, abort, list_uploads, upload_details, read, write };

enum class Verdict {
    success,
    transient,   // try again after backoff
    throttled,   // 429 or SlowDown: wait as told, not counted as an attempt when the API's quota says so
    maintenance, // 503 with platform code 0: wait long, not counted
    url_expired, // a new signed URL is needed
    auth,        // the token or the rights are refused: stop
    conflict,    // 409: the name or the upload exists
    vanished,    // the upload does not exist any more: start the file over
    permanent,   // trying again cannot help
    lost,        // may or may not have been done: look before repeating (init, complete)
    no_answer,   // no server was met: not counted as an attempt
    cancelled,
};

// The platform's error body (contract 1.4), as far as it could be read.
struct PlatformError {
    int code = -1;       // platform code; -1 if there is none
    std::string message; // printable, shortened
};
PlatformError read_platform_error(const HttpResponse& response);

// S3's error body: <Error><Code>..</Code><Message>..</Message></Error>; empty texts where absent.
struct StorageError {
    std::string code;
    std::string message;
};
StorageError read_storage_error(const HttpResponse& response);

// Success is any 2xx but for put_part, whose success codes the caller has checked before asking.
Verdict classify(Operation operation, const HttpOutcome& outcome);

// One clause for people: "HTTP 403 AccessDenied: Request has expired (storage host:port)"; no secret.
std::string describe(Operation operation, const HttpOutcome& outcome);

} // namespace ferry
