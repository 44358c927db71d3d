#include "retry/classify.hpp"
#include "scripted_transport.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test {
namespace {

using Op = Operation;
using V = Verdict;

const std::vector<Op> api_operations{Op::init,         Op::sign,           Op::report, Op::complete, Op::abort,
                                     Op::list_uploads, Op::upload_details, Op::read,   Op::write};

struct Row {
    Op operation;
    int status;
    int code; // -1: no body
    V verdict;
};

HttpOutcome platform_answer(int status, int code) {
    if (code < 0)
        return answer(status);
    return answer(status, R"({"status":)" + std::to_string(status) + R"(,"code":)" + std::to_string(code) +
                              R"(,"message":"m","more_info":"x"})");
}

HttpOutcome storage_answer(int status, const std::string& code) {
    return answer(status, code.empty() ? "" : "<Error><Code>" + code + "</Code><Message>m</Message></Error>");
}

} // namespace

TEST_CASE("answers of the platform that mean the same for every call") {
    const std::vector<Row> rows{
        {{}, 200, -1, V::success},     {{}, 201, -1, V::success},     {{}, 204, -1, V::success},
        {{}, 301, -1, V::permanent},   {{}, 307, -1, V::permanent},   {{}, 400, 3012, V::permanent},
        {{}, 400, 8013, V::permanent}, {{}, 401, 90001, V::auth},     {{}, 401, -1, V::auth},
        {{}, 403, 3001, V::auth},      {{}, 403, 5001, V::rights},    {{}, 403, 8001, V::rights},
        {{}, 403, 8002, V::rights},    {{}, 403, 90002, V::auth},     {{}, 403, -1, V::permanent},
        {{}, 404, 3002, V::permanent}, {{}, 404, 5002, V::permanent}, {{}, 405, 90006, V::permanent},
        {{}, 407, -1, V::permanent},   {{}, 408, -1, V::transient},   {{}, 409, 8007, V::transient},
        {{}, 409, 8008, V::transient}, {{}, 409, 8009, V::transient}, {{}, 415, 90008, V::permanent},
        {{}, 429, 1000, V::throttled}, {{}, 429, -1, V::throttled},   {{}, 501, -1, V::transient},
        {{}, 503, 0, V::maintenance},  {{}, 503, 8000, V::transient}, {{}, 503, 90005, V::transient},
        {{}, 503, -1, V::transient},   {{}, 599, -1, V::transient},   {{}, 100, -1, V::permanent},
    };
    for (const Row& row : rows)
        for (const Op operation : api_operations) {
            CAPTURE(static_cast<int>(operation));
            CAPTURE(row.status);
            CAPTURE(row.code);
            CHECK(classify(operation, platform_answer(row.status, row.code)) == row.verdict);
        }
}

TEST_CASE("answers of the platform that depend on the call") {
    const std::vector<Row> rows{
        {Op::sign, 404, 8003, V::vanished},
        {Op::sign, 404, -1, V::transient}, // an edge's: no reason to send everything again
        {Op::complete, 404, -1, V::lost},
        {Op::report, 404, 8003, V::vanished},
        {Op::complete, 404, 8003, V::vanished},
        {Op::complete, 404, 90003, V::vanished},
        {Op::upload_details, 404, 8003, V::vanished},
        {Op::abort, 404, 8003, V::vanished},
        {Op::init, 404, 8003, V::permanent},
        {Op::init, 404, -1, V::permanent},
        {Op::read, 404, 90003, V::permanent},
        {Op::list_uploads, 404, -1, V::permanent},
        {Op::init, 409, 8005, V::conflict},
        {Op::init, 409, 5003, V::conflict},
        {Op::init, 409, 8006, V::conflict},
        {Op::init, 409, -1, V::conflict},
        {Op::complete, 409, 8005, V::conflict},
        {Op::complete, 409, 90007, V::conflict},
        {Op::write, 409, 5030, V::conflict},
        {Op::sign, 409, 90007, V::transient},
        {Op::report, 409, -1, V::transient},
        {Op::init, 500, -1, V::lost},
        {Op::init, 502, -1, V::lost},
        {Op::init, 504, -1, V::lost},
        {Op::complete, 500, 90004, V::lost},
        {Op::complete, 502, -1, V::lost},
        {Op::complete, 504, -1, V::lost},
        {Op::sign, 500, -1, V::transient},
        {Op::sign, 502, -1, V::transient},
        {Op::report, 504, -1, V::transient},
    };
    for (const Row& row : rows) {
        CAPTURE(static_cast<int>(row.operation));
        CAPTURE(row.status);
        CAPTURE(row.code);
        CHECK(classify(row.operation, platform_answer(row.status, row.code)) == row.verdict);
    }
}

TEST_CASE("an edge's 404 whose status is a text and that has no code") {
    const HttpOutcome edge = answer(404, R"({"status":"NOT_FOUND","message":"HTTP 404 Not Found"})");
    CHECK(classify(Op::sign, edge) == V::transient);
    CHECK(classify(Op::read, edge) == V::permanent);
}

TEST_CASE("answers of storage") {
    struct StorageRow {
        int status;
        const char* code;
        V verdict;
    };
    const std::vector<StorageRow> rows{
        {401, "", V::url_expired},
        {403, "AccessDenied", V::url_expired},
        {403, "SignatureDoesNotMatch", V::url_expired},
        {403, "RequestTimeTooSkewed", V::url_expired},
        {403, "", V::url_expired},
        {400, "ExpiredToken", V::url_expired},
        {400, "RequestTimeout", V::transient},
        {400, "IncompleteBody", V::transient},
        {400, "BadDigest", V::transient},
        {400, "EntityTooLarge", V::permanent},
        {400, "", V::permanent},
        {404, "NoSuchUpload", V::vanished},
        {404, "NoSuchBucket", V::permanent},
        {404, "", V::permanent},
        {408, "", V::transient},
        {409, "OperationAborted", V::transient},
        {409, "", V::permanent},
        {411, "MissingContentLength", V::permanent},
        {429, "", V::transient},
        {500, "InternalError", V::transient},
        {502, "", V::transient},
        {503, "SlowDown", V::transient},
        {504, "", V::transient},
        {307, "TemporaryRedirect", V::permanent},
        {202, "", V::transient}, // not among its success codes, or the caller had not asked
    };
    for (const StorageRow& row : rows) {
        CAPTURE(row.status);
        CAPTURE(row.code);
        CHECK(classify(Op::put_part, storage_answer(row.status, row.code)) == row.verdict);
    }
}

TEST_CASE("failures without an answer") {
    struct FailureRow {
        FailureKind kind;
        V may_double; // init, complete
        V others;
        bool met;
    };
    const std::vector<FailureRow> rows{
        {FailureKind::no_connection, V::no_answer, V::no_answer, false},
        {FailureKind::untrusted, V::permanent, V::permanent, true},
        {FailureKind::proxy_refused, V::permanent, V::permanent, false},
        {FailureKind::lost_answer, V::lost, V::transient, true},
        {FailureKind::stalled, V::lost, V::transient, true},
        {FailureKind::invalid_answer, V::lost, V::transient, true},
        {FailureKind::body, V::permanent, V::permanent, false},
        {FailureKind::cancelled, V::cancelled, V::cancelled, false},
    };
    for (const FailureRow& row : rows) {
        CAPTURE(static_cast<int>(row.kind));
        CHECK(classify(Op::init, failure(row.kind)) == row.may_double);
        CHECK(classify(Op::complete, failure(row.kind)) == row.may_double);
        for (const Op operation : {Op::sign, Op::put_part, Op::report, Op::abort, Op::read, Op::write})
            CHECK(classify(operation, failure(row.kind)) == row.others);
        CHECK(met_server(failure(row.kind)) == row.met);
    }
    CHECK(met_server(answer(503)));
}

TEST_CASE("a proxy that cannot reach the other side is a dead line, one that refuses is not") {
    CHECK(classify(Op::read, HttpFailure{FailureKind::proxy_refused, "x", 407}) == V::permanent);
    CHECK(classify(Op::read, HttpFailure{FailureKind::proxy_refused, "x", 403}) == V::permanent);
    CHECK(classify(Op::init, HttpFailure{FailureKind::proxy_refused, "x", 503}) == V::no_answer);
    CHECK(classify(Op::put_part, HttpFailure{FailureKind::proxy_refused, "x", 502}) == V::no_answer);
}

} // namespace ferry::test
