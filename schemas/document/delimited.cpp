#include "document/delimited.hpp"

#include "document/text.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

ByteReader::ByteReader(ByteSource source) : source_(std::move(source)) {}

bool ByteReader::fill() {
    if (ended_)
        return false;
    // A BOM may come in pieces.
    std::size_t have = 0;
    while (have < (started_ ? 1 : 3)) {
        const std::ptrdiff_t count = source_(buffer_.data() + have, buffer_.size() - have);
        failed_ = count < 0;
        ended_ = count <= 0;
        if (ended_)
            break;
        have += static_cast<std::size_t>(count);
    }
    at_ = 0;
    size_ = have;
    if (!started_ && std::string_view(buffer_.data(), have).starts_with("\xEF\xBB\xBF"))
        at_ = taken_ = 3;
    started_ = true;
    return at_ < size_ || fill(); // nothing but a BOM so far
}

int ByteReader::get() {
    const int byte = peek();
    if (byte == end)
        return end;
    ++at_;
    ++taken_;
    ++column_;
    if (byte == '\n') {
        ++line_;
        column_ = 1;
    }
    return byte;
}

DelimitedReader::DelimitedReader(ByteSource source, Kind kind)
    : in_(std::move(source))
    , delimiter_(kind == Kind::csv ? ',' : '\t')
    , quotes_(kind == Kind::csv) {}

void DelimitedReader::note(std::string message, std::size_t line, std::size_t column) {
    if (!std::exchange(broken_, true))
        problem_ = {line, column, std::move(message)};
}

void DelimitedReader::add(std::string& cell, int byte) {
    if (++bytes_ <= kLongestRow)
        cell.push_back(static_cast<char>(byte));
    else
        note("the row is longer than 16 MiB; is a closing quote missing?", line_, 1);
}

// `byte` was read and ends a cell: what it ends besides.
DelimitedReader::Stop DelimitedReader::stop_at(int byte) {
    if (byte == '\r')
        in_.get();
    return byte == delimiter_ ? Stop::delimiter : byte == ByteReader::end ? Stop::end : Stop::line_end;
}

DelimitedReader::Stop DelimitedReader::read_cell(std::string& cell) {
    if (quotes_ && in_.peek() == '"')
        return read_quoted(cell);
    for (;;) {
        const std::size_t line = in_.line();
        const std::size_t column = in_.column();
        const int byte = in_.get();
        if (byte == delimiter_ || byte == '\n' || byte == ByteReader::end || (byte == '\r' && in_.peek() == '\n'))
            return stop_at(byte);
        if (byte == '\r')
            note("a carriage return that ends no line; lines end with LF or CRLF", line, column);
        if (byte == '"' && quotes_)
            note("a quote inside a cell that does not begin with one; put the whole cell in quotes and double those "
                 "inside",
                 line, column);
        add(cell, byte);
    }
}

DelimitedReader::Stop DelimitedReader::read_quoted(std::string& cell) {
    const std::size_t line = in_.line();
    const std::size_t column = in_.column();
    in_.get();
    for (;;) {
        const int byte = in_.get();
        if (byte == ByteReader::end) {
            note("the quote that begins here has no end", line, column);
            return Stop::end;
        }
        if (byte != '"') {
            add(cell, byte);
            continue;
        }
        const std::size_t after_line = in_.line();
        const std::size_t after_column = in_.column();
        const int next = in_.get();
        if (next == delimiter_ || next == '\n' || next == ByteReader::end || (next == '\r' && in_.peek() == '\n'))
            return stop_at(next);
        if (next != '"') { // the rest of the line belongs to nothing
            note("text behind a closing quote; quotes inside a cell are doubled", after_line, after_column);
            std::string rest;
            return read_cell(rest);
        }
        add(cell, '"');
    }
}

void DelimitedReader::check_text(const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size() && !broken_; ++i) {
        const std::string cell = "cell " + std::to_string(i + 1);
        if (cells[i].find('\0') != std::string::npos)
            note(cell + " holds a NUL byte; is this a text file?", line_, 0);
        else if (!is_utf8(cells[i]))
            note(cell + " is not UTF-8; save the file as UTF-8", line_, 0);
    }
}

// What was read last may be cut; told once.
void DelimitedReader::check_read() {
    if (in_.failed() && !std::exchange(told_failure_, true))
        note("the file cannot be read further", in_.line(), 0);
}

DelimitedReader::Next DelimitedReader::next(std::vector<std::string>& cells) {
    cells.clear();
    broken_ = false;
    bytes_ = 0;
    int first = in_.peek();
    for (; first == '\n' || first == '\r'; first = in_.peek()) {
        if (!broken_)
            line_ = in_.line();
        in_.get();
        if (first == '\r' && in_.peek() != '\n')
            note("a carriage return that ends no line; lines end with LF or CRLF", line_, 1);
    }
    if (first == ByteReader::end) {
        check_read();
        return broken_ ? Next::problem : Next::end;
    }
    if (!broken_) // else it begins with what is wrong before it
        line_ = in_.line();
    for (Stop stop = Stop::delimiter; stop == Stop::delimiter;) {
        std::string cell;
        stop = read_cell(cell);
        if (cells.size() < kMostCells)
            cells.push_back(std::move(cell));
        else
            note("the row has more than 10000 cells", line_, 0);
    }
    check_text(cells);
    check_read();
    return broken_ ? Next::problem : Next::row;
}

bool read_text_line(ByteReader& in, std::string& line) {
    line.clear();
    if (in.peek() == ByteReader::end)
        return false;
    for (int byte = in.get(); byte != '\n' && byte != ByteReader::end; byte = in.get())
        if (line.size() < kLongestRow)
            line.push_back(static_cast<char>(byte));
    if (line.ends_with('\r'))
        line.pop_back();
    return true;
}

} // namespace ferry
