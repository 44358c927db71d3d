#include "net/target.hpp"

#include <algorithm>

namespace ferry::platform {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool unreserved(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    while (true) {
        const auto end = text.find(separator);
        pieces.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return pieces;
        text.remove_prefix(end + 1);
    }
}

std::optional<Query> split_query(std::string_view text) {
    Query query;
    for (const std::string_view piece : split(text, '&')) {
        if (piece.empty())
            continue;
        std::string plain(piece);
        std::ranges::replace(plain, '+', ' ');
        const std::string_view pair = plain;
        const auto equals = pair.find('=');
        auto name = percent_decode(pair.substr(0, equals));
        auto value = percent_decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
        if (!name || !value)
            return std::nullopt;
        query.emplace_back(std::move(*name), std::move(*value));
    }
    return query;
}

} // namespace

std::optional<std::string> percent_decode(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            plain += text[i];
            continue;
        }
        const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0)
            return std::nullopt;
        plain += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return plain;
}

std::string percent_encode(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string escaped;
    for (const char c : text) {
        if (unreserved(c)) {
            escaped += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        escaped += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return escaped;
}

const std::string* find(const Query& query, std::string_view name) {
    const auto found = std::ranges::find(query, name, &Query::value_type::first);
    return found == query.end() ? nullptr : &found->second;
}

std::optional<Target> split_target(std::string_view target) {
    if (const auto scheme = target.find("://"); scheme != std::string_view::npos && target.front() != '/') {
        const auto slash = target.find('/', scheme + 3);
        target = slash == std::string_view::npos ? "/" : target.substr(slash);
    }
    if (!target.starts_with('/'))
        return std::nullopt;
    const auto mark = target.find('?');
    const std::string_view path = target.substr(1, mark == std::string_view::npos ? mark : mark - 1);
    Target made;
    for (const std::string_view piece : split(path, '/')) {
        auto plain = percent_decode(piece);
        if (!plain)
            return std::nullopt;
        made.segments.push_back(std::move(*plain));
    }
    if (made.segments.back().empty())
        made.segments.pop_back();
    auto query = split_query(mark == std::string_view::npos ? "" : target.substr(mark + 1));
    if (!query)
        return std::nullopt;
    made.query = std::move(*query);
    return made;
}

} // namespace ferry::platform
