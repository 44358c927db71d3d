// What people and scripts ask of the platform itself, outside of /v2: neither counted nor limited.
#include "api/api_server.hpp"

#include "document/strict_json.hpp"

#include <stdexcept>

namespace ferry::platform {
namespace {

Answer shown(int status, const Json& body) {
    Answer answer;
    answer.status = status;
    answer.set("Content-Type", "application/json");
    answer.body = to_json(body);
    return answer;
}

Json fault_list(const std::vector<std::string>& rules) {
    JsonArray::Ptr list = new_array();
    for (const std::string& rule : rules) {
        const JsonResult parsed = parse_json(rule);
        if (const Json* value = std::get_if<Json>(&parsed))
            list->add(*value);
    }
    return list;
}

} // namespace

Json show_counters(const Counters& counters) {
    JsonObject::Ptr calls = new_object();
    for (const auto& [operation, count] : counters.calls)
        calls->set(operation, static_cast<Poco::UInt64>(count));
    JsonObject::Ptr body = new_object();
    body->set("calls", calls);
    for (const auto& [name, count] :
         {std::pair("api_calls", counters.api_calls), std::pair("rate_limited", counters.rate_limited),
          std::pair("unauthorized", counters.unauthorized), std::pair("api_connections", counters.api_connections),
          std::pair("storage_connections", counters.storage_connections), std::pair("puts", counters.puts),
          std::pair("stored_parts", counters.stored_parts), std::pair("stored_bytes", counters.stored_bytes),
          std::pair("max_concurrent_puts", counters.max_concurrent_puts),
          std::pair("token_leaks", counters.token_leaks)})
        body->set(name, static_cast<Poco::UInt64>(count));
    return body;
}

Answer ApiServer::admin(const Call& call) {
    const auto& segments = call.target.segments;
    const std::string what = segments.size() == 2 ? segments[1] : "";
    const std::string& method = call.request.method;
    if (what == "counters" && method == "GET")
        return shown(200, show_counters(state_.tally.get()));
    if (what == "counters" && method == "DELETE") {
        state_.tally.reset();
        return shown(200, show_counters({}));
    }
    if (what == "faults" && method == "GET")
        return shown(200, fault_list(state_.faults.unused()));
    if (what == "faults" && method == "POST") {
        try {
            state_.faults.add(call.body);
        } catch (const std::invalid_argument& error) {
            return shown(400, error_body(400, 90000, error.what()));
        }
        return shown(200, fault_list(state_.faults.unused()));
    }
    return shown(404, error_body(404, 90003, "The platform offers counters (GET, DELETE) and faults (GET, POST)."));
}

} // namespace ferry::platform
