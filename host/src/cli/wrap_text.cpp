#include "cli/wrap_text.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace ferry {

std::size_t screen_columns() {
    constexpr std::size_t least = 40;
    constexpr std::size_t most = 120; // longer lines are hard to read
    winsize size{};
    if (::isatty(STDOUT_FILENO) == 0 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return kScreenColumns;
    return std::clamp<std::size_t>(size.ws_col, least, most);
}

std::string wrapped(std::string first, const std::vector<std::string>& words, std::size_t indent, std::size_t columns) {
    std::string out;
    std::string line = std::move(first);
    bool begun = false; // a word is on the line
    for (const std::string& word : words) {
        if (begun && line.size() + 1 + word.size() > columns) {
            out += line + "\n";
            line.assign(indent, ' ');
            begun = false;
        }
        line += begun ? " " : "";
        line += word;
        begun = true;
    }
    return out + line + "\n";
}

std::string wrapped(std::string first, std::string_view text, std::size_t indent, std::size_t columns) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        words.emplace_back(word);
    }
    return wrapped(std::move(first), words, indent, columns);
}

} // namespace ferry
