// What dry runs say of the work to come, summed up.
#pragma once

#include "workflow/runner.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace ferry {

// Over the runs of any number of rows, in the memory of one.
class PlanTotals {
  public:
    // A dry run of the workflow: what its steps have set as `planned`, and the steps that could not be asked yet.
    void add(const Workflow& workflow, const RunResult& result);

    // Several steps tell their work, or will once they can; or one takes longer than its bytes, for the quota's sake.
    bool worth_telling() const;
    // Lines for people; empty if no step has work that can be told. "in all: 3 files, 1.2 GiB, in 81 parts with 90 API
    // calls".
    std::string text() const;

  private:
    void add_planned(const Poco::JSON::Object& planned);

    std::uint64_t told_ = 0;
    std::uint64_t summed_ = 0;
    std::uint64_t files_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t parts_ = 0;
    std::uint64_t api_calls_ = 0;
    std::map<std::string, std::uint64_t> later_; // steps by their task
};

} // namespace ferry
