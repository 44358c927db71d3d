// The JSON Schemas as embedded text (JSON, draft 7): the one source of options, limits, defaults and help.
#pragma once

#include <string_view>

namespace ferry::schemas {

std::string_view workflow();      // the workflow file
std::string_view command();       // options of the task `command`
std::string_view upload();        // options of the task `upload`
std::string_view upload_verify(); // options of the task `upload-verify`
std::string_view uploads_list();  // options of the task `uploads-list`
std::string_view uploads_abort(); // options of the task `uploads-abort`
std::string_view outputs();       // the outputs document
std::string_view event();         // one line of --events

} // namespace ferry::schemas
