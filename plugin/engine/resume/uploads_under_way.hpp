// The files of a journal of which more is to be told: where they go, and what the platform has of them.
#pragma once

#include "resume/journal_replay.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace ferry {

// Uploads that are open on the platform, as far as a journal tells.
struct LeftUploads {
    std::vector<std::string> upload_ids; // in the order of their names
    std::uint64_t bytes_stored = 0;
};

// Thread-safe. Files are known by their names, as the plan has them.
class UploadsUnderWay {
  public:
    // A number of its own in the journal, for a file that is not under way or is done.
    std::uint32_t new_number();
    std::optional<std::uint32_t> number_of(const std::string& name) const;
    std::uint32_t number_for(const std::string& name); // a new one if it has none

    void begin(const std::string& name, std::uint32_t number, std::string placed); // see SavedFile
    void take_over(const SavedFile& file, std::uint32_t number);
    void opened(const std::string& name, const std::string& upload_id);
    void stored(const std::string& name, std::uint32_t part, std::uint64_t size); // size 0: not after all
    void closed(const std::string& name);                                         // it is no open upload any more
    void forget(const std::string& name);                                         // nothing more is told of it

    // Where the file goes; nullopt if it is not under way.
    std::optional<std::string> placed(const std::string& name) const;
    LeftUploads left() const;

  private:
    struct UnderWay {
        std::uint32_t number = 0;
        std::string placed;
        std::string upload_id{};                                  // empty: not open
        std::unordered_map<std::uint32_t, std::uint64_t> parts{}; // stored: their sizes
    };

    mutable std::mutex mutex_;
    std::unordered_map<std::string, UnderWay> files_;
    std::uint32_t next_number_ = 0;
};

} // namespace ferry
