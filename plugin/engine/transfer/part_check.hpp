// What the file holds now, against what was sent of it before.
#pragma once

#include "base/cancel.hpp"
#include "base/status.hpp"
#include "transfer/file_source.hpp"
#include "transfer/part_hasher.hpp"
#include "transfer/part_plan.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ferry {

// Told how many bytes have been hashed since it was told last; called on the thread that hashes.
using HashedBytes = std::function<void(std::uint64_t)>;

// The MD5 of a part's bytes as the file has them. Kind `changed` or `io` as for PartReader; `cancelled` soon after a
// cancel.
Result<Md5> hash_part(const std::string& path, const FileIdentity& identity, PartRange range, const CancelToken& cancel,
                      const HashedBytes& hashed = {});

// The MD5s of all parts of the file, in their order: the one way to hash a whole file, however it is done. Errors as
// for hash_part().
Result<std::vector<Md5>> hash_parts(const std::string& path, const FileIdentity& identity, const PartPlan& plan,
                                    const CancelToken& cancel, const HashedBytes& hashed = {});

// The composite ETag of the whole file, cut as `plan` says.
Result<std::string> hash_file(const std::string& path, const FileIdentity& identity, const PartPlan& plan,
                              const CancelToken& cancel);

} // namespace ferry
