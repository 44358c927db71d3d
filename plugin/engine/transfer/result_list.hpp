// What became of files, as many as there are, in little memory.
#pragma once

#include "base/record_spool.hpp"
#include "base/status.hpp"
#include "transfer/upload_job.hpp"

#include <cstdint>

namespace ferry {

// Not thread-safe. Errors are of kind `io`.
class ResultList {
  public:
    explicit ResultList(std::size_t memory = RecordSpool::default_memory) : spool_(memory) {}

    Result<std::uint64_t> add(const FileResult& result); // its place
    // The result at a place; `place` becomes that of the next one.
    Result<FileResult> take(std::uint64_t& place) const;
    std::uint64_t end() const { return spool_.end(); } // where the next one would lie
    std::uint64_t count() const { return count_; }

  private:
    RecordSpool spool_;
    std::uint64_t count_ = 0;
};

} // namespace ferry
