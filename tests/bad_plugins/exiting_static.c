#include "parts.h"

#include <stdlib.h>

/* Ends the process with a success. */
__attribute__((constructor)) static void leave(void) {
    exit(0);
}

const ferry_plugin* ferry_plugin_query(const ferry_host_info* host, ferry_error* error) {
    (void)host, (void)error;
    return &table;
}
