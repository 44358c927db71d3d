// Tables: whatever is in one, and in whatever pieces it arrives, it is read to its end in the same rows; what was read
// is all there, and written again it reads the same.
#include "document/delimited.hpp"
#include "fuzz.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

using namespace ferry;

namespace {

using Kind = DelimitedReader::Kind;
using Cells = std::vector<std::string>;

struct Read {
    std::vector<Cells> rows;
    std::vector<std::string> told; // rows and problems, with their places
};

ByteSource in_pieces(std::string_view text, std::size_t piece) {
    return [text, piece](char* buffer, std::size_t size) mutable {
        const std::size_t count = std::min({piece, size, text.size()});
        std::memcpy(buffer, text.data(), count);
        text.remove_prefix(count);
        return static_cast<std::ptrdiff_t>(count);
    };
}

void check_cells(const Cells& cells) {
    fuzz::require(!cells.empty() && cells.size() <= kMostCells, "a row has cells, and not too many");
    for (const std::string& cell : cells) {
        fuzz::require(is_utf8(cell), "a cell is UTF-8");
        fuzz::require(cell.find('\0') == std::string::npos, "a cell has no NUL");
    }
}

Read read_table(std::string_view text, Kind kind, std::size_t piece) {
    DelimitedReader reader(in_pieces(text, piece), kind);
    Read read;
    Cells cells;
    std::size_t last = 0;
    for (auto next = reader.next(cells); next != DelimitedReader::Next::end; next = reader.next(cells)) {
        fuzz::require(reader.line() > last, "each row begins on a later line");
        last = reader.line();
        if (next == DelimitedReader::Next::problem) {
            const TextProblem& problem = reader.problem();
            fuzz::require_plain(problem.message, "a problem is plain");
            fuzz::require(problem.line >= last, "a problem lies in its row");
            fuzz::require(problem.line <= text.size() + 1, "a problem lies in the text");
            read.told.push_back(std::to_string(problem.line) + ":" + std::to_string(problem.column) + " " +
                                problem.message);
            continue;
        }
        check_cells(cells);
        read.told.push_back(std::to_string(last) + ": " + std::to_string(cells.size()));
        read.rows.push_back(cells);
    }
    fuzz::require(reader.next(cells) == DelimitedReader::Next::end, "the end stays the end");
    return read;
}

std::string written(const std::vector<Cells>& rows, Kind kind) {
    std::string text = "\xEF\xBB\xBF"; // else a first cell that begins so would lose it
    for (const Cells& cells : rows) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            text += i == 0 ? "" : kind == Kind::csv ? "," : "\t";
            text += kind == Kind::csv ? "\"" : "";
            for (const char c : cells[i])
                text += kind == Kind::csv && c == '"' ? std::string("\"\"") : std::string(1, c);
            text += kind == Kind::csv ? "\"" : "";
        }
        text += '\n';
    }
    return text;
}

void check_lines(std::string_view text) {
    ByteReader reader(in_pieces(text, 3));
    std::string line;
    std::size_t size = 0;
    for (std::size_t lines = 0; read_text_line(reader, line); size += line.size()) {
        fuzz::require(++lines <= text.size() + 1, "lines end");
        fuzz::require(line.find('\n') == std::string::npos, "a line is one line");
    }
    fuzz::require(size <= text.size(), "lines hold what the text does");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::view(data, size);
    check_lines(text);
    for (const Kind kind : {Kind::csv, Kind::tsv}) {
        const Read whole = read_table(text, kind, 65536);
        for (const std::size_t piece : {1u, 7u}) {
            const Read pieces = read_table(text, kind, piece);
            fuzz::require(pieces.told == whole.told && pieces.rows == whole.rows, "pieces make no difference");
        }
        const Read again = read_table(written(whole.rows, kind), kind, 65536);
        fuzz::require(again.rows == whole.rows, "rows written again read the same");
        fuzz::require(again.told.size() == again.rows.size(), "and without a problem");
    }
    return 0;
}
