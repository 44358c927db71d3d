#include "verify/verify_tally.hpp"

#include "document/text.hpp"
#include "document/units.hpp"

#include <numeric>

namespace ferry {
namespace {

constexpr std::uint64_t most_bad_files = 100; // that have a line of their own in the log

std::string ways_text(const std::vector<const char*>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + std::string(words[i]);
    return text.empty() ? "their being there" : text;
}

} // namespace

std::uint64_t VerifyCounts::all() const {
    return std::accumulate(std::begin(by_status), std::end(by_status), std::uint64_t{0});
}

void VerifyTally::add(const VerifiedFile& file) {
    ++counts_.by_status[static_cast<std::size_t>(file.status)];
    if (file.status == VerifyStatus::same) {
        ++ways_[ways_text(file.checked)];
        return;
    }
    if (++bad_ <= most_bad_files)
        log_.error(printable(file.path) + ": " + file.reason);
}

Status VerifyTally::finish() {
    const std::uint64_t all = counts_.all();
    if (bad_ > most_bad_files)
        log_.error("and " + count_of(bad_ - most_bad_files, "more file") +
                   " that are not the same, in the output files");
    if (all == 0 && bad_lines_ == 0)
        log_.warn("there is no file to compare: nothing was verified");
    std::string by;
    for (const auto& [way, count] : ways_)
        by += (by.empty() ? "" : ", ") + (ways_.size() == 1 ? "" : std::to_string(count) + " ") + "by " + way;
    if (counts_.of(VerifyStatus::same) > 0)
        log_.info(count_of(counts_.of(VerifyStatus::same), "file") + " of " + std::to_string(all) +
                  (all == 1 ? " is" : " are") + " the same here and on the platform: " + by);
    if (bad_ == 0 && bad_lines_ == 0)
        return {};
    std::string kinds;
    const std::pair<VerifyStatus, const char*> words[] = {{VerifyStatus::different, " different"},
                                                          {VerifyStatus::missing, " missing on the platform"},
                                                          {VerifyStatus::missing_local, " missing here"},
                                                          {VerifyStatus::unchecked, " that could not be checked"}};
    for (const auto& [status, word] : words)
        if (counts_.of(status) > 0)
            kinds += (kinds.empty() ? "" : ", ") + std::to_string(counts_.of(status)) + word;
    std::string text;
    if (bad_ > 0)
        text = std::to_string(bad_) + " of " + count_of(all, "file") + (bad_ == 1 ? " is" : " are") +
               " not the same here and on the platform (" + kinds +
               "); each is named above: upload it again if what is here is right, else get it back from there";
    const bool one_line = bad_lines_ == 1;
    if (bad_lines_ > 0)
        text += (text.empty() ? "" : "; and ") + count_of(bad_lines_, "line") +
                " of the receipts cannot be used, and " + (one_line ? "its file was" : "their files were") +
                " not compared; mend or remove the " + (one_line ? "line" : "lines") + " named above";
    return {ErrorKind::different, std::move(text)};
}

} // namespace ferry
