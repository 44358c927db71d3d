// Text for a screen of so many columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

inline constexpr std::size_t kScreenColumns = 80;

// The columns of the terminal that standard output goes to, at most 120; 80 if it is none.
std::size_t screen_columns();

// `first` and then `text`, broken at spaces so that lines have at most `columns` bytes where words allow it; later
// lines begin with `indent` spaces. Ends with a line end.
std::string wrapped(std::string first, std::string_view text, std::size_t indent, std::size_t columns);
// The same with words that may hold spaces.
std::string wrapped(std::string first, const std::vector<std::string>& words, std::size_t indent, std::size_t columns);

} // namespace ferry
