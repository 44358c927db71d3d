#include "selection/file_selection.hpp"

#include "document/glob_walk.hpp"
#include "document/text.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <utility>

namespace ferry {
namespace {

// The path below `folder` unless it is absolute, without "." components and doubled slashes. ".." stays: behind a link
// it is not what it looks like.
std::string absolute(std::string_view folder, std::string_view path) {
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

std::string last_component(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

bool exists(const std::string& path) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0; // a link that leads nowhere exists, and is told as such later
}

// The one path that the entry names, if it is no pattern or exists as it stands.
std::optional<std::string> one_path(const FileRequest& request, const std::string& work_dir) {
    const std::string as_it_stands = absolute(work_dir, request.path);
    if (request.literal)
        return as_it_stands;
    if (is_glob(request.path))
        return exists(as_it_stands) ? std::optional(as_it_stands) : std::nullopt;
    const std::string path = absolute(work_dir, literal_of(request.path));
    return exists(as_it_stands) && !exists(path) ? as_it_stands : path;
}

// Passes on what a pattern finds.
class GlobFiles final : public GlobSink {
  public:
    GlobFiles(const FileRequest& request, SelectionSink& sink) : request_(request), sink_(sink) {}

    void found(const std::string& path) override {
        ++count_;
        if (!request_.name)
            sink_.file({path, last_component(path)});
        else if (count_ == 1)
            only_ = path; // it is told once it is known to be the only one
    }
    void passed_over(const std::string& what) override { sink_.warning(what); }
    bool stopped() const override { return sink_.stopped(); }

    void end(const std::string& work_dir) {
        if (sink_.stopped())
            return;
        if (count_ == 0)
            return sink_.problem(printable(request_.path) + ": the pattern matches no file in " + printable(work_dir));
        if (!request_.name)
            return;
        if (count_ > 1)
            return sink_.problem(printable(request_.path) + ": one name, " + printable(*request_.name) + ", for " +
                                 std::to_string(count_) + " files");
        sink_.file({only_, *request_.name});
    }

  private:
    const FileRequest& request_;
    SelectionSink& sink_;
    std::size_t count_ = 0;
    std::string only_;
};

void select(const FileRequest& request, const std::string& work_dir, SelectionSink& sink) {
    if (request.path.empty())
        return sink.problem("an empty path in `files`");
    if (request.path.find('\0') != std::string::npos)
        return sink.problem(printable(request.path) + ": a path cannot hold a zero byte");
    if (const auto path = one_path(request, work_dir)) {
        if (!request.literal && !exists(*path))
            return sink.problem(printable(*path) + ": there is no such file");
        return sink.file({*path, request.name.value_or(last_component(*path))});
    }
    GlobFiles found(request, sink);
    walk_glob(absolute("", work_dir), request.path, GlobFinds::files, found);
    found.end(work_dir);
}

} // namespace

void select_files(const std::vector<FileRequest>& requests, const std::string& work_dir, SelectionSink& sink) {
    for (const FileRequest& request : requests) {
        if (sink.stopped())
            return;
        select(request, work_dir, sink);
    }
}

} // namespace ferry
