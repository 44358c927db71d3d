#include "transfer/receipts.hpp"

#include "base/system_reason.hpp"
#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "document/units.hpp"
#include "state/private_folder.hpp"
#include "transfer/result_json.hpp"
#include "transfer/upload_job.hpp"

#include <Poco/JSON/Object.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <functional>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace ferry {
namespace {

constexpr std::string_view line_head = R"({"path":")"; // as to_json(FileResult) begins

Error unusable(const std::string& path, const std::string& why) {
    return {ErrorKind::invalid, "receipts cannot be written to " + printable(path) + ": " + why};
}

// Of the entry, what tells it from those of other files and of other uploads.
std::uint64_t entry_hash(const std::string& path, const std::string& id) {
    return std::hash<std::string>()(path + '\0' + id);
}

std::optional<std::uint64_t> entry_hash(std::string_view line) {
    const JsonResult parsed = parse_json(line, {.depth = 8});
    const auto* value = std::get_if<Poco::Dynamic::Var>(&parsed);
    if (!value || value->type() != typeid(Poco::JSON::Object::Ptr))
        return std::nullopt;
    const auto entry = value->extract<Poco::JSON::Object::Ptr>();
    const Poco::Dynamic::Var path = entry->get("path");
    const Poco::Dynamic::Var id = entry->get("id");
    if (!path.isString() || !id.isString())
        return std::nullopt;
    return entry_hash(path.extract<std::string>(), id.extract<std::string>());
}

// What somebody else has put there is not to be added to. `torn`: whether the last line has no end.
Status look_at(int file, const std::string& path, bool& torn) {
    struct stat info {};
    if (::fstat(file, &info) != 0)
        return unusable(path, system_reason(errno));
    if (!S_ISREG(info.st_mode))
        return unusable(path, "it is no regular file");
    std::array<char, line_head.size()> begin{};
    const ssize_t length = ::pread(file, begin.data(), begin.size(), 0);
    if (length < 0)
        return unusable(path, system_reason(errno));
    std::string_view head(begin.data(), static_cast<std::size_t>(length));
    head = head.substr(0, head.find('\n')); // of a first line that was cut off
    if (!line_head.starts_with(head))
        return unusable(path, "it is there, and holds something else than receipts; name another file");
    char last = '\n';
    if (info.st_size > 0 && ::pread(file, &last, 1, info.st_size - 1) < 0)
        return unusable(path, system_reason(errno));
    torn = last != '\n';
    return {};
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

constexpr int quiet_flags = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

} // namespace

Result<Receipts> Receipts::open(std::string path) {
    Descriptor file(::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | quiet_flags, 0666));
    if (!file)
        return unusable(path, system_reason(errno));
    bool torn = false;
    if (const Status fine = look_at(file.get(), path, torn); !fine)
        return fine.error();
    return Receipts(std::move(file), std::move(path), torn);
}

Status Receipts::check(const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDWR | quiet_flags));
    bool torn = false;
    if (file)
        return look_at(file.get(), path, torn);
    if (errno != ENOENT)
        return unusable(path, system_reason(errno));
    if (::access(folder_of(path).c_str(), W_OK | X_OK) != 0)
        return unusable(path, system_reason(errno));
    return {};
}

// Only what this run has not done itself can have a line already.
bool Receipts::has(const FileResult& result) {
    if (!result.before && !result.skipped)
        return false;
    if (!known_)
        read_known();
    return std::binary_search(known_->begin(), known_->end(), entry_hash(path_text(result.path), result.id));
}

void Receipts::read_known() {
    std::vector<std::uint64_t>& known = known_.emplace();
    const Descriptor reader(::open(path_.c_str(), O_RDONLY | quiet_flags));
    if (!reader)
        return; // a doubled line is better than none
    for_each_line(reader.get(), [&known](std::string_view line) {
        if (const auto hash = entry_hash(line))
            known.push_back(*hash);
    });
    std::sort(known.begin(), known.end());
}

void Receipts::add(const FileResult& result) {
    if (has(result))
        return;
    const std::string line = (torn_ ? "\n" : "") + to_json(result) + "\n";
    torn_ = true;
    if (const Status written = write_all(file_.get(), line); !written) {
        if (missing_++ == 0)
            reason_ = written.error().message;
        return;
    }
    torn_ = false;
    ++lines_;
}

Status Receipts::finish() {
    if (::fdatasync(file_.get()) != 0 && errno != EINVAL && errno != ENOTSUP && missing_ == 0) {
        missing_ = lines_;
        reason_ = system_reason(errno);
    }
    if (missing_ == 0)
        return {};
    return {ErrorKind::io, count_of(missing_, "file") + (missing_ == 1 ? " has" : " have") +
                               " no line in the receipts " + printable(path_) + ": " + reason_ +
                               "; run the same again to have them written, no byte is sent again for it"};
}

} // namespace ferry
