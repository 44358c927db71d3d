#include "workflow/shell_text.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

namespace {

constexpr std::array<std::string_view, 7> kShells = {"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"};
// Long options of bash with a value of their own.
constexpr std::array<std::string_view, 2> kWithValue = {"--rcfile", "--init-file"};

std::string_view base_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

bool is_shell(std::string_view word) {
    return std::find(kShells.begin(), kShells.end(), base_name(word)) != kShells.end();
}

bool is_option(std::string_view word) {
    return word.size() > 1 && (word[0] == '-' || word[0] == '+');
}

// The index of the shell itself: the first word, or the first that `env` is to run.
std::optional<std::size_t> shell_index(const std::vector<std::string>& words) {
    std::size_t at = 0;
    if (!words.empty() && base_name(words[0]) == "env")
        for (at = 1; at < words.size() && (is_option(words[at]) || words[at].find('=') != std::string::npos);)
            ++at;
    return at < words.size() && is_shell(words[at]) ? std::optional(at) : std::nullopt;
}

} // namespace

std::optional<std::size_t> shell_script_index(const JsonArray& command) {
    std::vector<std::string> words;
    for (const Json& word : command)
        words.push_back(text_of(word));
    const auto shell = shell_index(words);
    if (!shell)
        return std::nullopt;
    bool reads_text = false;
    for (std::size_t at = *shell + 1; at < words.size(); ++at) {
        const std::string& word = words[at];
        if (!is_option(word) || word == "--")
            return reads_text && word != "--"            ? std::optional(at)
                   : reads_text && at + 1 < words.size() ? std::optional(at + 1)
                                                         : std::nullopt;
        if (word.starts_with("--")) {
            if (std::find(kWithValue.begin(), kWithValue.end(), word) != kWithValue.end())
                ++at;
            continue;
        }
        reads_text = reads_text || (word[0] == '-' && word.find('c') != std::string::npos);
        // -o and -O take the next word as their value.
        at += static_cast<std::size_t>(
            std::count_if(word.begin() + 1, word.end(), [](char letter) { return letter == 'o' || letter == 'O'; }));
    }
    return std::nullopt;
}

} // namespace ferry
