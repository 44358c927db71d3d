#include "scripted_transport.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace ferry::test {
namespace {

bool same_name(std::string_view left, std::string_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

bool matches(std::string_view pattern, std::string_view target) {
    if (!pattern.empty() && pattern.back() == '*')
        return target.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern == target;
}

Status drain(BodySource& source, std::string& body) {
    for (;;) {
        const Result<std::span<const std::byte>> piece = source.read();
        if (!piece.ok())
            return piece.error();
        if (piece->empty())
            return {};
        body.append(reinterpret_cast<const char*>(piece->data()), piece->size());
    }
}

} // namespace

std::string RecordedRequest::header(std::string_view name) const {
    for (const HttpHeader& header : headers.list())
        if (same_name(header.name, name))
            return header.value;
    return {};
}

Script::~Script() {
    for (const std::string& request : unexpected_)
        ADD_FAIL_CHECK_AT(__FILE__, __LINE__, "nobody expected the request " << request);
    for (const Expectation& expectation : expected_)
        ADD_FAIL_CHECK_AT(__FILE__, __LINE__,
                          "the request never came: " << expectation.method << ' ' << expectation.target);
}

Script& Script::expect(std::string method, std::string target, HttpOutcome outcome) {
    return expect(std::move(method), std::move(target),
                  [outcome = std::move(outcome)](const RecordedRequest&) { return outcome; });
}

Script& Script::expect(std::string method, std::string target, Handler handler) {
    std::lock_guard lock(mutex_);
    expected_.push_back({std::move(method), std::move(target), std::move(handler)});
    return *this;
}

void Script::otherwise(Handler handler) {
    std::lock_guard lock(mutex_);
    otherwise_ = std::move(handler);
}

std::vector<RecordedRequest> Script::requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
}

std::size_t Script::count(std::string_view method, std::string_view target_prefix) const {
    std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count_if(requests_.begin(), requests_.end(), [&](const RecordedRequest& sent) {
        return sent.method == method && sent.url.target.starts_with(target_prefix);
    }));
}

int Script::next_transport() {
    std::lock_guard lock(mutex_);
    return transports_++;
}

Script::Handler Script::take(const RecordedRequest& request) {
    std::lock_guard lock(mutex_);
    requests_.push_back(request);
    if (!expected_.empty() && expected_.front().method == request.method &&
        matches(expected_.front().target, request.url.target)) {
        Handler handler = std::move(expected_.front().handler);
        expected_.pop_front();
        return handler;
    }
    if (expected_.empty() && otherwise_)
        return otherwise_;
    unexpected_.push_back(request.method + ' ' + request.url.target);
    return {};
}

HttpOutcome Script::send(const HttpRequest& request, CancelToken& cancel, int transport) {
    if (cancel.cancelled())
        return failure(FailureKind::cancelled, "cancelled");
    RecordedRequest record{.method = request.method,
                           .url = request.url,
                           .headers = request.headers,
                           .body = request.body,
                           .from_source = request.source != nullptr,
                           .repeatable = request.repeatable,
                           .timeouts = request.timeouts,
                           .transport = transport};
    Status drained;
    if (request.source) {
        record.body.clear();
        drained = drain(*request.source, record.body);
    }
    const Handler handler = take(record);
    if (!drained.ok())
        return failure(FailureKind::body, drained.error().message);
    // 418 is permanent for every operation, so that a wrong test ends instead of retrying for ever.
    return handler ? handler(record) : answer(418, "no such expectation");
}

HttpOutcome answer(int status, std::string body, std::initializer_list<HttpHeader> headers) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    for (const HttpHeader& header : headers)
        response.headers.add(header.name, header.value);
    return response;
}

HttpOutcome failure(FailureKind kind, std::string message) {
    return HttpFailure{kind, std::move(message)};
}

} // namespace ferry::test
