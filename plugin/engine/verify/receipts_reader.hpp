// The receipts of an upload, read back line by line.
#pragma once

#include "base/cancel.hpp"
#include "base/log.hpp"
#include "base/status.hpp"
#include "verify/verify_item.hpp"

#include <cstdint>
#include <string>

namespace ferry {

// Adds the files that the receipts tell of, and answers how many lines cannot be used: each of the first hundred is
// told, with its number, as an error. A line that was cut off, and is there whole further down, is none of them. The
// error, of kind `invalid` (`not_found` where there is no such file), names the file.
Result<std::uint64_t> read_receipts(const std::string& path, VerifyList& list, Log& log, const CancelToken& cancel);

// Leaves out what was uploaded anew under the same name, and tells how often that was.
Status keep_last(VerifyList& list, Log& log);

// Where the file of an entry lies: its path, or the bytes that upload has written as \xNN, as JSON could not hold them.
std::string local_path(const std::string& path, const std::string& work_dir);

} // namespace ferry
