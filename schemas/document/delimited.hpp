// Tables as text, one row at a time: CSV (RFC 4180) and TSV, of any length in little memory.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

// Fills the buffer: the number of bytes, 0 at the end, negative if it cannot be read.
using ByteSource = std::function<std::ptrdiff_t(char* buffer, std::size_t size)>;

// Bytes with their place. A UTF-8 BOM at the start is skipped.
class ByteReader {
  public:
    static constexpr int end = -1;

    explicit ByteReader(ByteSource source);
    int peek() {
        if (at_ == size_ && !fill())
            return end;
        return static_cast<unsigned char>(buffer_[at_]);
    }
    int get();

    std::size_t line() const { return line_; }     // of the next byte, from 1
    std::size_t column() const { return column_; } // in bytes, from 1
    std::size_t taken() const { return taken_; }   // bytes so far, the BOM included
    bool failed() const { return failed_; }

  private:
    bool fill();

    ByteSource source_;
    std::array<char, 65536> buffer_;
    std::size_t at_ = 0;
    std::size_t size_ = 0;
    std::size_t line_ = 1;
    std::size_t column_ = 1;
    std::size_t taken_ = 0;
    bool started_ = false;
    bool ended_ = false;
    bool failed_ = false;
};

struct TextProblem {
    std::size_t line = 0; // from 1
    std::size_t column = 0;
    std::string message; // what is wrong and what to do
};

inline constexpr std::size_t kLongestRow = 16u << 20; // in bytes
inline constexpr std::size_t kMostCells = 10'000;     // of a row

// CSV: cells in double quotes may hold commas, line ends and doubled quotes; a quote anywhere else is a problem. TSV:
// cells are what stands between the tabs, and nothing is quoted. Lines end with LF or CRLF; empty lines are passed over
// (the one empty cell of a table of one column is written as ""). Cells are UTF-8 without NUL.
class DelimitedReader {
  public:
    enum class Kind { csv, tsv };
    enum class Next {
        row,
        end,
        problem // with this row; the next call goes on behind it
    };

    DelimitedReader(ByteSource source, Kind kind);
    Next next(std::vector<std::string>& cells);
    std::size_t line() const { return line_; } // where the row begins
    const TextProblem& problem() const { return problem_; }

  private:
    enum class Stop { delimiter, line_end, end };

    Stop read_cell(std::string& cell);
    Stop read_quoted(std::string& cell);
    Stop stop_at(int byte);
    void add(std::string& cell, int byte);
    void note(std::string message, std::size_t line, std::size_t column);
    void check_text(const std::vector<std::string>& cells);
    void check_read();

    ByteReader in_;
    const char delimiter_;
    const bool quotes_;
    std::size_t line_ = 0;
    std::size_t bytes_ = 0; // of the row
    bool broken_ = false;   // the row has a problem
    bool told_failure_ = false;
    TextProblem problem_;
};

// The next line without its end (LF or CRLF); false at the end. What is longer than kLongestRow is cut there.
bool read_text_line(ByteReader& in, std::string& line);

} // namespace ferry
