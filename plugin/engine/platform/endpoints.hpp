// The API's base URLs by their short names (contract 1.1).
#pragma once

#include "base/status.hpp"
#include "http/url.hpp"

#include <string_view>

namespace ferry {

// A platform's name (cavatica, sbg-us, sbg-eu, sbg-cn, cgc, biodatacatalyst) or a URL: https, or http on a loopback
// address. The target comes without a trailing slash. `given_by` names the setting in messages.
Result<Url> resolve_endpoint(std::string_view text, std::string_view given_by);

} // namespace ferry
