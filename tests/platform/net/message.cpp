#include "net/message.hpp"

#include <algorithm>

namespace ferry::platform {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

const std::string* find_in(const Headers& headers, std::string_view name) {
    for (const auto& [known, value] : headers)
        if (same_without_case(known, name))
            return &value;
    return nullptr;
}

} // namespace

bool same_without_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

const std::string* Request::find(std::string_view name) const {
    return find_in(headers, name);
}

const std::string* Answer::find(std::string_view name) const {
    return find_in(headers, name);
}

void Answer::remove(std::string_view name) {
    std::erase_if(headers, [&](const auto& header) { return same_without_case(header.first, name); });
}

void Answer::set(std::string_view name, std::string value) {
    remove(name);
    headers.emplace_back(std::string(name), std::move(value));
}

} // namespace ferry::platform
