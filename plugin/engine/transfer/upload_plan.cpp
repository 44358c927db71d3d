#include "transfer/upload_plan.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "metadata/manifest_rows.hpp"
#include "metadata/sidecar.hpp"
#include "selection/file_selection.hpp"
#include "selection/local_tree.hpp"
#include "selection/own_files.hpp"
#include "transfer/file_source.hpp"
#include "transfer/remote_path.hpp"

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

// Takes the rows in, and tells what is wrong with them among the other problems.
class RowCollector final : public ManifestSink {
  public:
    RowCollector(ManifestRows& rows, SelectionSink& sink) : rows_(rows), sink_(sink) {}

    void row(ManifestRow row) override {
        if (Status added = rows_.add(std::move(row)); !added)
            broken_ = added.error();
    }
    void bad_row(std::string sentence) override { sink_.problem(std::move(sentence)); }
    void oddity(std::string sentence) override { sink_.warning(std::move(sentence)); }
    bool enough() const override { return broken_ || sink_.stopped(); }

    // What ended the reading, if anything has.
    const std::optional<Error>& broken() const { return broken_; }

  private:
    ManifestRows& rows_;
    SelectionSink& sink_;
    std::optional<Error> broken_;
};

class Planner final : public SelectionSink {
  public:
    Planner(const UploadOptions& options, PlanProblems& problems, Log& log, const CancelToken& cancel)
        : options_(options)
        , problems_(problems)
        , manifest_(options.manifest ? absolute_path(options.work_dir, *options.manifest) : std::string())
        , log_(log)
        , cancel_(cancel)
        , tree_(absolute_path(options.work_dir, options.base_dir + "/."))
        , receipts_path_(options.receipts ? absolute_path(options.work_dir, *options.receipts) : std::string())
        , own_(options.state_dir, receipts_path_) {
        if (options.receipts)
            receipts_ = identify_file(receipts_path_);
    }

    void read_rows() {
        if (manifest_.empty())
            return;
        RowCollector collector(rows_, *this);
        read_manifest(manifest_, collector);
        if (collector.broken())
            return stop(*collector.broken());
        const auto doubled = rows_.sort();
        if (!doubled.ok())
            return stop(doubled.error());
        for (const auto& [row, first_line] : *doubled)
            problem(manifest_place(manifest_, row.line) + printable(row.path) + " is named in line " +
                    std::to_string(first_line) + ", too; give it one row");
    }

    // Of the manifest, those that `files` does not name.
    void add_other_rows() {
        while (!stopped()) {
            auto row = rows_.next_left();
            if (!row.ok())
                return stop(row.error());
            if (!*row)
                return;
            std::string name = (*row)->path.substr((*row)->path.rfind('/') + 1);
            add({std::move((*row)->path), std::move(name), std::nullopt, std::move((*row)->metadata)},
                manifest_place(manifest_, (*row)->line));
        }
    }

    void file(SelectedFile selected) override {
        const auto row = rows_.take(selected.path);
        if (!row.ok())
            return stop(row.error());
        if (*row)
            fill_in(selected.metadata, (*row)->metadata);
        add(std::move(selected), {});
    }

    void problem(std::string sentence) override { problems_.add(std::move(sentence)); }
    void warning(std::string sentence) override { log_.warn(sentence); }
    void note(std::string sentence) override { log_.info(sentence); }
    OwnFiles* own_files() override { return &own_; }
    bool stopped() const override { return broken_ || cancel_.cancelled(); }

    Result<PlanList> result() {
        if (!broken_)
            find_twins();
        if (broken_)
            return *broken_;
        if (cancel_.cancelled())
            return Error{ErrorKind::cancelled, "stopped while the files to upload were looked for: nothing was sent"};
        return std::move(files_);
    }

  private:
    void stop(Error error) { broken_ = std::move(error); }

    // `where` begins its problems.
    void add(SelectedFile selected, const std::string& where) {
        if (const std::string wrong = where.empty() ? std::string() : own_.problem_with(selected.path); !wrong.empty())
            return problem(where + printable(selected.path) + ": " + wrong);
        const Result<FileIdentity> identity = identify_file(selected.path);
        if (!identity.ok())
            return problem(where + identity.error().message +
                           (!where.empty() && identity.error().kind == ErrorKind::not_found
                                ? "; correct the path, which begins in the folder of the manifest"
                                : ""));
        if (is_receipts(*identity)) // under another name
            return problem(where + printable(selected.path) + ": " + own_.problem_with(receipts_path_));
        if (std::string wrong = name_problem(selected.name); !wrong.empty())
            return problem(where + printable(selected.path) + ": " + wrong);
        if (identity->size > part_limits::max_object_size)
            return problem(where + printable(selected.path) + ": has " + format_size(identity->size) +
                           ", more than the 5 TiB that a file may have on the platform");
        if (!complete_metadata(selected))
            return problem(where + printable(selected.path) + ": " + too_many_pairs(selected.metadata.pairs.size()));
        auto folder = remote_folder(selected, options_.folder, options_.preserve_folders ? &tree_ : nullptr);
        if (!folder.ok())
            return problem(where + printable(selected.path) + ": " + folder.error().message);
        PlannedFile planned{.path = std::move(selected.path),
                            .name = std::move(selected.name),
                            .identity = *identity,
                            .position = files_.files(),
                            .folder = std::move(*folder),
                            .metadata = std::move(selected.metadata)};
        names_.add(planned.remote());
        take_folders(planned.folder);
        if (const auto added = files_.add(planned); !added.ok())
            stop(added.error());
    }

    bool is_receipts(const FileIdentity& file) const {
        return receipts_ && receipts_->ok() && file.inode == (*receipts_)->inode && file.device == (*receipts_)->device;
    }

    // What lies beside the file gives way to what is said of it, and what is said of every file to both. False if that
    // is too much, for which the side file is no reason.
    bool complete_metadata(SelectedFile& file) {
        FileMetadata all = file.metadata;
        fill_in(all, read_sidecar(file.path, [this](std::string sentence) { warning(std::move(sentence)); }));
        fill_in(all, options_.metadata);
        fill_in(file.metadata, options_.metadata);
        if (file.metadata.pairs.size() > metadata_limits::pairs)
            return false;
        if (all.pairs.size() <= metadata_limits::pairs)
            file.metadata = std::move(all);
        else
            warning(printable(file.path) + ".meta: with it the file would have " + too_many_pairs(all.pairs.size()) +
                    "; the file goes without it");
        return true;
    }

    // Folders have names beside those of files.
    void take_folders(const std::string& folder) {
        for (std::string path = folder; !path.empty() && folders_.insert(path).second; path = parent_folder(path))
            names_.add(path);
    }

    void find_twins() {
        const auto doubled = names_.doubled();
        if (doubled.empty())
            return;
        std::unordered_map<std::string, std::string> first; // path of the first file of a name
        for (PlanList::Reader reader(files_); reader.more() && !problems_.enough();) {
            const Result<PlannedFile> file = reader.next();
            if (!file.ok()) {
                broken_ = file.error();
                return;
            }
            const std::string remote = file->remote();
            if (!doubled.contains(TakenNames::hash(remote)))
                continue;
            const auto [other, added] = first.try_emplace(remote, file->path);
            if (!added)
                problem(twin_problem(*file, other->second));
            else if (folders_.contains(remote))
                problem(printable(file->path) + ": would be called " + printable(remote) +
                        " on the platform, and so would the folder of other files");
        }
    }

    static std::string twin_problem(const PlannedFile& file, const std::string& other) {
        if (other == file.path)
            return printable(file.path) + ": is named twice";
        return printable(file.path) + ": would be called " + printable(file.remote()) +
               " on the platform, and so would " + printable(other) +
               "; give one another \"name\" or \"folder\", or keep the local folders with \"preserve_folders\"";
    }

    const UploadOptions& options_;
    PlanProblems& problems_;
    const std::string manifest_; // absolute; empty: there is none
    Log& log_;
    const CancelToken& cancel_;
    LocalTree tree_;
    const std::string receipts_path_;              // absolute; empty: there are none
    std::optional<Result<FileIdentity>> receipts_; // the file, if it is there
    OwnFiles own_;
    ManifestRows rows_;
    PlanList files_;
    TakenNames names_;
    std::unordered_set<std::string> folders_; // below the target, those that hold only folders, too
    std::optional<Error> broken_;
};

} // namespace

Result<PlanList> plan_files(const UploadOptions& options, PlanProblems& problems, Log& log, const CancelToken& cancel) {
    if (!options.preserve_folders && options.base_dir != ".")
        log.warn("\"base_dir\" says where \"preserve_folders\" begins, and changes nothing without it");
    Planner planner(options, problems, log, cancel);
    planner.read_rows();
    select_files(options.files, options.work_dir, planner);
    planner.add_other_rows();
    Result<PlanList> files = planner.result();
    if (files.ok() && files->files() == 0 && !problems.any()) // no mistake where another step has found nothing
        log.warn("there is nothing to upload: " +
                 (options.manifest ? "the manifest " + printable(absolute_path(options.work_dir, *options.manifest)) +
                                         " has no row with a file"
                                   : std::string("\"files\" is an empty array")));
    return files;
}

} // namespace ferry
