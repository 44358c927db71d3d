// A local file that is to be compared with what the platform has of it.
#pragma once

#include "base/record_spool.hpp"
#include "base/status.hpp"
#include "platform/json_fields.hpp"
#include "platform/platform_api.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

struct VerifyItem {
    std::string path;                    // absolute
    std::string name;                    // on the platform
    std::string folder{};                // below the target, where the record is found by its name
    Target target{};                     // of its receipt, as far as that tells
    std::string id{};                    // empty: the record is found by its name
    std::optional<std::uint64_t> size{}; // bytes, of its receipt
    std::uint64_t part_size = 0;         // of its receipt
    std::string etag{};                  // composite, of its receipt; empty: it has none
};

// From an entry of the upload's output `files`, which is a line of its receipts, too. The error is a clause: what is
// wrong with the entry.
Result<VerifyItem> read_receipt(const JsonFields& entry);

// The files to compare, as many as there are, in little memory. Not thread-safe. Errors are of kind `io`.
class VerifyList {
  public:
    explicit VerifyList(std::size_t memory = RecordSpool::default_memory) : spool_(memory) {}

    Status add(const VerifyItem& item);
    // Of several entries of one file under one name in one folder of the platform, the last one counts: it was uploaded
    // anew. Answers how many others there were.
    Result<std::uint64_t> keep_last();
    std::size_t size() const { return keys_.size(); }
    Result<VerifyItem> at(std::size_t index) const; // in the order of adding

  private:
    struct Key {
        std::uint64_t hash;
        std::uint64_t place;
    };
    RecordSpool spool_;
    std::vector<Key> keys_;
};

} // namespace ferry
