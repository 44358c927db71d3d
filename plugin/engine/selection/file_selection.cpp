#include "selection/file_selection.hpp"

#include "document/glob_walk.hpp"
#include "document/text.hpp"
#include "selection/local_tree.hpp"
#include "selection/own_files.hpp"
#include "transfer/remote_path.hpp"

#include <functional>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <utility>

namespace ferry {
namespace {

std::string last_component(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

bool exists(const std::string& path) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0; // a link that leads nowhere exists, and is told as such later
}

// The one path that the entry names, if it is no pattern or exists as it stands.
std::optional<std::string> one_path(const FileRequest& request, const std::string& work_dir) {
    const std::string as_it_stands = absolute_path(work_dir, request.path);
    if (request.literal)
        return as_it_stands;
    if (is_glob(request.path))
        return exists(as_it_stands) ? std::optional(as_it_stands) : std::nullopt;
    const std::string path = absolute_path(work_dir, literal_of(request.path));
    return exists(as_it_stands) && !exists(path) ? as_it_stands : path;
}

// Where there is no file, somebody may have meant a pattern, or another folder.
std::string what_may_be_meant(const FileRequest& request, const std::string& path) {
    if (path.find_first_of("*?") == std::string::npos)
        return request.path.starts_with('/') ? "; correct the path"
                                             : "; correct the path, or start ferry in the folder that it begins in";
    return request.literal
               ? "; in an object {\"path\": ...} it is no pattern, give it as a text of its own for that"
               : "; what a reference stands for is no pattern, write the * into the workflow itself for that";
}

// Passes on what a pattern finds.
class GlobFiles final : public GlobSink {
  public:
    GlobFiles(const FileRequest& request, SelectionSink& sink)
        : request_(request)
        , sink_(sink)
        , own_(sink.own_files())
        , note_([&sink](std::string sentence) { sink.note(std::move(sentence)); }) {}

    void found(const std::string& path) override {
        if (own_ && own_->leave_out_file(path, note_))
            return;
        ++count_;
        if (!request_.name)
            sink_.file({path, last_component(path), request_.folder, request_.metadata});
        else if (count_ == 1)
            only_ = path; // it is told once it is known to be the only one
    }
    void passed_over(const std::string& what) override { sink_.warning(what); }
    void unreadable(const std::string& what) override {
        sink_.problem(what + "; mend that, or leave it out of the pattern " + printable(request_.path));
    }
    void hidden(const std::string& path) override {
        if (hidden_++ == 0)
            first_hidden_ = path;
    }
    void linked_folder(const std::string& path) override {
        if (linked_++ == 0)
            first_linked_ = path;
    }
    bool enters(const std::string& folder) override { return !own_ || !own_->leave_out_folder(folder, note_); }
    bool stopped() const override { return sink_.stopped(); }

    void end(const std::string& work_dir) {
        if (sink_.stopped())
            return;
        if (hidden_ > 0)
            sink_.note(printable(request_.path) + " leaves out what is hidden: " + printable(first_hidden_) +
                       (hidden_ > 1 ? " and " + std::to_string(hidden_ - 1) + " more" : "") +
                       "; a pattern with a dot in front of the * matches it");
        if (linked_ > 0)
            sink_.note(printable(request_.path) + " does not enter the linked folder " + printable(first_linked_) +
                       (linked_ > 1 ? " and " + std::to_string(linked_ - 1) + " more" : "") +
                       "; name it to have its files: " + printable(first_linked_) + "/**");
        if (count_ == 0)
            return sink_.problem(printable(request_.path) + ": the pattern matches no file in " + printable(work_dir) +
                                 "; correct it, or start ferry in the folder that it is meant for");
        if (!request_.name)
            return;
        if (count_ > 1)
            return sink_.problem(printable(request_.path) + ": one name, " + printable(*request_.name) + ", for " +
                                 std::to_string(count_) + " files");
        sink_.file({only_, *request_.name, request_.folder, request_.metadata});
    }

  private:
    const FileRequest& request_;
    SelectionSink& sink_;
    OwnFiles* const own_;
    const std::function<void(std::string)> note_;
    std::size_t count_ = 0;
    std::string only_;
    std::size_t hidden_ = 0;
    std::string first_hidden_;
    std::size_t linked_ = 0;
    std::string first_linked_;
};

void select(const FileRequest& request, const std::string& work_dir, SelectionSink& sink) {
    if (request.path.empty())
        return sink.problem("an empty path in `files`");
    if (request.path.find('\0') != std::string::npos)
        return sink.problem(printable(request.path) + ": a path cannot hold a zero byte");
    if (const auto path = one_path(request, work_dir)) {
        OwnFiles* const own = sink.own_files();
        if (std::string wrong = own ? own->problem_with(*path) : std::string(); !wrong.empty())
            return sink.problem(printable(*path) + ": " + wrong);
        if (!exists(*path))
            return sink.problem(printable(*path) + ": there is no such file" + what_may_be_meant(request, *path));
        return sink.file({*path, request.name.value_or(last_component(*path)), request.folder, request.metadata});
    }
    GlobFiles found(request, sink);
    walk_glob(absolute_path("", work_dir), request.path, GlobFinds::files, found);
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

// What the step's own `folder` may be was checked with the options.
Result<std::string> remote_folder(const SelectedFile& file, const std::string& folder, LocalTree* tree) {
    if (file.folder)
        return *file.folder;
    if (!tree)
        return folder;
    const auto local = tree->folder_of(file.path);
    return local.ok() ? clean_folder(remote_path(folder, *local)) : local;
}

} // namespace ferry
