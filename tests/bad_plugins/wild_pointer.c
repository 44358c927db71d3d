#include "parts.h"

/* A table that points into nowhere. */
const ferry_plugin* ferry_plugin_query(const ferry_host_info* host, ferry_error* error) {
    (void)host, (void)error;
    table.tasks = (const ferry_task_type* const*)16;
    return &table;
}
