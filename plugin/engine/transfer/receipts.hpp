// The file that `receipts` names: a line for each file as it is done.
#pragma once

#include "base/descriptor.hpp"
#include "base/status.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

struct FileResult;

// Lines are added, each in one write, so that several steps and processes may share the file. A file that an earlier
// run has a line of gets no second one. Used by the job's thread alone.
class Receipts {
  public:
    // Makes the file if it is missing. The error, of kind `invalid`, names it: no regular file, not to be written, or
    // one that holds something else.
    static Result<Receipts> open(std::string path);
    // The same error beforehand, as far as it can be told without making anything.
    static Status check(const std::string& path);

    // What goes wrong is kept for finish(): the upload is not to suffer.
    void add(const FileResult& result);

    // All lines are on the disk; else how many are missing, and why.
    Status finish();

    std::uint64_t lines() const { return lines_; } // written by this

  private:
    Receipts(Descriptor file, std::string path, bool torn)
        : file_(std::move(file))
        , path_(std::move(path))
        , torn_(torn) {}

    bool has(const FileResult& result);
    void read_known();

    Descriptor file_;
    std::string path_;
    bool torn_;                                       // the last line there has no end
    std::optional<std::vector<std::uint64_t>> known_; // hashes of the entries that were there, in order
    std::uint64_t lines_ = 0;
    std::uint64_t missing_ = 0;
    std::string reason_; // why the first is
};

} // namespace ferry
