#include "parts.h"

/* Built for the next major. */
const ferry_plugin* ferry_plugin_query(const ferry_host_info* host, ferry_error* error) {
    (void)host, (void)error;
    table.abi_major = FERRY_ABI_MAJOR + 1;
    return &table;
}
