// What Ferry keeps in a state directory.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace ferry {

// The folders of host and engine, and the stamp of the last tidying.
inline constexpr std::array<std::string_view, 5> state_names{"batch", "runs", "steps", "uploads", "tidied"};

// Whether an entry of a state directory is Ferry's own. The stamp is made under a longer name.
inline bool is_state_name(std::string_view name) {
    return std::ranges::find(state_names, name) != state_names.end() || name.starts_with("tidied.");
}

} // namespace ferry
