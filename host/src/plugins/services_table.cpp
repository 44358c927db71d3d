#include "plugins/services_table.hpp"

#include "plugins/task_session.hpp"

namespace ferry {
namespace {

// Runs `body` on the session unless the task has ended. What can throw here is memory running out or the listener's
// own trouble: the plugin hears a plain failure, never an exception.
template <typename Body> int32_t guard(void* ctx, Body&& body) noexcept {
    auto* session = static_cast<TaskSession*>(ctx);
    if (!session || session->ended())
        return FERRY_CANCELLED;
    try {
        return body(*session);
    } catch (...) {
        return FERRY_FAILED;
    }
}

void log(void* ctx, int32_t level, ferry_string message) noexcept {
    guard(ctx, [&](TaskSession& session) {
        session.log(level, message);
        return FERRY_OK;
    });
}

int32_t cancelled(void* ctx) noexcept {
    return guard(ctx, [](TaskSession& session) -> int32_t { return session.cancelled() ? 1 : 0; });
}

void diagnostic(void* ctx, const ferry_diagnostic* found) noexcept {
    guard(ctx, [&](TaskSession& session) {
        if (found)
            session.diagnostic(*found);
        return FERRY_OK;
    });
}

int32_t output_set(void* ctx, ferry_string key, ferry_string json) noexcept {
    return guard(ctx, [&](TaskSession& session) { return session.output_set(key, json); });
}

int32_t output_append(void* ctx, ferry_string key, ferry_string json) noexcept {
    return guard(ctx, [&](TaskSession& session) { return session.output_append(key, json); });
}

int32_t secret(void* ctx, ferry_string name, char* buffer, std::size_t capacity, std::size_t* size) noexcept {
    return guard(ctx, [&](TaskSession& session) { return session.secret(name, buffer, capacity, size); });
}

void progress(void* ctx, const ferry_progress* report) noexcept {
    guard(ctx, [&](TaskSession& session) {
        if (report)
            session.progress(*report);
        return FERRY_OK;
    });
}

void event(void* ctx, ferry_string type, ferry_string json) noexcept {
    guard(ctx, [&](TaskSession& session) {
        session.event(type, json);
        return FERRY_OK;
    });
}

} // namespace

ferry_services services_for(TaskSession& session) {
    return {sizeof(ferry_services), &session, log,      cancelled, diagnostic, output_set,
            output_append,          secret,   progress, event};
}

} // namespace ferry
