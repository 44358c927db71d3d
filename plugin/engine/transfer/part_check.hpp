// What the file holds now, against what was sent of it before.
#pragma once

#include "base/cancel.hpp"
#include "base/status.hpp"
#include "hash/md5.hpp"
#include "transfer/file_source.hpp"
#include "transfer/part_plan.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace ferry {

// Told how many bytes have been hashed since it was told last; called on the thread that hashes.
using HashedBytes = std::function<void(std::uint64_t)>;

// The MD5s of parts' bytes as the file has them, in the order of `ranges`; several parts are read and hashed at once,
// on the calling thread. Kind `changed` or `io` as for PartReader; `cancelled` soon after a cancel.
Result<std::vector<Md5>> hash_ranges(const std::string& path, const FileIdentity& identity,
                                     std::span<const PartRange> ranges, const CancelToken& cancel,
                                     const HashedBytes& hashed = {});

// The same of all parts of the file.
Result<std::vector<Md5>> hash_parts(const std::string& path, const FileIdentity& identity, const PartPlan& plan,
                                    const CancelToken& cancel, const HashedBytes& hashed = {});

// The composite ETag of the whole file, cut as `plan` says.
Result<std::string> hash_file(const std::string& path, const FileIdentity& identity, const PartPlan& plan,
                              const CancelToken& cancel);

} // namespace ferry
