/* The smallest plugin for Ferry, in plain C: one task, `hello`, that greets.
 *
 *     ferry task hello --plugin-dir DIR --set name=World
 *
 * The host has checked the options against the schema below before it calls create(): they are an object with a text
 * `name`, and nothing else. */
#include "ferry_plugin.h"

#include <stdlib.h>
#include <string.h>

#define TEXT(literal)                                                                                                  \
    { literal, sizeof(literal) - 1 }

struct hello {
    const ferry_services* services;
    char greeting[1024]; /* a JSON string */
    size_t size;
};

static int32_t refuse(ferry_error* error, const char* message) {
    error->code = FERRY_FAILED;
    strncpy(error->message, message, sizeof error->message - 1);
    return FERRY_FAILED;
}

static void append(struct hello* hello, const char* text, size_t size) {
    memcpy(hello->greeting + hello->size, text, size);
    hello->size += size;
}

/* The text of `name` between its quotes, JSON escapes and all. The options are compact JSON with this one key. */
static ferry_string name_in(ferry_string options) {
    static const char start[] = "{\"name\":\"";
    ferry_string name = {NULL, 0};
    if (options.size >= sizeof start && memcmp(options.data, start, sizeof start - 1) == 0) {
        name.data = options.data + sizeof start - 1;
        name.size = options.size - (sizeof start - 1) - 2; /* without "} */
    }
    return name;
}

static int32_t create(void* plugin, ferry_string options, const ferry_run_context* context,
                      const ferry_services* services, void** task, ferry_error* error) {
    (void)plugin;
    (void)context;
    const ferry_string name = name_in(options);
    struct hello* hello = calloc(1, sizeof *hello);
    if (!hello)
        return refuse(error, "no memory");
    if (!name.data || name.size > sizeof hello->greeting - 16) {
        free(hello);
        return refuse(error, "the name is too long to be greeted");
    }
    hello->services = services;
    append(hello, "\"Hello, ", 8);
    append(hello, name.data, name.size);
    append(hello, "!\"", 2);
    *task = hello;
    return FERRY_OK;
}

static int32_t run(void* task, ferry_error* error) {
    const struct hello* hello = task;
    const ferry_services* services = hello->services;
    const ferry_string key = TEXT("greeting");
    const ferry_string greeting = {hello->greeting, hello->size};
    if (services->output_set(services->ctx, key, greeting) != FERRY_OK)
        return refuse(error, "the host did not take the greeting");
    /* Optional services: an older host may not have them. */
    if (FERRY_HAS(ferry_services, services, progress) && services->progress) {
        const ferry_progress done = {.struct_size = sizeof done, .items_done = 1, .items_total = 1, .final = 1};
        services->progress(services->ctx, &done);
    }
    return FERRY_OK;
}

static void destroy(void* task) {
    free(task);
}

static const ferry_task_type hello_task = {
    .struct_size = sizeof(ferry_task_type),
    .name = TEXT("hello"),
    .version = TEXT("1"),
    .summary = TEXT("greet somebody"),
    .options_schema = TEXT("{\"type\":\"object\",\"additionalProperties\":false,"
                           "\"x-outputs\":{\"greeting\":\"the greeting, as text\"},\"properties\":{\"name\":"
                           "{\"type\":\"string\",\"minLength\":1,\"maxLength\":200,\"default\":\"World\","
                           "\"description\":\"who is greeted\",\"examples\":[\"Lambda\"]}}}"),
    .create = create,
    .run = run,
    .destroy = destroy,
};

static const ferry_task_type* const tasks[] = {&hello_task};

static const ferry_plugin plugin_table = {
    .struct_size = sizeof(ferry_plugin),
    .abi_major = FERRY_ABI_MAJOR,
    .abi_minor = FERRY_ABI_MINOR,
    .name = TEXT("hello"),
    .version = TEXT("1.0"),
    .task_count = 1,
    .tasks = tasks,
};

/* The one symbol that the library shows. */
__attribute__((visibility("default"))) const ferry_plugin* ferry_plugin_query(const ferry_host_info* host,
                                                                              ferry_error* error) {
    if (host->abi_major != FERRY_ABI_MAJOR) {
        refuse(error, "hello is built for another major version of the ABI");
        return NULL;
    }
    return &plugin_table;
}
