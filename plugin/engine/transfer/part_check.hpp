// What the file holds now, against what was sent of it before.
#pragma once

#include "base/cancel.hpp"
#include "base/status.hpp"
#include "transfer/file_source.hpp"
#include "transfer/part_hasher.hpp"
#include "transfer/part_plan.hpp"

#include <string>

namespace ferry {

// The MD5 of a part's bytes as the file has them. Kind `changed` or `io` as for PartReader; `cancelled` soon after a
// cancel.
Result<Md5> hash_part(const std::string& path, const FileIdentity& identity, PartRange range,
                      const CancelToken& cancel);

// The composite ETag of the whole file, cut as `plan` says.
Result<std::string> hash_file(const std::string& path, const FileIdentity& identity, const PartPlan& plan,
                              const CancelToken& cancel);

} // namespace ferry
