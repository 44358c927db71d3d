// A request target taken apart, and the escapes in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::platform {

std::optional<std::string> percent_decode(std::string_view text); // nullopt if an escape is broken
std::string percent_encode(std::string_view text);                // all but letters, digits and -._~

using Query = std::vector<std::pair<std::string, std::string>>; // in their order, decoded, + as space

const std::string* find(const Query& query, std::string_view name);

struct Target {
    std::vector<std::string> segments; // decoded, without the empty one that a trailing slash makes
    Query query;
};

// nullopt if it does not begin with a slash or an escape is broken. The scheme and host of an absolute form are
// dropped.
std::optional<Target> split_target(std::string_view target);

} // namespace ferry::platform
