// One local file against its receipt, its FILE.md5 and the platform's record.
#pragma once

#include "base/cancel.hpp"
#include "base/log.hpp"
#include "base/status.hpp"
#include "transfer/part_check.hpp"
#include "verify/remote_records.hpp"
#include "verify/verify_options.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ferry {

enum class VerifyStatus {
    same,
    different,
    missing,       // on the platform
    missing_local, // the local file
    unchecked,     // nobody can tell
};
const char* to_word(VerifyStatus status) noexcept;

struct VerifiedFile {
    std::string path;
    std::string name;
    std::string id;         // empty: not known
    std::uint64_t size = 0; // of the local file; of its receipt where there is none
    VerifyStatus status = VerifyStatus::same;
    std::vector<const char*> checked{}; // by what it was compared: "size", "etag", "md5"
    std::string reason{};               // why it is not the same; empty if it is
};

// Bytes that will have to be hashed for it as far as can be told beforehand.
std::uint64_t bytes_to_hash(const VerifyItem& item, const CheckBy& by);

// Hashes what there is to hash. Thread-safe. Errors are of kind `cancelled` and `internal` only: all else is what
// became of the file.
Result<VerifiedFile> check_file(const VerifyItem& item, const RemoteRecord& record, const CheckBy& by, Log& log,
                                const CancelToken& cancel, const HashedBytes& hashed);

} // namespace ferry
