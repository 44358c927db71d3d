// Appending to a journal: each line is on disk before its writer goes on, and writers that come together share a sync.
#pragma once

#include "base/descriptor.hpp"
#include "base/status.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

namespace ferry {

// Thread-safe.
class JournalWriter {
  public:
    // `file`: open for writing, at its end.
    explicit JournalWriter(Descriptor file) : file_(std::move(file)) {}

    // Blocks until the lines are on disk. What could not be written is kept and tried again with the lines that come
    // after it, so that a disk that was full for a while costs nothing; until then each call answers the error.
    Status append(const std::string& lines);

  private:
    static constexpr std::size_t most_kept = 16u << 20; // bytes; beyond that lines are lost

    Status write_out(const std::string& lines);

    struct Waiter {
        std::uint64_t number;
        std::condition_variable written;
    };
    void wake();

    Descriptor file_;
    std::mutex mutex_;
    std::deque<Waiter*> waiters_; // in the order of their numbers
    std::string waiting_;         // lines for the next write
    std::uint64_t asked_ = 0;     // number of the last append
    std::uint64_t finished_ = 0;  // the appends up to this one have been tried
    bool writing_ = false;
    bool torn_ = false; // the last write may have left part of a line
    Status last_;       // of the last write
};

} // namespace ferry
