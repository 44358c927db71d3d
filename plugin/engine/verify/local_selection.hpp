// The files to compare whose records are found by their names, chosen as an upload chooses them.
#pragma once

#include "base/cancel.hpp"
#include "base/log.hpp"
#include "verify/verify_options.hpp"

namespace ferry {

// Adds the files that `files` names. A pattern without a match, and what else an upload of them would refuse in their
// names, is an error; several are told each, and counted.
Status select_local(const VerifyOptions& options, VerifyList& list, Log& log, const CancelToken& cancel);

} // namespace ferry
