// File name patterns, the same in every option that takes one: *, ?, [...] within one component; ** for any number of
// folders. `[*]`, `[?]` and `[[]` stand for the one character, and make no pattern by themselves.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

// True if the text is a pattern. What is none stands for the one path literal_of(text).
bool is_glob(std::string_view text);

// The text with *, ? and [ in brackets, so that no pattern takes them for more than themselves; and back.
std::string as_literal(std::string_view text);
std::string literal_of(std::string_view text);

// Whether a name (one component) matches a pattern. `?` and a class stand for one character of UTF-8, or one byte where
// the name is no UTF-8; a class may hold ranges and begin with ! or ^; a `[` without its `]`, and a backslash, stand
// for themselves. A leading dot must be matched by a dot.
bool matches_name(std::string_view pattern, std::string_view name);

enum class GlobFinds {
    files,     // readable regular files, and links to them
    everything // folders and the rest too
};

struct GlobResult {
    std::vector<std::string> paths;    // sorted by bytes, each once
    std::vector<std::string> warnings; // what was passed over: one sentence each
};

// Expands a pattern below an absolute folder, whose own name is no pattern; an absolute pattern stands alone. `**`
// alone as a component stands for any number of folders, also none; it enters neither links to folders nor hidden
// folders. As the last component it stands for all that is below. A trailing slash says that folders are meant. Ends
// early, with part of the result, once `stopped` says so; it is asked at each folder.
GlobResult expand_glob(const std::string& folder, const std::string& pattern, GlobFinds finds,
                       const std::function<bool()>& stopped = {});

} // namespace ferry
