#include "http/http_transport.hpp"

#include <algorithm>

namespace ferry {

namespace {

// ASCII only: header names are tokens, and the process's locale has no say in them.
char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

bool same_header_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::optional<std::string_view> HttpHeaders::find(std::string_view name) const {
    for (const HttpHeader& header : list_)
        if (same_header_name(header.name, name))
            return header.value;
    return std::nullopt;
}

} // namespace ferry
