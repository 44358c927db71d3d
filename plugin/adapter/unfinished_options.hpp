// The options of `uploads-list` and `uploads-abort` as the engine's typed structs; see option_reader.hpp.
#pragma once

#include "common_options.hpp"
#include "unfinished/abort_uploads.hpp"

#include <string_view>

namespace ferry {

Result<ReadTask<ListOptions>> read_list_options(std::string_view json);
Result<ReadTask<AbortOptions>> read_abort_options(std::string_view json);

} // namespace ferry
