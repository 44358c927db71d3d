// A row as the command that runs it alone, and what tells it from all others.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry {

// One word for bash. Control characters, and what else could steer a terminal, are written in $'...'.
std::string shell_quoted(std::string_view word);

// The words of a line as shell_quoted() writes them; nullopt if it is none.
std::optional<std::vector<std::string>> shell_words(std::string_view line);

using RowValues = std::vector<std::pair<std::string, std::string>>;

// "ferry run w.json --var sample=a --var lane=1": the values in their order.
std::string row_command(const std::string& workflow, const RowValues& values);
struct RowCommand {
    std::string workflow;
    RowValues values;
};
// Such a command read; nullopt if it is none.
std::optional<RowCommand> parse_row_command(std::string_view command);

// The same for the same values in any order; 64 bits of SHA-1.
std::uint64_t row_hash(const RowValues& values);

} // namespace ferry
