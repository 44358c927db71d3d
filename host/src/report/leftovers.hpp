// What failed steps say that they leave unfinished on the other side, summed up, and what would drop it.
#pragma once

#include "workflow/runner.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ferry {

// Over the runs of any number of rows, in the memory of one.
class Leftovers {
  public:
    // What the run's failed steps have set as `unfinished`.
    void add(const RunResult& result);

    bool any() const { return uploads_ > 0; }
    // One sentence: how much is left, that running the same again finishes it, and what drops it. `command`: the
    // command line that runs a task alone with those options. Only if any().
    using Command = std::function<std::string(const std::string& task, const Poco::JSON::Object& with)>;
    std::string text(const std::string& state_dir, const Command& command) const;

  private:
    static constexpr std::uint64_t most_named = 8; // uploads; of more, what drops all of them is shorter
    static constexpr std::size_t most_commands = 3;

    struct Drop {
        std::string task;
        Poco::JSON::Object::Ptr with;
    };
    void add_step(const Poco::JSON::Object& unfinished);
    static Drop drop_from(const Poco::Dynamic::Var& value); // its `with` is null if it makes no sense
    static bool join(std::vector<Drop>& drops, const Drop& drop);

    std::uint64_t uploads_ = 0;
    std::uint64_t bytes_ = 0;
    bool all_named_ = true;    // drops_ has every upload
    std::vector<Drop> drops_;  // each of other options, but for the arrays in them, which are joined
    std::vector<Drop> widest_; // what drops at least these uploads
    bool more_commands_ = false;
};

} // namespace ferry
