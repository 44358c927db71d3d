#include "base/system_reason.hpp"

#include <cstring>

namespace ferry {

std::string system_reason(int error) {
    char text[256] = {};
    // The GNU form: thread-safe, and may answer a text of its own.
    return strerror_r(error, text, sizeof text);
}

} // namespace ferry
