#include "api/api_server.hpp"

#include "api/handlers.hpp"
#include "document/strict_json.hpp"
#include "fault/fault_answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

namespace ferry::platform {
namespace {

constexpr std::size_t max_body = 64u << 20;
constexpr std::size_t max_target = 8190; // bytes, as common front servers allow

std::string read_body(Exchange& exchange) {
    std::string body;
    std::array<char, 16 * 1024> piece;
    while (const std::size_t got = exchange.read(piece)) {
        body.append(piece.data(), got);
        if (body.size() > max_body)
            throw ApiError{413, 90000, "The request body is too large."};
    }
    return body;
}

Answer json_answer(int status, const Json& body) {
    Answer answer;
    answer.status = status;
    answer.set("Content-Type", "application/json;charset=utf-8");
    answer.body = to_json(body);
    return answer;
}

Answer refusal(const ApiError& error) {
    return json_answer(error.status, error_body(error.status, error.code, error.message));
}

Answer to_answer(const Call& call, const Reply& reply) {
    Answer answer;
    if (reply.empty) {
        answer.status = reply.status;
    } else {
        const std::string* asked = call.query("fields");
        const std::string fields = asked ? *asked : reply.short_items ? "href,id,name,project,parent,type" : "";
        answer = json_answer(reply.status, select_fields(reply.body, fields));
    }
    if (reply.total)
        answer.set("X-Total-Matching-Query", std::to_string(*reply.total));
    return answer;
}

void set_rate_headers(Answer& answer, const Quota::View& seen) {
    answer.set("X-RateLimit-Limit", std::to_string(seen.limit));
    answer.set("X-RateLimit-Remaining", std::to_string(seen.remaining));
    answer.set("X-RateLimit-Reset", std::to_string((seen.reset_ms + 999) / 1000));
}

void check_content_type(const Call& call) {
    const std::string* type = call.request.find("Content-Type");
    const bool bodyless = call.body.empty() || call.request.method == "GET" || call.request.method == "DELETE";
    if (!bodyless && type && type->find("json") == std::string::npos)
        throw ApiError{415, 90008, "The request body must be application/json."};
}

} // namespace

void ApiServer::connected() {
    state_.tally.add([](Counters& counters) { ++counters.api_connections; });
}

bool ApiServer::authorised(const Request& request) const {
    static constexpr std::string_view scheme = "Bearer ";
    if (const std::string* token = request.find("X-SBG-Auth-Token"))
        return *token == state_.settings.token;
    const std::string* header = request.find("Authorization");
    return header && header->starts_with(scheme) && header->substr(scheme.size()) == state_.settings.token;
}

Answer ApiServer::serve(const Request& request, Exchange& exchange) {
    Call call{state_, request, {}, {}, "unknown", {}, {}, std::unique_lock(state_.mutex, std::defer_lock)};
    Answer answer;
    try {
        call.body = read_body(exchange);
        answer = serve_call(call, exchange);
    } catch (const ApiError& error) {
        answer = refusal(error);
    } catch (const std::exception& error) {
        answer = refusal({500, 90009, std::string("The local platform failed: ") + error.what()});
    }
    answer.set("X-Request-Id", random_hex(16));
    answer.set("Date", http_date(state_.clock.now_ms()));
    return answer;
}

Answer ApiServer::serve_call(Call& call, Exchange& exchange) {
    auto target = split_target(call.request.target);
    if (target)
        call.target = std::move(*target);
    if (!call.target.segments.empty() && call.target.segments.front() == "_platform")
        return admin(call);
    Quota::View quota = state_.quota.look(state_.settings.token);
    Answer made = answer(call, exchange, quota);
    state_.tally.add([&](Counters& counters) {
        counters.rate_limited += quota.taken ? 0 : 1;
        counters.unauthorized += made.status == 401 ? 1 : 0;
    });
    if (call.fault && call.fault->retry_after_date)
        made.set("Retry-After", http_date(state_.clock.now_ms() + call.fault->retry_after_date->count()));
    if (!call.fault || call.fault->rate_headers) {
        if (call.fault && call.fault->status == 429 && call.faulty(FaultKind::status))
            quota.remaining = 0;
        if (call.fault && call.fault->reset_in)
            quota.reset_ms = state_.clock.now_ms() + call.fault->reset_in->count();
        set_rate_headers(made, quota);
    }
    const auto latency = state_.settings.api_latency;
    if (latency.count() > 0 && !exchange.hold(latency))
        made.delivery = Delivery::reset;
    return made;
}

Answer ApiServer::answer(Call& call, Exchange& exchange, Quota::View& quota) {
    bool path_known = false;
    const Route* route = find_route(call.request.method, call.target, call.captured, path_known);
    if (route)
        call.operation = route->operation;
    state_.tally.add([&](Counters& counters) {
        ++counters.api_calls;
        ++counters.calls[call.operation];
    });
    if (call.request.target.size() > max_target)
        return refusal({414, 90000, "The request's URL is too long."});
    const bool anonymous = call.operation == "root";
    if (!anonymous && !authorised(call.request))
        return refusal({401, 90001, "Unauthorized."});
    if (!anonymous && call.operation != "rate_limit") {
        quota = state_.quota.take(state_.settings.token);
        if (!quota.taken)
            return refusal({429, 1000, "Rate limit exceeded, please retry later."});
    }
    call.fault = state_.faults.match(fault_target(call));
    if (call.fault)
        return play(call, exchange);
    if (!route && path_known)
        return refusal({405, 90006, "The method is not allowed."});
    return perform(call);
}

Answer ApiServer::perform(Call& call) {
    bool path_known = false;
    const Route* route = find_route(call.request.method, call.target, call.captured, path_known);
    if (!route)
        return refusal({404, 90003, "Not found."});
    try {
        check_content_type(call);
        call.lock.lock();
        const Reply reply = route->handler(call);
        call.lock.unlock();
        return to_answer(call, reply);
    } catch (const ApiError& error) {
        if (call.lock.owns_lock())
            call.lock.unlock();
        return refusal(error);
    }
}

Answer ApiServer::play(Call& call, Exchange& exchange) {
    const Fault& fault = *call.fault;
    Answer made;
    switch (fault.kind) {
    case FaultKind::status:
    case FaultKind::early:
        return api_fault_answer(fault, call.operation);
    case FaultKind::reset:
    case FaultKind::garbage:
        spoil(made, fault, exchange);
        return made;
    case FaultKind::stall:
        if (!fault.performed && !exchange.hold(fault.time)) {
            made.delivery = Delivery::reset;
            return made;
        }
        break;
    case FaultKind::vanish: {
        const std::lock_guard lock(state_.mutex);
        const Upload* upload = state_.uploads.find(call.captured.empty() ? "" : call.captured[0]);
        if (upload && !upload->completing)
            state_.uploads.remove(upload->id);
        break;
    }
    default:
        break;
    }
    if (fault.kind == FaultKind::duplicate)
        perform(call);
    made = perform(call);
    if (fault.kind == FaultKind::port)
        state_.shut(fault, false);
    spoil(made, fault, exchange);
    return made;
}

FaultTarget ApiServer::fault_target(Call& call) {
    FaultTarget target{call.operation, false, std::nullopt, {}};
    if (call.captured.size() > 1 && call.operation == "sign") {
        std::uint32_t part = 0;
        const std::string& text = call.captured[1];
        std::from_chars(text.data(), text.data() + text.size(), part);
        target.part = part;
    }
    if (call.operation == "init" || call.operation == "report" || call.operation == "create_folder") {
        const JsonResult parsed = parse_json(call.body);
        JsonObject::Ptr body =
            std::holds_alternative<Json>(parsed) ? as_object(std::get<Json>(parsed)) : JsonObject::Ptr();
        if (body && call.operation == "report")
            target.part = static_cast<std::uint32_t>(
                std::clamp<std::int64_t>(integer_of(*body, "part_number").value_or(0), 0, 1'000'000));
        else if (body)
            target.name = text_of(*body, "name").value_or("");
    }
    const std::lock_guard lock(state_.mutex);
    if (call.captured.empty())
        return target;
    if (const Upload* upload = state_.uploads.find(call.captured[0]))
        target.name = upload->name;
    else if (const Node* node = state_.tree.find(call.captured[0]))
        target.name = node->name;
    return target;
}

} // namespace ferry::platform
