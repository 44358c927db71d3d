#include "verify/local_selection.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "selection/file_selection.hpp"
#include "selection/local_tree.hpp"
#include "selection/own_files.hpp"
#include "transfer/remote_path.hpp"

#include <utility>

namespace ferry {
namespace {

constexpr std::size_t most_selection_problems = 100; // that are told

class LocalSelection final : public SelectionSink {
  public:
    LocalSelection(const VerifyOptions& options, VerifyList& list, Log& log, const CancelToken& cancel)
        : options_(options)
        , list_(list)
        , log_(log)
        , cancel_(cancel)
        , tree_(absolute_path(options.work_dir, options.base_dir + "/."))
        , own_(options.state_dir, {}) {}

    void file(SelectedFile selected) override {
        auto folder = remote_folder(selected, options_.folder, options_.preserve_folders ? &tree_ : nullptr);
        if (!folder.ok())
            return problem(printable(selected.path) + ": " + folder.error().message);
        if (const std::string wrong = name_problem(selected.name); !wrong.empty())
            return problem(printable(selected.path) + ": " + wrong);
        broken_ = list_.add({.path = std::move(selected.path),
                             .name = std::move(selected.name),
                             .folder = std::move(*folder),
                             .target = options_.target});
    }
    void problem(std::string sentence) override {
        if (++problems_ == 1)
            first_ = std::move(sentence);
        else if (problems_ <= most_selection_problems)
            log_.error(sentence);
    }
    void warning(std::string sentence) override { log_.warn(sentence); }
    void note(std::string sentence) override { log_.info(sentence); }
    OwnFiles* own_files() override { return &own_; } // upload has left them out, too
    bool stopped() const override { return !broken_.ok() || cancel_.cancelled(); }

    Status result() const {
        if (!broken_.ok())
            return broken_;
        if (cancel_.cancelled())
            return {ErrorKind::cancelled, "stopped while the files to compare were looked for"};
        if (problems_ == 0)
            return {};
        return {ErrorKind::invalid,
                first_ + (problems_ == 1 ? "" : " (and " + count_of(problems_ - 1, "more problem") + ", told above)")};
    }

  private:
    const VerifyOptions& options_;
    VerifyList& list_;
    Log& log_;
    const CancelToken& cancel_;
    LocalTree tree_;
    OwnFiles own_;
    Status broken_;
    std::size_t problems_ = 0;
    std::string first_;
};

} // namespace

Status select_local(const VerifyOptions& options, VerifyList& list, Log& log, const CancelToken& cancel) {
    LocalSelection selection(options, list, log, cancel);
    select_files(options.files, options.work_dir, selection);
    return selection.result();
}

} // namespace ferry
