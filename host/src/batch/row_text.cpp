#include "batch/row_text.hpp"

#include "document/text.hpp"

#include <Poco/SHA1Engine.h>

#include <algorithm>
#include <cstdio>

namespace ferry {

namespace {

constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";

std::string hex_byte(unsigned char byte) {
    char text[8];
    std::snprintf(text, sizeof text, "\\x%02X", byte);
    return text;
}

// $'...': bytes that printable() would not let through as \xNN.
std::string in_dollar_quotes(std::string_view word) {
    std::string quoted = "$'";
    for (std::size_t at = 0; at < word.size();) {
        std::size_t size = 1; // of the character
        while (at + size < word.size() && (static_cast<unsigned char>(word[at + size]) & 0xC0u) == 0x80u)
            ++size;
        const std::string_view character = word.substr(at, size);
        at += size;
        if (character == "\n")
            quoted += "\\n";
        else if (character == "\t")
            quoted += "\\t";
        else if (character == "'" || character == "\\")
            quoted += "\\" + std::string(character);
        else if (printable(character) == character)
            quoted += character;
        else
            for (const char byte : character)
                quoted += hex_byte(static_cast<unsigned char>(byte));
    }
    return quoted + "'";
}

int hex_digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// Reads back what shell_quoted() writes.
class Words {
  public:
    explicit Words(std::string_view line) : rest_(line) {}

    std::optional<std::vector<std::string>> read() {
        std::vector<std::string> words;
        while (!rest_.empty()) {
            std::string word;
            while (!rest_.empty() && rest_[0] != ' ')
                if (!piece(word))
                    return std::nullopt;
            if (!rest_.empty())
                rest_.remove_prefix(1);
            words.push_back(std::move(word));
        }
        return words;
    }

  private:
    bool eat(std::string_view text) {
        const bool there = rest_.starts_with(text);
        rest_.remove_prefix(there ? text.size() : 0);
        return there;
    }
    bool piece(std::string& word) {
        if (eat("$'"))
            return dollar_quoted(word);
        if (eat("'")) {
            const std::size_t end = rest_.find('\'');
            word += rest_.substr(0, end);
            rest_.remove_prefix(std::min(end, rest_.size()));
            return eat("'");
        }
        if (eat("\\'")) {
            word += '\'';
            return true;
        }
        word += rest_[0];
        const bool plain = kPlain.find(rest_[0]) != std::string_view::npos;
        rest_.remove_prefix(1);
        return plain;
    }
    bool dollar_quoted(std::string& word) {
        while (!rest_.empty()) {
            if (eat("'"))
                return true;
            if (eat("\\n"))
                word += '\n';
            else if (eat("\\t"))
                word += '\t';
            else if (eat("\\'"))
                word += '\'';
            else if (eat("\\\\"))
                word += '\\';
            else if (rest_[0] != '\\') {
                word += rest_[0];
                rest_.remove_prefix(1);
            } else if (!hex(word))
                return false;
        }
        return false;
    }
    bool hex(std::string& word) {
        if (!rest_.starts_with("\\x") || rest_.size() < 4)
            return false;
        const int high = hex_digit(rest_[2]);
        const int low = hex_digit(rest_[3]);
        word += static_cast<char>(high * 16 + low);
        rest_.remove_prefix(4);
        return high >= 0 && low >= 0;
    }

    std::string_view rest_;
};

} // namespace

std::string shell_quoted(std::string_view word) {
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos)
        return std::string(word);
    if (printable(word, std::string::npos) != word)
        return in_dollar_quotes(word);
    std::string quoted = "'";
    for (const char c : word)
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::optional<std::vector<std::string>> shell_words(std::string_view line) {
    return Words(line).read();
}

std::string row_command(const std::string& workflow, const RowValues& values) {
    std::string text = "ferry run " + shell_quoted(workflow);
    for (const auto& [name, value] : values)
        text += " --var " + shell_quoted(name + "=" + value);
    return text;
}

std::optional<RowCommand> parse_row_command(std::string_view command) {
    const auto words = shell_words(command);
    if (!words || words->size() < 3 || words->size() % 2 == 0 || (*words)[0] != "ferry" || (*words)[1] != "run")
        return std::nullopt;
    RowCommand row{(*words)[2], {}};
    for (std::size_t i = 3; i < words->size(); i += 2) {
        const std::string& assignment = (*words)[i + 1];
        const std::size_t at = assignment.find('=');
        if ((*words)[i] != "--var" || at == std::string::npos)
            return std::nullopt;
        row.values.emplace_back(assignment.substr(0, at), assignment.substr(at + 1));
    }
    return row;
}

std::uint64_t row_hash(const RowValues& values) {
    std::vector<const std::pair<std::string, std::string>*> sorted;
    for (const auto& value : values)
        sorted.push_back(&value);
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return *a < *b; });
    Poco::SHA1Engine engine;
    for (const auto* value : sorted)
        for (const std::string* text : {&value->first, &value->second}) {
            const std::uint64_t size = text->size(); // so that no two rows read the same
            engine.update(&size, sizeof size);
            engine.update(*text);
        }
    const auto& digest = engine.digest();
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < sizeof hash; ++i)
        hash = hash << 8 | digest[i];
    return hash;
}

} // namespace ferry
