#include "schema/pattern.hpp"

#include <algorithm>
#include <regex>
#include <string_view>

namespace ferry {
namespace {

constexpr std::size_t most_digits = 9;

// A repetition or back reference whose number std::regex would overflow.
bool has_huge_number(const std::string& text) {
    constexpr const char* digits = "0123456789";
    for (std::size_t begin = text.find_first_of(digits); begin != std::string::npos;) {
        const std::size_t end = std::min(text.find_first_not_of(digits, begin), text.size());
        const bool counts = begin > 0 && std::string_view("{,\\").find(text[begin - 1]) != std::string_view::npos;
        if (counts && end - begin > most_digits)
            return true;
        begin = text.find_first_of(digits, end);
    }
    return false;
}

} // namespace

struct Pattern::Compiled {
    std::regex expression;
};

std::optional<Pattern> Pattern::compile(const std::string& text) {
    if (has_huge_number(text))
        return std::nullopt;
    try {
        Pattern pattern;
        pattern.compiled_ = std::make_shared<const Compiled>(Compiled{std::regex(text)});
        return pattern;
    } catch (const std::regex_error&) {
        return std::nullopt;
    }
}

bool Pattern::found_in(const std::string& text) const {
    return text.size() <= kLongestPatternText && std::regex_search(text, compiled_->expression);
}

} // namespace ferry
