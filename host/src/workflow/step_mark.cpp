#include "workflow/step_mark.hpp"

#include "state/digest.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>

namespace ferry {

namespace {

std::string mark_of(std::string text, const Stand& stand) {
    if (!stand)
        return {};
    for (const std::string& one : *stand)
        text += '\n' + one;
    return short_digest(text);
}

} // namespace

std::string new_mark() {
    std::random_device random;
    std::array<char, 33> text{};
    std::snprintf(text.data(), text.size(), "%08x%08x%08x%08x", random(), random(), random(), random());
    return text.data();
}

std::string skipped_mark(const Stand& stand) {
    return mark_of("skipped", stand);
}

std::string failed_mark(const std::string& key, const Stand& stand) {
    return mark_of("failed " + key, stand);
}

std::string changed_need(const std::vector<std::string>& before, const std::vector<std::string>& now) {
    const auto id_of = [](const std::string& one) { return one.substr(0, one.find(' ')); };
    for (const std::string& one : now)
        if (!std::binary_search(before.begin(), before.end(), one))
            return id_of(one);
    for (const std::string& one : before)
        if (!std::binary_search(now.begin(), now.end(), one))
            return id_of(one);
    return {};
}

} // namespace ferry
