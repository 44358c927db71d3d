#include "parts.h"

/* A table that ends before its tasks. */
const ferry_plugin* ferry_plugin_query(const ferry_host_info* host, ferry_error* error) {
    (void)host, (void)error;
    table.struct_size = offsetof(ferry_plugin, tasks);
    return &table;
}
