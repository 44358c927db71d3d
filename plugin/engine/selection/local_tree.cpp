#include "selection/local_tree.hpp"

#include "document/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

namespace ferry {
namespace {

// `path` relative to `base`; nullopt if it is not below it as far as the texts tell.
std::optional<std::string> below(const std::string& base, const std::string& path) {
    if ((path + '/').find("/../") != std::string::npos || (base + '/').find("/../") != std::string::npos)
        return std::nullopt;
    if (path == base)
        return std::string();
    const std::string prefix = base == "/" ? base : base + '/';
    return path.starts_with(prefix) ? std::optional(path.substr(prefix.size())) : std::nullopt;
}

std::string real_path(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
    return real ? std::string(real.get()) : path;
}

} // namespace

std::string absolute_path(std::string_view folder, std::string_view path) {
    const std::string joined =
        path.starts_with('/') ? std::string(path) : std::string(folder) + '/' + std::string(path);
    std::string clean;
    std::size_t begin = 0;
    while (begin < joined.size()) {
        const std::size_t end = std::min(joined.find('/', begin), joined.size());
        const std::string_view component = std::string_view(joined).substr(begin, end - begin);
        if (!component.empty() && component != ".")
            clean.append("/").append(component);
        begin = end + 1;
    }
    // A trailing slash says "a folder", and the checks shall say the same.
    return clean.empty() ? "/" : joined.ends_with('/') ? clean + '/' : clean;
}

Result<std::string> LocalTree::find(const std::string& folder) const {
    if (auto relative = below(base_, folder))
        return *relative;
    if (auto relative = below(real_path(base_), real_path(folder)))
        return *relative;
    return Error{ErrorKind::invalid, "lies outside the \"base_dir\" " + printable(base_) +
                                         ", so \"preserve_folders\" cannot tell its folder; set \"base_dir\" to a "
                                         "folder that holds all files, or give the file a \"folder\" of its own"};
}

Result<std::string> LocalTree::folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    std::string folder = slash == 0 ? "/" : path.substr(0, slash);
    if (folder != last_) {
        found_ = find(folder);
        last_ = std::move(folder);
    }
    return found_;
}

} // namespace ferry
