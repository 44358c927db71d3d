// What a step that did not come to its end leaves on the platform, and the tasks that drop it: the output `unfinished`.
#pragma once

#include "resume/upload_journal.hpp"
#include "task_support.hpp"
#include "transfer/upload_options.hpp"

#include <string>

namespace ferry {

// JSON. Of many uploads the ids are left out: a command that names them all is none to copy.
std::string unfinished_json(const PlatformTask<UploadOptions>& task, const LeftUploads& left);

} // namespace ferry
