#include "tasks/glob.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

namespace ferry {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> components_of(const std::string& pattern) {
    std::vector<std::string> components;
    for (std::size_t at = 0; at < pattern.size();) {
        const std::size_t end = std::min(pattern.find('/', at), pattern.size());
        const std::string component = pattern.substr(at, end - at);
        if (!component.empty() && component != ".")
            components.push_back(component);
        at = end + 1;
    }
    return components;
}

std::string without_backslashes(const std::string& component) {
    std::string text;
    for (std::size_t i = 0; i < component.size(); ++i) {
        if (component[i] == '\\' && i + 1 < component.size())
            ++i;
        text += component[i];
    }
    return text;
}

class Walk {
  public:
    explicit Walk(std::vector<std::string> components) : components_(std::move(components)) {}

    // All of `folder` that matches from component `at` on.
    void expand(const std::string& folder, std::size_t at) {
        if (at == components_.size()) {
            std::error_code error;
            if (fs::exists(folder, error))
                found_.insert(folder);
            return;
        }
        const std::string& component = components_[at];
        if (component == "**")
            expand_any_depth(folder, at);
        else if (is_glob(component))
            expand_names(folder, at);
        else
            expand(join(folder, without_backslashes(component)), at + 1);
    }

    std::vector<std::string> take() { return {found_.begin(), found_.end()}; }

  private:
    static std::string join(const std::string& folder, const std::string& name) {
        return folder == "/" ? folder + name : folder + "/" + name;
    }

    void expand_names(const std::string& folder, std::size_t at) {
        std::error_code error;
        for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
            const std::string name = it->path().filename().string();
            if (::fnmatch(components_[at].c_str(), name.c_str(), FNM_PERIOD) == 0)
                expand(join(folder, name), at + 1);
        }
    }

    void expand_any_depth(const std::string& folder, std::size_t at) {
        if (at + 1 < components_.size())
            expand(folder, at + 1);
        std::error_code error;
        for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
            const std::string name = it->path().filename().string();
            std::error_code type_error;
            if (name.front() == '.')
                continue;
            if (it->symlink_status(type_error).type() == fs::file_type::directory)
                expand_any_depth(join(folder, name), at);
            if (at + 1 == components_.size())
                expand(join(folder, name), at + 1);
        }
    }

    std::vector<std::string> components_;
    std::set<std::string> found_;
};

} // namespace

bool is_glob(std::string_view text) {
    return text.find_first_of("*?[") != std::string_view::npos;
}

std::vector<std::string> glob_paths(const std::string& pattern) {
    Walk walk(components_of(pattern));
    walk.expand("/", 0);
    return walk.take();
}

} // namespace ferry
