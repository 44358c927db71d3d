// The options of `upload-verify` as the engine's typed struct; see option_reader.hpp.
#pragma once

#include "common_options.hpp"
#include "verify/verify_options.hpp"

#include <string_view>

namespace ferry {

Result<ReadTask<VerifyOptions>> read_verify_options(std::string_view json);

} // namespace ferry
