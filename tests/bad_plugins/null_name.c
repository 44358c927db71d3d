#include "parts.h"

/* A name that is all size and no text. */
const ferry_plugin* ferry_plugin_query(const ferry_host_info* host, ferry_error* error) {
    (void)host, (void)error;
    task.name.data = NULL;
    return &table;
}
