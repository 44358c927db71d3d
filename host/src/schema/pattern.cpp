#include "schema/pattern.hpp"

#include <regex>

namespace ferry {

struct Pattern::Compiled {
    std::regex expression;
};

std::optional<Pattern> Pattern::compile(const std::string& text) {
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
