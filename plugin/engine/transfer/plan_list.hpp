// The files of a step, as many as there are, in little memory.
#pragma once

#include "base/record_spool.hpp"
#include "base/status.hpp"
#include "transfer/planned_file.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace ferry {

// Not thread-safe.
class PlanList {
  public:
    explicit PlanList(std::size_t memory = RecordSpool::default_memory) : spool_(memory) {}

    // Errors are of kind `io`: the disk did not take or give what memory had no room for.
    Result<std::uint64_t> add(const PlannedFile& file); // its place, for at()
    Result<PlannedFile> at(std::uint64_t place) const;

    std::size_t files() const { return files_; }
    std::uint64_t bytes() const { return bytes_; }

    // Gives one file after the other, in the order in which they were added. The list outlives it.
    class Reader {
      public:
        explicit Reader(const PlanList& list) : list_(&list) {}
        bool more() const { return place_ < list_->spool_.end(); }
        std::uint64_t place() const { return place_; } // of the file that next() gives
        Result<PlannedFile> next();                    // only if there is one

      private:
        const PlanList* list_;
        std::uint64_t place_ = 0;
    };

  private:
    RecordSpool spool_;
    std::size_t files_ = 0;
    std::uint64_t bytes_ = 0;
};

} // namespace ferry
