// All that stands in the way of a step, found before the first byte is sent.
#pragma once

#include "base/log.hpp"
#include "base/status.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace ferry {

// Used by the job's thread alone. The first hundred are told.
class PlanProblems {
  public:
    void add(std::string sentence) { add(Error{ErrorKind::invalid, std::move(sentence)}); }
    void add(Error problem);

    bool any() const { return count_ > 0; }
    bool enough() const { return count_ >= most_told; } // no more would be told

    // Only if any(). One is the error itself; of several, each is a line of the log, and the message tells how many
    // there are. The kind is the first's, but a refused token or lacking rights come before all else.
    Error error(Log& log) const;

  private:
    static constexpr std::size_t most_told = 100;

    std::vector<Error> told_;
    std::size_t count_ = 0;
};

} // namespace ferry
