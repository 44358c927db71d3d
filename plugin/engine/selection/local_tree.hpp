// Where a file lies below a local folder: the tree that `preserve_folders` makes again on the platform.
#pragma once

#include "base/status.hpp"

#include <string>
#include <string_view>

namespace ferry {

// The path below `folder` unless it is absolute, without "." components and doubled slashes. ".." stays: behind a link
// it is not what it looks like.
std::string absolute_path(std::string_view folder, std::string_view path);

class LocalTree {
  public:
    explicit LocalTree(std::string base) : base_(std::move(base)) {} // absolute

    // The folder of the file relative to the base, such as "run/7"; empty: the base itself. Paths are compared as they
    // are written, and where that does not tell, as they are without links and "..". The error says that the file lies
    // elsewhere.
    Result<std::string> folder_of(const std::string& path);

  private:
    Result<std::string> find(const std::string& folder) const;

    const std::string base_;
    std::string last_; // folder that was asked for last: files come folder by folder
    Result<std::string> found_{std::string()};
};

} // namespace ferry
