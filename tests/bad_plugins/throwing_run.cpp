#include "parts.h"

#include <stdexcept>

static int32_t throwing_run(void*, ferry_error*) {
    throw std::runtime_error("run in trouble");
}

// Loads well; its task lets an exception across the border.
const ferry_plugin* ferry_plugin_query(const ferry_host_info* host, ferry_error* error) {
    (void)host, (void)error;
    task.run = throwing_run;
    return &table;
}
