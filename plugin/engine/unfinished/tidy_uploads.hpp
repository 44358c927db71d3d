// After an upload: what its state directory keeps of uploads that nobody needs any more.
#pragma once

#include "platform/platform_session.hpp"

#include <cstdint>

namespace ferry {

// See tidy_journals(). Asks the platform only for uploads of journals that nobody has used for long, one try each.
// Answers the calls made. Never throws, and nothing of it fails the task.
std::uint64_t tidy_uploads(const PlatformOptions& options, const PlatformEnvironment& environment, CancelToken& cancel);

} // namespace ferry
