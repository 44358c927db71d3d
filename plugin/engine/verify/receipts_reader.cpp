#include "verify/receipts_reader.hpp"

#include "base/descriptor.hpp"
#include "base/system_reason.hpp"
#include "document/text.hpp"
#include "document/units.hpp"
#include "selection/local_tree.hpp"
#include "state/private_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <variant>
#include <vector>

namespace ferry {
namespace {

constexpr std::size_t most_bad_lines = 100;      // that are told, each with what it is
constexpr std::size_t longest_cut_line = 16'384; // bytes of a bad line that are kept, to know it again
constexpr std::string_view path_end = "\",\"name\":\"";
constexpr std::string_view last_field = ",\"seconds\":"; // differs from run to run

Error receipts_problem(ErrorKind kind, const std::string& path, const std::string& why) {
    return {kind, "the receipts " + printable(path) + " cannot be read: " + why};
}

Result<Descriptor> open_receipts(const std::string& path) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file && errno == ENOENT)
        return receipts_problem(ErrorKind::not_found, path,
                                "there is no such file; name the one that \"receipts\" of the upload named");
    if (!file)
        return receipts_problem(ErrorKind::invalid, path, system_reason(errno));
    struct stat info {};
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return receipts_problem(ErrorKind::invalid, path, "it is no regular file");
    return file;
}

// What comes after the last line end, as of a file whose writer was killed.
std::string unended_line(int file) {
    constexpr off_t most = 1 << 20;
    struct stat info {};
    if (::fstat(file, &info) != 0 || info.st_size == 0)
        return {};
    std::string tail(static_cast<std::size_t>(std::min(info.st_size, most)), '\0');
    const ssize_t length = ::pread(file, tail.data(), tail.size(), info.st_size - static_cast<off_t>(tail.size()));
    tail.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
    return tail.substr(tail.rfind('\n') + 1); // npos + 1 is 0
}

class ReceiptsReader {
  public:
    ReceiptsReader(VerifyList& list, const CancelToken& cancel) : list_(list), cancel_(cancel) {}

    void line(std::string_view text) {
        ++line_;
        if (!added_.ok() || cancel_.cancelled())
            return;
        if (text.data() == nullptr)
            return bad("is longer than 1 MiB", {});
        if (text.find_first_not_of(" \t\r") == std::string_view::npos)
            return;
        const JsonResult parsed = parse_json(text, {.depth = 8});
        const auto* value = std::get_if<Poco::Dynamic::Var>(&parsed);
        if (!value)
            return bad("column " + std::to_string(std::get<JsonError>(parsed).column) +
                           " is no JSON: " + std::get<JsonError>(parsed).message,
                       text);
        const auto entry = JsonFields::from(*value);
        const auto item = entry ? read_receipt(*entry) : Result<VerifyItem>(ErrorKind::invalid, "it is no JSON object");
        if (!item.ok())
            return bad(item.error().message, text);
        added_ = list_.add(*item);
        forgive(text);
    }

    Result<std::uint64_t> result(const std::string& path, Log& log) const {
        if (!added_.ok())
            return added_.error();
        if (cancel_.cancelled())
            return Error{ErrorKind::cancelled, "stopped while the receipts " + printable(path) + " were read"};
        for (const BadLine& bad_line : bad_)
            log.error(printable(path) + ", line " + std::to_string(bad_line.number) + ": " + bad_line.why +
                      "; its file is not compared");
        const std::uint64_t untold = all_bad_ - bad_told_;
        if (untold > 0)
            log.error(printable(path) + ": and " + count_of(untold, "more line") + " that cannot be used");
        return untold + bad_.size();
    }

  private:
    struct BadLine {
        std::uint64_t number;
        std::string why;
        std::string text; // what a whole line begins with, if this is one that was cut off
    };

    void bad(std::string why, std::string_view text) {
        ++all_bad_;
        if (bad_told_ == most_bad_lines)
            return;
        ++bad_told_;
        bad_.push_back(
            {line_, std::move(why),
             text.size() <= longest_cut_line ? std::string(text.substr(0, text.find(last_field))) : std::string()});
    }

    // The run that was gone on with after a crash has written the line anew. One that was cut off within the path could
    // be any file's.
    void forgive(std::string_view whole) {
        std::erase_if(bad_, [whole](const BadLine& one) {
            return one.text.find(path_end) != std::string::npos && whole.starts_with(one.text);
        });
    }

    VerifyList& list_;
    const CancelToken& cancel_;
    std::uint64_t line_ = 0;
    Status added_;
    std::vector<BadLine> bad_;
    std::size_t bad_told_ = 0;
    std::uint64_t all_bad_ = 0;
};

} // namespace

Result<std::uint64_t> read_receipts(const std::string& path, VerifyList& list, Log& log, const CancelToken& cancel) {
    const auto file = open_receipts(path);
    if (!file.ok())
        return file.error();
    ReceiptsReader reader(list, cancel);
    if (!for_each_line(file->get(), [&reader](std::string_view line) { reader.line(line); }))
        return receipts_problem(ErrorKind::io, path, system_reason(errno));
    if (const std::string last = unended_line(file->get()); !last.empty())
        reader.line(last);
    if (const Status kept = keep_last(list, log); !kept)
        return kept.error();
    return reader.result(path, log);
}

Status keep_last(VerifyList& list, Log& log) {
    const Result<std::uint64_t> dropped = list.keep_last();
    if (dropped.ok() && *dropped > 0)
        log.info("of files that were uploaded more than once under one name the last upload counts: " +
                 count_of(*dropped, "earlier receipt") + " left out");
    return dropped.status();
}

std::string local_path(const std::string& path, const std::string& work_dir) {
    std::string plain = absolute_path(work_dir, path);
    struct stat info {};
    if (plain.find("\\x") == std::string::npos || ::lstat(plain.c_str(), &info) == 0)
        return plain;
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string bytes;
    for (std::size_t i = 0; i < plain.size(); ++i) {
        const auto digit = [&](std::size_t at) {
            const char c = at < plain.size() ? plain[at] : ' ';
            return digits.find(c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c);
        };
        const std::size_t high = digit(i + 2);
        const std::size_t low = digit(i + 3);
        if (plain.compare(i, 2, "\\x") == 0 && high != digits.npos && low != digits.npos) {
            bytes += static_cast<char>(high * 16 + low);
            i += 3;
        } else {
            bytes += plain[i];
        }
    }
    return ::lstat(bytes.c_str(), &info) == 0 ? bytes : plain;
}

} // namespace ferry
