// A network that a test has written: expected requests and their outcomes, and a record of what was really asked.
#pragma once

#include "base/clock.hpp"
#include "http/http_transport.hpp"

#include <deque>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::test {

struct RecordedRequest {
    std::string method;
    Url url;
    HttpHeaders headers;
    std::string body; // drained from the source if there was one
    bool from_source = false;
    bool repeatable = false;
    HttpTimeouts timeouts;
    int transport = 0; // which of the script's transports sent it, from 0

    std::string header(std::string_view name) const; // "" if absent; names compare without case
};

// What the transports of one test answer. Thread-safe. Its end fails the test if a request came that nobody expected or
// an expectation was left over.
class Script {
  public:
    using Handler = std::function<HttpOutcome(const RecordedRequest&)>;
    Script() = default;
    ~Script();
    Script(const Script&) = delete;
    Script& operator=(const Script&) = delete;

    // The next request must be this one; a target that ends in '*' matches by its beginning. Expectations are used up
    // in the order given, over all transports.
    Script& expect(std::string method, std::string target, HttpOutcome outcome);
    Script& expect(std::string method, std::string target, Handler handler);
    // Answers, without a lock and on the sender's thread, every request that comes when no expectation is left.
    void otherwise(Handler handler);

    std::vector<RecordedRequest> requests() const;
    std::size_t count(std::string_view method, std::string_view target_prefix) const;

    HttpOutcome send(const HttpRequest& request, CancelToken& cancel, int transport); // what a transport calls
    int next_transport();

  private:
    struct Expectation {
        std::string method;
        std::string target;
        Handler handler;
    };
    Handler take(const RecordedRequest& request);

    mutable std::mutex mutex_;
    std::deque<Expectation> expected_;
    Handler otherwise_;
    std::vector<RecordedRequest> requests_;
    std::vector<std::string> unexpected_;
    int transports_ = 0;
};

class ScriptedTransport final : public HttpTransport {
  public:
    explicit ScriptedTransport(Script& script) : script_(script), number_(script.next_transport()) {}
    HttpOutcome send(const HttpRequest& request, CancelToken& cancel) override {
        return script_.send(request, cancel, number_);
    }

  private:
    Script& script_;
    const int number_;
};

class ScriptedFactory final : public TransportFactory {
  public:
    explicit ScriptedFactory(Script& script) : script_(script) {}
    std::unique_ptr<HttpTransport> make() override { return std::make_unique<ScriptedTransport>(script_); }

  private:
    Script& script_;
};

// Outcomes in one line.
HttpOutcome answer(int status, std::string body = {}, std::initializer_list<HttpHeader> headers = {});
HttpOutcome failure(FailureKind kind, std::string message = "the test's failure");

} // namespace ferry::test
