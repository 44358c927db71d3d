#include "metadata/manifest_file.hpp"

#include "base/descriptor.hpp"
#include "base/system_reason.hpp"
#include "document/delimited.hpp"
#include "document/text.hpp"
#include "document/units.hpp"
#include "selection/local_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unordered_set>
#include <utility>

namespace ferry {
namespace {

constexpr const char* first_title = "File name"; // contract 7.2

std::ptrdiff_t read_some(int fd, char* buffer, std::size_t size) {
    ssize_t count = 0;
    do
        count = ::read(fd, buffer, size);
    while (count < 0 && errno == EINTR);
    return count;
}

// Why it cannot be read at all; empty if it can.
std::string open_problem(const Descriptor& file) {
    if (!file)
        return errno == ENOENT ? "there is no such file" : "cannot be opened: " + system_reason(errno);
    struct stat info {};
    if (::fstat(file.get(), &info) != 0)
        return "cannot be examined: " + system_reason(errno);
    if (S_ISDIR(info.st_mode))
        return "is a folder; give a CSV file";
    return S_ISREG(info.st_mode) ? std::string() : "is not a regular file; give a CSV file";
}

class ManifestReader {
  public:
    ManifestReader(const std::string& path, int fd, ManifestSink& sink)
        : path_(path)
        , folder_(path.substr(0, path.rfind('/') + 1))
        , reader_([fd](char* buffer, std::size_t size) { return read_some(fd, buffer, size); },
                  DelimitedReader::Kind::csv)
        , sink_(sink) {}

    void run() {
        if (!read_header())
            return;
        while (!sink_.enough()) {
            const auto got = reader_.next(cells_);
            if (got == DelimitedReader::Next::end)
                return;
            if (got == DelimitedReader::Next::problem)
                tell_broken();
            else
                take_row();
        }
    }

  private:
    std::string here(std::size_t line) const { return manifest_place(path_, line); }
    void bad(const std::string& why) { sink_.bad_row(here(reader_.line()) + why); }

    void tell_broken() {
        const TextProblem& problem = reader_.problem();
        const std::string column = problem.column > 0 ? "column " + std::to_string(problem.column) + ": " : "";
        sink_.bad_row(here(problem.line) + column + problem.message);
    }

    // Without it no row means anything.
    bool read_header() {
        const auto got = reader_.next(cells_);
        if (got == DelimitedReader::Next::problem)
            tell_broken();
        else if (got == DelimitedReader::Next::end)
            sink_.bad_row(here(1) + "the manifest is empty; its first line has to be 'File name' and the keys of the "
                                    "metadata, separated by commas");
        return got == DelimitedReader::Next::row && check_first_title() && take_keys();
    }

    // People call it "filename", or forget the header: then a file would go missing without a word.
    bool check_first_title() {
        const std::string& title = cells_.front();
        if (title == first_title)
            return true;
        if (!title.empty() && ::access(absolute_path(folder_, title).c_str(), F_OK) == 0) {
            bad("'" + printable(title, 100) + "' is a file, where the header has to be; put a first line with '" +
                first_title + "' and the keys of the metadata above it");
            return false;
        }
        // No row would then be split either.
        if (const auto separator = title.find_first_of(";\t"); cells_.size() == 1 && separator != std::string::npos) {
            bad(std::string("its columns are separated by ") + (title[separator] == ';' ? "semicolons" : "tabs") +
                ", and have to be by commas; save the table as CSV with commas");
            return false;
        }
        sink_.oddity(here(reader_.line()) + "the first column is called '" + printable(title, 100) +
                     "' and is taken for the names of the files; call it '" + first_title + "'");
        return true;
    }

    bool take_keys() {
        std::unordered_set<std::string_view> names;
        bool good = true;
        for (std::size_t i = 1; i < cells_.size(); ++i) {
            const std::string column = "column " + std::to_string(i + 1);
            std::string problem = cells_[i].empty() ? "has no name; give it the key of its metadata, or remove it"
                                                    : metadata_key_problem(cells_[i]);
            if (problem.empty() && !names.insert(cells_[i]).second)
                problem = "another column is called so, too; each needs a key of its own";
            if (problem.empty())
                continue;
            bad(column + (cells_[i].empty() ? " " : ", '" + printable(cells_[i], 100) + "': ") + problem);
            good = false;
        }
        if (good)
            columns_ = cells_;
        return good;
    }

    void take_row() {
        // A spreadsheet leaves such rows behind its last one.
        if (std::all_of(cells_.begin(), cells_.end(), [](const std::string& cell) { return cell.empty(); }))
            return;
        if (cells_.size() != columns_.size())
            return bad("has " + count_of(cells_.size(), "cell") + ", and the header " +
                       std::to_string(columns_.size()) +
                       (cells_.size() > columns_.size() ? "; put a cell that holds a comma in quotes"
                                                        : "; leave no cell out: an empty one is no value"));
        if (cells_.front().empty())
            return bad("names no file in its first column");
        ManifestRow row{.line = reader_.line(), .path = absolute_path(folder_, cells_.front()), .metadata = {}};
        bool good = true;
        for (std::size_t i = 1; i < cells_.size(); ++i) {
            if (cells_[i].empty()) // is no value
                continue;
            if (const std::string problem = metadata_value_problem(cells_[i]); !problem.empty()) {
                bad("'" + printable(columns_[i], 100) + "': " + problem);
                good = false;
            }
            row.metadata.pairs[columns_[i]] = std::move(cells_[i]);
        }
        if (good)
            sink_.row(std::move(row));
    }

    const std::string& path_;
    const std::string folder_;
    DelimitedReader reader_;
    ManifestSink& sink_;
    std::vector<std::string> columns_;
    std::vector<std::string> cells_;
};

} // namespace

std::string manifest_place(const std::string& path, std::size_t line) {
    return printable(path) + ", line " + std::to_string(line) + ": ";
}

void read_manifest(const std::string& path, ManifestSink& sink) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (const std::string problem = open_problem(file); !problem.empty())
        return sink.bad_row("the manifest " + printable(path) + " " +
                            (problem.starts_with("there") ? "cannot be used: " : "") + problem);
    ManifestReader(path, file.get(), sink).run();
}

} // namespace ferry
