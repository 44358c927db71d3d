// What is kept of a step that succeeded, so that a later run need not repeat it.
#pragma once

#include "schema/json_value.hpp"
#include "state/private_folder.hpp"
#include "workflow/file_print.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ferry {

struct StepRecord {
    std::string step;
    std::string task;
    std::string run_id;                // that did it
    std::string mark;                  // of this doing: no other has the same
    std::vector<std::string> stood_on; // see Stand, as it was then
    JsonObject::Ptr outputs;
    std::vector<FilePrint> inputs; // before it ran
    std::vector<FilePrint> made;   // the declared outputs, after it
};

struct NoRecord {
    std::string reason; // empty: there is none
};

inline constexpr std::size_t kLargestRecord = 64u << 20;

// JSON with its own checksum: one that was cut, or changed by hand, is none.
std::string to_text(const StepRecord& record, const std::string& key);
std::variant<StepRecord, NoRecord> record_from(std::string_view text, const std::string& key);

// STATE_DIR/steps, a file each, below 256 folders. `key`: 64 hex digits.
std::variant<StepRecord, NoRecord> read_record(const std::string& state_dir, const std::string& key);
// Replaces one of that key; not synced, as a lost record costs a step's time and a torn one is seen. Nullopt, or why
// not.
std::optional<std::string> write_record(const std::string& state_dir, const std::string& key, const StepRecord& record);
// Nullopt, also where there is none, or why it is still there.
std::optional<std::string> remove_record(const std::string& state_dir, const std::string& key);

// The record is in use, so that it is kept on.
void touch_record(const std::string& state_dir, const std::string& key);
// Removes records that nobody has used for long, at most so many, from one of the 256 folders, and what dead processes
// have left half-written there. One that is written anew meanwhile stays. Answers how many went.
std::size_t forget_unused_records(const PrivateFolder& folder, std::int64_t now, std::size_t most);

// Compact JSON with the keys of all objects sorted: the same text for what means the same.
std::string canonical_json(const Json& value);

} // namespace ferry
