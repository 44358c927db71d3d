#include "secret_text.hpp"

#include <cstdlib>
#include <cstring>

namespace ferry {
namespace {

constexpr std::size_t shortest_secret = 6; // shorter ones would blot out innocent text

} // namespace

std::string without_secrets(std::string text, const std::set<std::string>& variables) {
    for (const std::string& name : variables) {
        const char* value = std::getenv(name.c_str());
        const std::size_t size = value ? std::strlen(value) : 0;
        if (size < shortest_secret)
            continue;
        const std::string shown = "[" + name + "]";
        for (std::size_t at = text.find(value); at != std::string::npos; at = text.find(value, at + shown.size()))
            text.replace(at, size, shown);
    }
    return text;
}

} // namespace ferry
