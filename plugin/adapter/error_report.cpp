#include "error_report.hpp"

#include <algorithm>
#include <cstring>
#include <span>

namespace ferry {

namespace {

void copy_text(std::span<char> to, std::string_view text) noexcept {
    std::size_t size = std::min(text.size(), to.size() - 1);
    if (size < text.size())
        while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0u) == 0x80u)
            --size; // the cut would be inside a character
    if (size > 0)
        std::memcpy(to.data(), text.data(), size);
    to[size] = '\0';
}

int32_t code_of(ErrorKind kind) noexcept {
    switch (kind) {
    case ErrorKind::invalid:
        return FERRY_INVALID;
    case ErrorKind::auth:
    case ErrorKind::rights:
        return FERRY_REFUSED;
    case ErrorKind::cancelled:
        return FERRY_CANCELLED;
    default:
        return FERRY_FAILED;
    }
}

} // namespace

int32_t report_error(ferry_error* error, int32_t code, std::string_view kind, std::string_view message) noexcept {
    if (error && FERRY_HAS(ferry_error, error, FERRY_ERROR_REQUIRED)) {
        error->code = code;
        copy_text(error->kind, kind);
        copy_text(error->message, message);
    }
    return code;
}

int32_t report_error(ferry_error* error, const Error& cause) noexcept {
    return report_error(error, code_of(cause.kind), to_word(cause.kind), cause.message);
}

} // namespace ferry
