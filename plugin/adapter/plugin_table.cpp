#include "error_report.hpp"
#include "process_context.hpp"
#include "tasks.hpp"

#include <iterator>

namespace ferry {

namespace {

int32_t open(void** context, ferry_error* error) noexcept {
    return guard(error, [&] {
        *context = new ProcessContext;
        return static_cast<int32_t>(FERRY_OK);
    });
}

void close(void* context) noexcept {
    delete static_cast<ProcessContext*>(context);
}

} // namespace

const ferry_plugin& upload_plugin_table() {
    static const ferry_task_type upload = upload_task_type();
    static const ferry_task_type upload_verify = upload_verify_task_type();
    static const ferry_task_type uploads_list = uploads_list_task_type();
    static const ferry_task_type uploads_abort = uploads_abort_task_type();
    static const ferry_task_type* const types[] = {&upload, &uploads_list, &uploads_abort, &upload_verify};
    static const ferry_plugin table = [] {
        ferry_plugin plugin{};
        plugin.struct_size = sizeof plugin;
        plugin.abi_major = FERRY_ABI_MAJOR;
        plugin.abi_minor = FERRY_ABI_MINOR;
        plugin.name = to_abi("upload");
        plugin.version = to_abi(FERRY_VERSION);
        plugin.task_count = std::size(types);
        plugin.tasks = types;
        plugin.open = open;
        plugin.close = close;
        return plugin;
    }();
    return table;
}

} // namespace ferry
