// What an outcome of one request means for the operation that it belongs to: one pure table, no state.
#pragma once

#include "http/http_transport.hpp"

#include <string>
#include <string_view>

namespace ferry {

enum class Operation { init, sign, put_part, report, complete, abort, list_uploads, upload_details, read, write };

enum class Verdict {
    success,
    transient,   // try again after backoff
    throttled,   // the API's 429: the QuotaGate pauses all callers; not counted. Storage's SlowDown is `transient`
    maintenance, // the API's 503 with code 0: the QuotaGate pauses all callers, long; not counted
    url_expired, // a new signed URL is needed
    auth,        // the API refuses the token, or the rights on the project: stop
    rights,      // the API refuses the rights on this file or upload: others may fare better
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

// Success is any 2xx but for put_part, whose success codes the caller has checked before asking: there a 2xx is a
// failed part. A 2xx whose body turns out to be useless is for the caller to turn into FailureKind::invalid_answer.
Verdict classify(Operation operation, const HttpOutcome& outcome);

// True if the outcome shows that a server was met, so that the line is not dead.
bool met_server(const HttpOutcome& outcome);

// True of a storage's answer, or of the lack of one, that says that it has more to do than it can.
bool asks_for_less(const HttpOutcome& outcome);

// What a server calls the request in its own log, for its support: " (request id 1a2b)"; empty if it does not tell.
std::string request_id_text(const HttpOutcome& outcome);
// The same of what only those who run the server can mend: answers of 500 and above.
std::string for_support(const HttpOutcome& outcome);

// How a request ended, for the log: "200, 12 ms (request id 1a2b)"; a failure's own message.
std::string ending_text(const HttpOutcome& outcome, Duration took);

// One whole clause for people, with its subject and without a secret: "the platform answered HTTP 404 (code 3002: No
// such project)", "storage at host:443 answered HTTP 403 AccessDenied: Request has expired"; a failure's own message.
// `where` is an origin or a host with port, for answers, which do not carry their own.
std::string describe(Operation operation, const HttpOutcome& outcome, std::string_view where = {});

} // namespace ferry
