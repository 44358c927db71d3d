#include "transfer/upload_plan.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "selection/file_selection.hpp"
#include "transfer/file_source.hpp"

#include <algorithm>
#include <functional>
#include <unordered_set>
#include <utility>

namespace ferry {
namespace {

constexpr std::size_t most_looked_up = 1'000; // twins of which each is named with its other
constexpr std::size_t max_name = 255;         // characters, not bytes (contract 3)

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(
        utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

class Planner final : public SelectionSink {
  public:
    Planner(Log& log, const CancelToken& cancel) : log_(log), cancel_(cancel) {}

    void file(SelectedFile selected) override {
        const Result<FileIdentity> identity = identify_file(selected.path);
        if (!identity.ok())
            return problem(identity.error().message);
        if (std::string wrong = name_problem(selected.name); !wrong.empty())
            return problem(printable(selected.path) + ": " + wrong);
        if (identity->size > part_limits::max_object_size)
            return problem(printable(selected.path) + ": has " + format_size(identity->size) +
                           ", more than the 5 TiB that a file may have on the platform");
        if (!names_.insert(std::hash<std::string>()(selected.name)).second)
            if (std::string twin = twin_problem(selected); !twin.empty())
                return problem(std::move(twin));
        files_.push_back({std::move(selected.path), std::move(selected.name), *identity, files_.size()});
    }

    void problem(std::string sentence) override { problems_.push_back(std::move(sentence)); }
    void warning(std::string sentence) override { log_.warn(sentence); }
    bool stopped() const override { return cancel_.cancelled(); }

    Result<std::vector<PlannedFile>> result() {
        if (stopped())
            return Error{ErrorKind::cancelled, "stopped while the files to upload were looked for: nothing was sent"};
        if (problems_.empty())
            return std::move(files_);
        if (problems_.size() == 1)
            return Error{ErrorKind::invalid, problems_.front()};
        for (const std::string& problem : problems_)
            log_.error(problem);
        return Error{ErrorKind::invalid, std::to_string(problems_.size()) +
                                             " problems with the files to upload, the first: " + problems_.front()};
    }

  private:
    // Empty if there is no other file of that name.
    std::string twin_problem(const SelectedFile& file) const {
        if (problems_.size() >= most_looked_up)
            return printable(file.path) + ": would be called as another of the files on the platform";
        const auto other = std::ranges::find(files_, file.name, &PlannedFile::name);
        if (other == files_.end())
            return {};
        if (other->path == file.path)
            return printable(file.path) + ": is named twice";
        return printable(file.path) + ": would be called " + printable(file.name) + " on the platform, and so would " +
               printable(other->path);
    }

    Log& log_;
    const CancelToken& cancel_;
    std::vector<PlannedFile> files_;
    std::unordered_set<std::size_t> names_; // hashes: there may be hundreds of thousands, and hardly ever two alike
    std::vector<std::string> problems_;
};

} // namespace

std::string name_problem(std::string_view name) {
    if (name.empty())
        return "its name on the platform would be empty";
    if (name.find('/') != std::string_view::npos)
        return "its name on the platform, " + printable(name) + ", may not hold a slash";
    if (!is_utf8(name))
        return "its name is not valid UTF-8, which the platform needs; give it another with `name`";
    if (const std::size_t length = characters(name); length > max_name)
        return "its name has " + std::to_string(length) + " characters, and the platform takes at most 255";
    return {};
}

Result<std::vector<PlannedFile>> plan_files(const UploadOptions& options, Log& log, const CancelToken& cancel) {
    Planner planner(log, cancel);
    select_files(options.files, options.work_dir, planner);
    return planner.result();
}

} // namespace ferry
