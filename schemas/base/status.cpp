#include "base/status.hpp"

namespace ferry {

const char* to_word(ErrorKind kind) noexcept {
    switch (kind) {
    case ErrorKind::invalid:
        return "invalid";
    case ErrorKind::not_found:
        return "not_found";
    case ErrorKind::auth:
        return "auth";
    case ErrorKind::rights:
        return "rights";
    case ErrorKind::conflict:
        return "conflict";
    case ErrorKind::network:
        return "network";
    case ErrorKind::storage:
        return "storage";
    case ErrorKind::platform:
        return "platform";
    case ErrorKind::incomplete:
        return "incomplete";
    case ErrorKind::changed:
        return "changed";
    case ErrorKind::different:
        return "different";
    case ErrorKind::io:
        return "io";
    case ErrorKind::cancelled:
        return "cancelled";
    case ErrorKind::internal:
        return "internal";
    }
    return "internal";
}

} // namespace ferry
