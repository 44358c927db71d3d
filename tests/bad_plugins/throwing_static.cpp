#include "parts.h"

#include <stdexcept>

namespace {

// Ends every process that loads it, inside dlopen.
struct Thrower {
    Thrower() { throw std::runtime_error("too early"); }
} thrower;

} // namespace

const ferry_plugin* ferry_plugin_query(const ferry_host_info* host, ferry_error* error) {
    (void)host, (void)error;
    return &table;
}
