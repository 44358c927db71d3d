#include "ferry_version.hpp"

std::string_view ferry::version() {
    return FERRY_VERSION;
}
