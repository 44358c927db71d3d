#include "batch/manifest.hpp"

#include "batch/json_rows.hpp"
#include "document/text.hpp"
#include "document/units.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <set>

namespace ferry {

namespace {

std::int64_t time_of_change(const struct stat& info) {
    return std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
}

class TablePass final : public Manifest::Pass {
  public:
    TablePass(ByteSource source, DelimitedReader::Kind kind, std::string file)
        : Pass(std::move(file))
        , reader_(std::move(source), kind) {}

    Next next(ManifestRow& row) override {
        if (state_ == State::header) {
            state_ = State::ended; // without its header no row means anything
            if (!read_header())
                return Next::problem;
            state_ = State::rows;
        }
        if (state_ == State::ended)
            return Next::end;
        const auto got = reader_.next(cells_);
        if (got == DelimitedReader::Next::end)
            return Next::end;
        row.number = ++number_;
        row.line = reader_.line();
        if (got == DelimitedReader::Next::problem)
            return fail(reader_.problem().line, reader_.problem().column, reader_.problem().message, "");
        if (cells_.size() != columns_.size())
            return fail(row.line, 0, "row " + std::to_string(number_) + " has " + count_of(cells_.size(), "cell"),
                        "needed: " + std::to_string(columns_.size()) + ", one for each column of the header");
        row.values.resize(cells_.size());
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            row.values[i].first = columns_[i];
            row.values[i].second.swap(cells_[i]);
        }
        return Next::row;
    }

  private:
    enum class State { header, rows, ended };

    // False: fail() has told.
    bool read_header() {
        const auto got = reader_.next(cells_);
        if (got == DelimitedReader::Next::end)
            fail(1, 0, "the file is empty", "needed: a first line with the names of the columns");
        else if (got == DelimitedReader::Next::problem)
            fail(reader_.problem().line, reader_.problem().column, reader_.problem().message, "");
        return got == DelimitedReader::Next::row && take_columns();
    }
    bool take_columns() {
        std::set<std::string> names;
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            const std::string column = "column " + std::to_string(i + 1);
            if (cells_[i].empty()) {
                fail(reader_.line(), 0, column + " has no name", "needed: the name of a variable");
                return false;
            }
            if (!names.insert(cells_[i]).second) {
                fail(reader_.line(), 0, column + " is called '" + printable(cells_[i], 100) + "' as another one is",
                     "each column needs a name of its own");
                return false;
            }
        }
        columns_ = cells_;
        return true;
    }

    DelimitedReader reader_;
    std::vector<std::string> cells_;
    std::uint64_t number_ = 0;
    State state_ = State::header;
};

} // namespace

Manifest::Pass::Next Manifest::Pass::fail(std::size_t line, std::size_t column, std::string found,
                                          std::string allowed) {
    problem_ = {file_, "", line, column, std::move(found), std::move(allowed), false};
    return Next::problem;
}

Manifest::Manifest(std::string path, Format format, UniqueFd file)
    : path_(std::move(path))
    , format_(format)
    , file_(std::move(file)) {
    struct stat info {};
    ::fstat(file_.get(), &info);
    size_ = info.st_size;
    changed_ns_ = time_of_change(info);
}

std::variant<std::unique_ptr<Manifest>, std::string> Manifest::open(const std::string& path) {
    const std::string what = "the manifest '" + printable(path) + "' ";
    Format format = Format::csv;
    if (path.ends_with(".tsv"))
        format = Format::tsv;
    else if (path.ends_with(".jsonl") || path.ends_with(".ndjson"))
        format = Format::json_lines;
    else if (!path.ends_with(".csv"))
        return what + "has no ending that tells its format; name it .csv, .tsv, .jsonl or .ndjson";
    UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat info {};
    if (!file || ::fstat(file.get(), &info) != 0)
        return what + "cannot be read: " + std::strerror(errno);
    if (!S_ISREG(info.st_mode))
        return what + (S_ISDIR(info.st_mode) ? "is a folder" : "is no regular file, and a batch reads it twice") +
               "; give a file";
    return std::unique_ptr<Manifest>(new Manifest(path, format, std::move(file)));
}

bool Manifest::unchanged() const {
    struct stat info {};
    return ::fstat(file_.get(), &info) == 0 && info.st_size == size_ && time_of_change(info) == changed_ns_;
}

ByteSource Manifest::source() const {
    return [fd = file_.get(), offset = off_t{0}](char* buffer, std::size_t size) mutable -> std::ptrdiff_t {
        ssize_t count = 0;
        do
            count = ::pread(fd, buffer, size, offset);
        while (count < 0 && errno == EINTR);
        offset += count > 0 ? count : 0;
        return count;
    };
}

std::unique_ptr<Manifest::Pass> Manifest::pass() const {
    switch (format_) {
    case Format::csv:
        return std::make_unique<TablePass>(source(), DelimitedReader::Kind::csv, path_);
    case Format::tsv:
        return std::make_unique<TablePass>(source(), DelimitedReader::Kind::tsv, path_);
    case Format::json_lines:
        break;
    }
    return std::make_unique<JsonRowsPass>(source(), path_);
}

} // namespace ferry
