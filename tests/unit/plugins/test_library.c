/* A good plugin, for what discovery does with files. */
#include "ferry_plugin.h"

#define TEXT(literal)                                                                                                  \
    { literal, sizeof(literal) - 1 }

static int32_t create(void* plugin, ferry_string options, const ferry_run_context* context,
                      const ferry_services* services, void** task, ferry_error* error) {
    (void)plugin, (void)options, (void)context, (void)services, (void)error;
    *task = NULL;
    return FERRY_OK;
}
static int32_t run(void* task, ferry_error* error) {
    (void)task, (void)error;
    return FERRY_OK;
}
static void destroy(void* task) {
    (void)task;
}

static const ferry_task_type task = {
    sizeof task, TEXT("good"), TEXT("1"), TEXT("does nothing, well"), TEXT("{\"type\":\"object\"}"), create,
    run,         destroy,      NULL};
static const ferry_task_type* const tasks[] = {&task};
static const ferry_plugin table = {
    sizeof table, FERRY_ABI_MAJOR, FERRY_ABI_MINOR, TEXT("good-plugin"), TEXT("1.0"), 1, tasks, NULL, NULL};

__attribute__((visibility("default"))) const ferry_plugin* ferry_plugin_query(const ferry_host_info* host,
                                                                              ferry_error* error) {
    (void)host, (void)error;
    return &table;
}
