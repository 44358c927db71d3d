#include "parts.h"

/* A name that no workflow could use, with a terminal escape in it. */
const ferry_plugin* ferry_plugin_query(const ferry_host_info* host, ferry_error* error) {
    (void)host, (void)error;
    const ferry_string name = TEXT("Bad\x1b[31m name");
    task.name = name;
    return &table;
}
