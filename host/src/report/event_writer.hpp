// --events: one line of JSON for each thing that happens, whole lines only.
#pragma once

#include "plugins/task_run.hpp"
#include "report/slow_reader.hpp"
#include "unique_fd.hpp"

#include <Poco/JSON/Object.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>

namespace ferry {

// Thread-safe. Appends to what is there, but one process at a time writes to a file. A slow reader is waited for, but
// once there is a stop only for a moment.
class EventWriter {
  public:
    using Now = std::function<std::chrono::system_clock::time_point()>;

    // Why not, as one sentence, if the path can be no event file: regular files that no other process has open for
    // its events, FIFOs with a reader and devices are. `stop` outlives it.
    static std::variant<std::unique_ptr<EventWriter>, std::string> open(const std::string& path, const StopFlag& stop,
                                                                        Now now = {});

    // Adds time and type, then `fields`; those of the task's place (step null: of the whole run; without a step's id:
    // of a row) come from the host and win over fields of that name. nullopt, or why the line could not be written,
    // told once.
    std::optional<std::string> write(std::string_view type, const std::string& run_id, const TaskContext* step,
                                     const Poco::JSON::Object& fields);
    // How many lines could not be written, as a sentence; nullopt if all were.
    std::optional<std::string> missing();

  private:
    EventWriter(UniqueFd file, std::string path, const StopFlag& stop, Now now);
    int write_line(const std::string& line);
    void take_back(std::size_t written);

    const UniqueFd file_;
    const std::string path_;
    const Now now_;
    std::mutex mutex_; // all below
    SlowReader reader_;
    bool owned_ = false;     // a regular file that is locked: nobody else appends to it
    bool torn_ = false;      // the last line was cut short: the next one begins on a new line
    std::uint64_t lost_ = 0; // lines
};

} // namespace ferry
