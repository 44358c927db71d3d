// The result, on standard output and in the file of --outputs.
#pragma once

#include "stop.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ferry {

// Writes and flushes; what failed as one sentence. A full or closed standard output is an error, never a success.
// Waits for a slow reader; once `stop` (may be null) is set, only for a moment.
std::optional<std::string> write_stdout(std::string_view text, const StopFlag* stop = nullptr);

// Why a result could not be written to that file later, as far as can be seen now: it exists and is no regular file, or
// its folder is missing.
std::optional<std::string> outputs_file_problem(const std::string& path);

} // namespace ferry
