// The checks between a freshly loaded library and its first use: entry point, versions, table. No C++ of the plugin is
// trusted, only the ABI.
#pragma once

#include "ferry_plugin.h"

#include <functional>
#include <optional>
#include <string>
#include <variant>

namespace ferry {

// What the host is doing with the library at this moment: it names the culprit when the process dies.
enum class LoadStage : char { loading = 'L', querying = 'Q', reading_table = 'T' };

// The plugin's table, or why there is none, as one sentence.
using QueryResult = std::variant<const ferry_plugin*, std::string>;

// Loads the library (absolute path, never closed again), asks it for its table and checks that. `stage` hears what
// comes next. An exception of the entry point is caught; what kills the process is not: see probe_plugin().
QueryResult query_library(const std::string& path, const std::function<void(LoadStage)>& stage = {});

// The same for an entry point that is at hand.
QueryResult query_entry(ferry_plugin_query_fn entry, const std::function<void(LoadStage)>& stage = {});

// What is wrong with a table, as one sentence; nullopt if the host can use it. Fields beyond the table's own
// struct_size are never read.
std::optional<std::string> check_table(const ferry_plugin& table);

} // namespace ferry
