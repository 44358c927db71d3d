#include "platform/ini_file.hpp"

#include "document/text.hpp"

#include <Poco/String.h>

namespace ferry {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\v\f";
    const std::size_t start = text.find_first_not_of(space);
    if (start == std::string_view::npos)
        return {};
    return text.substr(start, text.find_last_not_of(space) - start + 1);
}

// `text` is trimmed and not empty.
IniLine split_line(std::string_view text, std::size_t number) {
    IniLine line{IniLine::Kind::bare, number, {}, {}};
    if (text.front() == '[') {
        line.kind = text.back() == ']' ? IniLine::Kind::section : IniLine::Kind::unclosed;
        if (line.kind == IniLine::Kind::section)
            line.name = trimmed(text.substr(1, text.size() - 2));
        return line;
    }
    const std::size_t equals = text.find_first_of("=:");
    line.name = Poco::toLower(std::string(trimmed(text.substr(0, equals))));
    if (equals == std::string_view::npos)
        return line;
    line.kind = IniLine::Kind::setting;
    line.value = trimmed(text.substr(equals + 1));
    return line;
}

} // namespace

Status read_ini(std::string_view text, const std::string& path,
                const std::function<std::string(const IniLine&)>& take) {
    if (text.starts_with(byte_order_mark))
        text.remove_prefix(byte_order_mark.size());
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty() || line.front() == '#' || line.front() == ';')
            continue;
        if (const std::string wrong = take(split_line(line, number)); !wrong.empty())
            return {ErrorKind::invalid, printable(path) + ", line " + std::to_string(number) + ": " + wrong};
    }
    return {};
}

} // namespace ferry
