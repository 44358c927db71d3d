// Text for people: safe to print, and the nearest known name for a typo.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ferry {

// The text with control bytes, invalid UTF-8 and bidirectional overrides written as \xNN or \u{NNNN}, so that it cannot
// steer a terminal or break a line; cut to at most `limit` bytes with "..." if longer.
std::string printable(std::string_view text, std::size_t limit = 1024);

// The same JSON with what printable() would not let through written as \uNNNN. Bytes that are no UTF-8 are left alone.
std::string quiet_json(std::string_view json);

bool is_utf8(std::string_view text);

// The candidate with the smallest edit distance to `word` (two neighbours swapped are one edit), if it is near enough
// to be a typo (at most a third of the length, at least 1); else empty. Case does not count. Looks at the first 1,000.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

} // namespace ferry
