// Which rows of a manifest are this process's part.
#pragma once

#include "workflow/workflow.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace ferry {

struct Shard {
    std::uint64_t index = 1; // from 1
    std::uint64_t count = 1;

    bool has(std::uint64_t row) const { return (row - 1) % count == index - 1; }
    bool whole() const { return count == 1; }
};

// "3/8", or "slurm": what the variables of a Slurm array task say. A sentence if it is none.
std::variant<Shard, std::string> parse_shard(const std::string& text, const Environment& environment);

} // namespace ferry
