#include "selection/own_files.hpp"

#include "document/text.hpp"
#include "state/state_names.hpp"

#include <string_view>
#include <sys/stat.h>
#include <utility>

namespace ferry {
namespace {

std::string_view name_in(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

bool one_and_the_same(const std::string& one, const std::string& other) {
    struct stat a {};
    struct stat b {};
    return ::stat(one.c_str(), &a) == 0 && ::stat(other.c_str(), &b) == 0 && a.st_ino == b.st_ino &&
           a.st_dev == b.st_dev;
}

} // namespace

OwnFiles::OwnFiles(const std::string& state_dir, std::string receipts)
    : state_dir_(state_dir)
    , receipts_(std::move(receipts))
    , state_(state_dir) {}

// Behind a link, or "..", the path differs and the name does not.
bool OwnFiles::is_receipts(const std::string& path) const {
    if (receipts_.empty())
        return false;
    return path == receipts_ || (name_in(path) == name_in(receipts_) && one_and_the_same(path, receipts_));
}

bool OwnFiles::is_state(const std::string& path) {
    if (state_dir_.empty())
        return false;
    const auto folder = state_.folder_of(path);
    if (!folder.ok())
        return false;
    return is_state_name(folder->empty() ? name_in(path) : std::string_view(*folder).substr(0, folder->find('/')));
}

std::string OwnFiles::problem_with(const std::string& path) {
    if (is_receipts(path))
        return "is the file of receipts, which is written to while files are uploaded; write them elsewhere, or leave "
               "it out of the files";
    if (is_state(path))
        return "is one of Ferry's own files in the state directory " + printable(state_dir_) +
               "; leave it out of the files, or upload a copy";
    return {};
}

bool OwnFiles::leave_out_file(const std::string& path, const std::function<void(std::string)>& note) {
    if (!is_receipts(path))
        return leave_out_state(path, note); // where a pattern begins in there
    if (!std::exchange(receipts_told_, true))
        note("patterns leave out the file of receipts " + printable(path));
    return true;
}

bool OwnFiles::leave_out_folder(const std::string& path, const std::function<void(std::string)>& note) {
    return leave_out_state(path + "/any", note);
}

bool OwnFiles::leave_out_state(const std::string& path, const std::function<void(std::string)>& note) {
    if (!is_state(path))
        return false;
    if (!std::exchange(state_told_, true))
        note("patterns leave out Ferry's own files in the state directory " + printable(state_dir_));
    return true;
}

} // namespace ferry
