#include "document/json_scan.hpp"

#include "document/text.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace ferry {

namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_number_char(char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

// Where \u0000 stands in a string.
std::optional<std::size_t> zero_escape(std::string_view string) {
    for (std::size_t at = string.find('\\'); at != std::string_view::npos; at = string.find('\\', at + 2))
        if (string.substr(at, 6) == "\\u0000")
            return at;
    return std::nullopt;
}

std::size_t end_of_number(std::string_view text, std::size_t begin) {
    std::size_t end = begin;
    while (end < text.size() && is_number_char(text[end]))
        ++end;
    return end;
}

bool number_fits(std::string_view number) {
    if (number.find_first_of(".eE") != std::string_view::npos) {
        if (number.size() > 400)
            return false;
        return std::isfinite(std::strtod(std::string(number).c_str(), nullptr));
    }
    const char* end = number.data() + number.size();
    std::int64_t as_signed = 0;
    if (std::from_chars(number.data(), end, as_signed).ec == std::errc{})
        return true;
    std::uint64_t as_unsigned = 0;
    return std::from_chars(number.data(), end, as_unsigned).ec == std::errc{};
}

std::optional<std::size_t> invalid_utf8(std::string_view text) {
    if (is_utf8(text))
        return std::nullopt;
    std::size_t low = 0; // valid so far; the first invalid byte lies at most 4 behind a valid prefix
    for (std::size_t step = text.size(); step > 0; step /= 2)
        while (low + step <= text.size() && is_utf8(text.substr(0, low + step)))
            low += step;
    return low;
}

class Scanner {
  public:
    Scanner(std::string_view text, std::size_t depth_limit) : text_(text), depth_limit_(depth_limit) {}

    std::optional<JsonError> run() {
        for (at_ = 0; at_ < text_.size();) {
            if (is_space(text_[at_])) {
                ++at_;
                continue;
            }
            if (complete_)
                return error("unexpected text behind the JSON value");
            if (auto problem = token())
                return problem;
            complete_ = closers_.empty();
        }
        if (!complete_)
            return error(text_.empty() || at_ == 0 ? "the text is empty" : "the text ends before the JSON value does");
        return std::nullopt;
    }

  private:
    JsonError error(std::string message) const { return json_error_at(text_, at_, std::move(message)); }

    std::optional<JsonError> token() {
        switch (text_[at_]) {
        case '"':
            return string_token();
        case '{':
        case '[':
            if (closers_.size() == depth_limit_)
                return error("nested deeper than " + std::to_string(depth_limit_) + " levels");
            closers_ += text_[at_++] == '{' ? '}' : ']';
            return std::nullopt;
        case '}':
        case ']':
            if (closers_.empty())
                return error("a bracket is closed that was never opened");
            if (closers_.back() != text_[at_])
                return error(std::string("a '") + closers_.back() + "' has to come before this '" + text_[at_] + "'");
            closers_.pop_back();
            ++at_;
            return std::nullopt;
        case ',':
        case ':':
            if (closers_.empty())
                return error("a value is expected here");
            ++at_;
            return std::nullopt;
        default:
            return bare_token();
        }
    }

    std::optional<JsonError> string_token() {
        const std::size_t end = end_of_string(text_, at_);
        if (end == std::string_view::npos)
            return error("this text is not closed with \"");
        for (std::size_t i = at_; i < end; ++i) {
            if (static_cast<unsigned char>(text_[i]) >= 0x20)
                continue;
            at_ = i;
            return error("a raw control character inside a text; write it as an escape such as \\n");
        }
        if (const auto zero = zero_escape(text_.substr(at_, end - at_)); zero && is_key(end)) {
            at_ += *zero;
            return error("a zero byte in a key"); // where the parser would cut it
        }
        at_ = end;
        return std::nullopt;
    }

    // Whether what ended there was a key.
    bool is_key(std::size_t end) const {
        while (end < text_.size() && is_space(text_[end]))
            ++end;
        return end < text_.size() && text_[end] == ':';
    }

    // Numbers, true, false, null; the parser judges the words.
    std::optional<JsonError> bare_token() {
        const char first = text_[at_];
        const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
        if (is_digit(first) || (first == '-' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
            const std::size_t end = end_of_number(text_, at_);
            if (!number_fits(text_.substr(at_, end - at_)))
                return error("this number is too large");
            at_ = end;
            return std::nullopt;
        }
        std::size_t end = at_;
        while (end < text_.size() && text_[end] >= 'a' && text_[end] <= 'z')
            ++end;
        const std::string_view word = text_.substr(at_, end - at_);
        if (word != "true" && word != "false" && word != "null")
            return error("a JSON value or a closing bracket is expected here");
        at_ = end;
        return std::nullopt;
    }

    std::string_view text_;
    std::size_t depth_limit_;
    std::size_t at_ = 0;
    std::string closers_; // of the brackets that are open
    bool complete_ = false;
};

} // namespace

std::size_t end_of_string(std::string_view text, std::size_t begin) {
    for (std::size_t i = begin + 1; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            return i + 1;
    }
    return std::string_view::npos;
}

JsonError json_error_at(std::string_view text, std::size_t offset, std::string message) {
    JsonError error{1, 1, std::move(message)};
    for (const char c : text.substr(0, offset)) {
        ++error.column;
        if (c == '\n') {
            ++error.line;
            error.column = 1;
        }
    }
    return error;
}

std::optional<JsonError> scan_json(std::string_view text, std::size_t depth) {
    if (const auto offset = invalid_utf8(text))
        return json_error_at(text, *offset, "this byte is not UTF-8");
    return Scanner(text, depth).run();
}

} // namespace ferry
