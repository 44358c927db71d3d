#include "cli/go_on.hpp"

#include "batch/row_text.hpp"
#include "document/strict_json.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <variant>

namespace ferry {
namespace {

constexpr std::array<std::string_view, 4> bare_options{"--resume", "--resume-failed", "--dry-run",
                                                       "--json"}; // all others take a value

std::string in_shell(const std::vector<std::string>& words) {
    std::string command = "ferry";
    for (const std::string& word : words)
        command += " " + shell_quoted(word);
    return command;
}

// Without these options and their values.
std::vector<std::string> without(const std::vector<std::string>& words, const std::vector<std::string_view>& names) {
    std::vector<std::string> kept;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        const bool option = word.starts_with("--");
        const std::string_view name = word.substr(0, word.find('='));
        const bool flag = std::find(bare_options.begin(), bare_options.end(), name) != bare_options.end();
        const std::size_t size = option && !flag && name == word && i + 1 < words.size() ? 2 : 1;
        if (!option || std::find(names.begin(), names.end(), name) == names.end())
            for (std::size_t j = i; j < i + size; ++j)
                kept.push_back(words[j]);
        i += size - 1;
    }
    return kept;
}

} // namespace

std::string command_for_task(const std::string& task, const JsonObject& with, const std::vector<std::string>& more) {
    std::vector<std::string> words{"task", task};
    for (const std::string& name : with.getNames()) { // in their order
        const Json value = with.get(name);
        const std::string text = text_of(value);
        const bool plain = kind_of(value) == JsonKind::text && std::holds_alternative<JsonError>(parse_json(text));
        words.emplace_back("--set");
        words.push_back(name + "=" + (plain ? text : to_json(value)));
    }
    words.insert(words.end(), more.begin(), more.end());
    return in_shell(words);
}

std::string command_to_go_on(const std::vector<std::string>& words) {
    if (words.empty() || words.front() != "run")
        return in_shell(words);
    // What ran since --from is not to run again.
    std::vector<std::string> kept = without(words, {"--resume", "--from"});
    kept.emplace_back("--resume");
    return in_shell(kept);
}

std::string command_again(const std::vector<std::string>& words) {
    return in_shell(words);
}

std::string command_for_rows(const std::vector<std::string>& words, bool with_failed) {
    std::vector<std::string> kept = without(words, {"--resume", "--resume-failed"});
    kept.emplace_back(with_failed ? "--resume-failed" : "--resume");
    return in_shell(kept);
}

std::string command_for_step(const std::vector<std::string>& words, const std::string& step) {
    std::vector<std::string> kept = without(words, {"--resume", "--from", "--only", "--dry-run"});
    kept.emplace_back("--only");
    kept.push_back(step);
    return in_shell(kept);
}

} // namespace ferry
