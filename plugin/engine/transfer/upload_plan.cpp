#include "transfer/upload_plan.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "selection/file_selection.hpp"
#include "transfer/file_source.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace ferry {
namespace {

constexpr std::size_t most_told = 1'000; // problems
constexpr std::size_t max_name = 255;    // characters, not bytes (contract 3)

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(
        utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

// Names are kept as hashes, eight bytes each: two that are alike are looked at once all are known.
class TakenNames {
  public:
    void add(std::string_view name) { hashes_.push_back(hash(name)); }
    // Those that more than one file may have.
    std::unordered_set<std::uint64_t> doubled() {
        std::unordered_set<std::uint64_t> found;
        std::sort(hashes_.begin(), hashes_.end());
        for (std::size_t i = 1; i < hashes_.size(); ++i)
            if (hashes_[i] == hashes_[i - 1])
                found.insert(hashes_[i]);
        return found;
    }
    static std::uint64_t hash(std::string_view name) { return std::hash<std::string_view>()(name); }

  private:
    std::vector<std::uint64_t> hashes_;
};

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
        names_.add(selected.name);
        const auto added = files_.add({std::move(selected.path), std::move(selected.name), *identity, files_.files()});
        if (!added.ok())
            broken_ = added.error();
    }

    void problem(std::string sentence) override {
        if (++problem_count_ <= most_told)
            problems_.push_back(std::move(sentence));
    }
    void warning(std::string sentence) override { log_.warn(sentence); }
    bool stopped() const override { return broken_ || cancel_.cancelled(); }

    Result<PlanList> result() {
        if (!broken_)
            find_twins();
        if (broken_)
            return *broken_;
        if (cancel_.cancelled())
            return Error{ErrorKind::cancelled, "stopped while the files to upload were looked for: nothing was sent"};
        if (problems_.empty())
            return std::move(files_);
        if (problem_count_ == 1)
            return Error{ErrorKind::invalid, problems_.front()};
        for (const std::string& problem : problems_)
            log_.error(problem);
        return Error{ErrorKind::invalid, std::to_string(problem_count_) +
                                             " problems with the files to upload, the first: " + problems_.front()};
    }

  private:
    void find_twins() {
        const auto doubled = names_.doubled();
        if (doubled.empty())
            return;
        std::unordered_map<std::string, std::string> first; // path of the first file of a name
        for (PlanList::Reader reader(files_); reader.more() && problem_count_ < most_told;) {
            const Result<PlannedFile> file = reader.next();
            if (!file.ok()) {
                broken_ = file.error();
                return;
            }
            if (!doubled.contains(TakenNames::hash(file->name)))
                continue;
            const auto [other, added] = first.try_emplace(file->name, file->path);
            if (!added)
                problem(twin_problem(*file, other->second));
        }
    }

    static std::string twin_problem(const PlannedFile& file, const std::string& other) {
        if (other == file.path)
            return printable(file.path) + ": is named twice";
        return printable(file.path) + ": would be called " + printable(file.name) + " on the platform, and so would " +
               printable(other);
    }

    Log& log_;
    const CancelToken& cancel_;
    PlanList files_;
    TakenNames names_;
    std::vector<std::string> problems_; // the first ones
    std::size_t problem_count_ = 0;
    std::optional<Error> broken_;
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

Result<PlanList> plan_files(const UploadOptions& options, Log& log, const CancelToken& cancel) {
    Planner planner(log, cancel);
    select_files(options.files, options.work_dir, planner);
    return planner.result();
}

} // namespace ferry
