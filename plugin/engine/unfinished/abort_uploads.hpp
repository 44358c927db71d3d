// Dropping uploads that nobody will finish.
#pragma once

#include "base/status.hpp"
#include "unfinished/unfinished_uploads.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

// By age: what becomes of uploads that a step of this state directory would go on with.
enum class KnownPolicy { keep, drop, only };

struct AbortOptions : PlatformOptions {
    std::vector<std::string> upload_ids;
    // Instead of ids: what is in the target and was begun that long ago or earlier, but for what is in work.
    std::optional<Duration> older_than;
    KnownPolicy known = KnownPolicy::keep; // with older_than; only: nothing but what the journals here know
    Target target;
};

struct LeftOpen {
    std::string upload_id;
    std::string reason;
};

struct AbortSummary {
    std::vector<std::string> aborted; // what was gone already included
    std::vector<LeftOpen> skipped;    // looked at and left as they are: in work, or not to be aborted
    std::uint64_t api_calls = 0;
    Status status; // the first cause of failure, with a count of further ones
};

// Blocks. One upload's failure does not stop the others; a refused token, an unreachable platform and a stop do. Never
// throws.
AbortSummary abort_uploads(const AbortOptions& options, const PlatformEnvironment& environment, CancelToken& cancel);

} // namespace ferry
