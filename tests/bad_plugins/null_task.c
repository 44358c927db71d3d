#include "parts.h"

/* A null pointer among the tasks. */
const ferry_plugin* ferry_plugin_query(const ferry_host_info* host, ferry_error* error) {
    (void)host, (void)error;
    tasks[0] = NULL;
    return &table;
}
