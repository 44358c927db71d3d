// The plugin's task types, and the table that offers them.
#pragma once

#include "ferry_plugin.h"

namespace ferry {

ferry_task_type upload_task_type();
ferry_task_type upload_verify_task_type();
ferry_task_type uploads_list_task_type();
ferry_task_type uploads_abort_task_type();

// The plugin's constant table; alive as long as the library.
const ferry_plugin& upload_plugin_table();

} // namespace ferry
