// One request and its answer over one connection.
#pragma once

#include "http/connection.hpp"
#include "http/http_transport.hpp"
#include "http/waiter.hpp"

#include <string>

namespace ferry {

// The request's head as it goes out (the body is not part of it). Refuses what could be read as more than one
// request: names or values with control bytes, a Content-Length of the caller's that is not the body's, a
// Transfer-Encoding. A Host or Connection header of the caller's goes out in place of ours.
Result<std::string> request_head(const HttpRequest& request, const std::optional<Proxy>& http_proxy);

struct ExchangeOutcome {
    HttpOutcome outcome;
    bool reusable = false;   // the connection may carry another request
    bool any_answer = false; // at least one byte of an answer came
};

// Sends and receives. After this the connection is of use only if `reusable`. `head` is request_head()'s.
ExchangeOutcome exchange(Connection& connection, const HttpRequest& request, const std::string& head, Waiter& waiter);

} // namespace ferry
