/* What a good plugin is made of: each bad one takes it and spoils one thing. */
#ifndef FERRY_TEST_BAD_PLUGIN_PARTS_H
#define FERRY_TEST_BAD_PLUGIN_PARTS_H

#include "ferry_plugin.h"

#define TEXT(literal)                                                                                                  \
    { literal, sizeof(literal) - 1 }
#define SHOWN __attribute__((visibility("default")))

static inline int32_t good_create(void* plugin, ferry_string options, const ferry_run_context* context,
                                  const ferry_services* services, void** task, ferry_error* error) {
    (void)plugin, (void)options, (void)context, (void)services, (void)error;
    *task = NULL;
    return FERRY_OK;
}
static inline int32_t good_run(void* task, ferry_error* error) {
    (void)task, (void)error;
    return FERRY_OK;
}
static inline void good_destroy(void* task) {
    (void)task;
}

#define GOOD_SCHEMA "{\"type\":\"object\"}"

static ferry_task_type task = {sizeof(ferry_task_type),
                               TEXT("bad"),
                               TEXT("1"),
                               TEXT("a task"),
                               TEXT(GOOD_SCHEMA),
                               good_create,
                               good_run,
                               good_destroy,
                               NULL};
static const ferry_task_type* tasks[] = {&task};
static ferry_plugin table = {
    sizeof(ferry_plugin), FERRY_ABI_MAJOR, FERRY_ABI_MINOR, TEXT("bad-plugin"), TEXT("1.0"), 1, tasks, NULL, NULL};

#ifdef __cplusplus
extern "C"
#endif
    SHOWN const ferry_plugin*
    ferry_plugin_query(const ferry_host_info* host, ferry_error* error);

#endif
