// Journals that nobody needs any more are removed: those of steps that are done, or whose uploads the platform has no
// more, once nobody has used them for kept_unused_days.
#pragma once

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "resume/known_uploads.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace ferry {

struct TidyRequest {
    std::string state_dir; // absolute; empty: there is nothing
    std::string endpoint;  // whose uploads can be asked for
    Clock& clock;
    Log& log;
    // True only if the platform says that it has the upload no more.
    std::function<bool(const KnownUpload&)> is_gone;
};

// Bounded in work, at most once an hour for a state directory, and without waiting for anybody: what is in work is
// left, and so is what cannot be read, or has an upload that may be open. Such a one is asked for again after as many
// days. Answers how many journals were removed.
std::size_t tidy_journals(const TidyRequest& request, CancelToken& cancel);

} // namespace ferry
