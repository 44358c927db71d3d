// The files of a journal, by its id: 32 hex digits.
#pragma once

#include "base/status.hpp"
#include "resume/journal_replay.hpp"
#include "state/digest.hpp"
#include "state/private_folder.hpp"

#include <string>
#include <string_view>

namespace ferry {

inline constexpr std::string_view journal_end = ".journal";
inline constexpr std::string_view lease_end = ".lease";

inline std::string journal_file(const std::string& id) {
    return id + std::string(journal_end);
}
inline std::string lease_file(const std::string& id) {
    return id + std::string(lease_end);
}
inline std::string journals_of(const std::string& state_dir) {
    return state_dir + "/uploads";
}
inline bool is_journal_id(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The endpoint and target of a journal, as its id and its notes are made of them.
inline std::string about_target(const std::string& endpoint, const std::string& project, const std::string& parent) {
    return endpoint + '\n' + (parent.empty() ? "project " + project : "folder " + parent) + '\n';
}
// Of an open upload, in the folder `open` of the journals: leads to the journal that knows it.
inline std::string note_file(const std::string& about, const std::string& name) {
    return short_digest(about + name);
}

// Reads the journal of that id. Kind not_found if there is none.
Result<JournalReplay> replay_journal(const PrivateFolder& folder, const std::string& id);

} // namespace ferry
