// Counts what became of files, and puts it into words.
#pragma once

#include "base/log.hpp"
#include "base/status.hpp"
#include "verify/verify_files.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace ferry {

// Used by the job's thread alone.
class VerifyTally {
  public:
    explicit VerifyTally(Log& log) : log_(log) {}

    void add(const VerifiedFile& file);                         // tells a bad one, if not too many were told already
    void bad_lines(std::uint64_t lines) { bad_lines_ = lines; } // of the receipts
    const VerifyCounts& counts() const { return counts_; }
    // All are the same, which is told; else the error that says how many are not, and what to do.
    Status finish();

  private:
    Log& log_;
    VerifyCounts counts_;
    std::map<std::string, std::uint64_t> ways_; // "size and etag": how many files were found to be the same by these
    std::uint64_t bad_ = 0;
    std::uint64_t bad_lines_ = 0;
};

} // namespace ferry
