// A first load in a child process, because a static initialiser that throws or aborts takes its process with it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace ferry {

// Loads the library and reads its table in a forked child. Answers what is wrong with it as one sentence, or nullopt if
// this process may do the same. Call it while the process has one thread.
std::optional<std::string> probe_plugin(const std::string& path,
                                        std::chrono::milliseconds patience = std::chrono::seconds(20));

} // namespace ferry
