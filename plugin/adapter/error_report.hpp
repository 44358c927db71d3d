// From the engine's errors to the ABI's, and the guard that no exception passes.
#pragma once

#include "base/status.hpp"
#include "ferry_plugin.h"

#include <exception>
#include <new>
#include <string_view>

namespace ferry {

inline ferry_string to_abi(std::string_view text) noexcept {
    return {text.data(), text.size()};
}
inline std::string_view from_abi(ferry_string text) noexcept {
    return text.size == 0 ? std::string_view{} : std::string_view(text.data, text.size);
}

// Fills the caller's report (which may be null) and answers `code`. Long texts are cut at a character's edge.
int32_t report_error(ferry_error* error, int32_t code, std::string_view kind, std::string_view message) noexcept;

// The same for an error of the engine; its kind decides the code.
int32_t report_error(ferry_error* error, const Error& cause) noexcept;

// Runs `body` (which answers a FERRY_* code) and turns whatever it throws into FERRY_FAILED with a message.
template <class Body> int32_t guard(ferry_error* error, Body&& body) noexcept {
    try {
        return body();
    } catch (const std::bad_alloc&) {
        return report_error(error, FERRY_FAILED, "internal", "out of memory; run fewer jobs at once");
    } catch (const std::exception& problem) {
        return report_error(error, FERRY_FAILED, "internal", problem.what());
    } catch (...) {
        return report_error(error, FERRY_FAILED, "internal",
                            "unknown exception in the upload plugin; please report it");
    }
}

} // namespace ferry
