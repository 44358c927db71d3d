// The README's table of mistakes: each is made for real, and ferry must print the sentence that stands there.
#include "mistakes.hpp"
#include "temp_dir.hpp"
#include "text_lines.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::test {

namespace {

constexpr std::size_t rows_in_table = 25;
constexpr std::size_t most_lines = 8; // what is told of the run itself included
constexpr std::size_t longest_line = 400;

struct TableRow {
    std::string mistake;
    int status = 0;
    std::string sentence;
};

std::string trimmed(const std::string& text, const char* what) {
    const std::size_t begin = text.find_first_not_of(what);
    return begin == std::string::npos ? std::string() : text.substr(begin, text.find_last_not_of(what) - begin + 1);
}

// "| mistake | exit code | `sentence` |", from the line behind the mark to the next empty one.
std::vector<TableRow> table() {
    std::istringstream readme(read_file(FERRY_README));
    std::vector<TableRow> rows;
    std::string line;
    while (std::getline(readme, line) && line != "<!-- mistakes -->") {
    }
    for (int number = 0; std::getline(readme, line) && !line.empty(); ++number) {
        std::vector<std::string> cells;
        std::istringstream in(line.substr(1));
        for (std::string cell; std::getline(in, cell, '|');)
            cells.push_back(trimmed(cell, " "));
        REQUIRE_MESSAGE(cells.size() == 3, line);
        if (number >= 2) // behind the header and the line below it
            rows.push_back({cells[0], std::stoi(cells[1]), trimmed(cells[2], "`")});
    }
    return rows;
}

std::ptrdiff_t count_of_kind(const std::vector<std::string>& lines, std::string_view kind) {
    return std::count_if(lines.begin(), lines.end(), [&](const std::string& line) { return line.starts_with(kind); });
}

// One sentence for one problem, and little else.
void check_short(const std::string& err) {
    const std::vector<std::string> lines = lines_of(err);
    CHECK(lines.size() <= most_lines);
    CHECK(count_of_kind(lines, "ferry: error: ") <= 1);
    CHECK(count_of_kind(lines, "ferry: warning: ") <= 1);
    for (const std::string& line : lines)
        CHECK_MESSAGE(line.size() <= longest_line, line);
}

} // namespace

TEST_CASE("the README's table has 25 mistakes, and each can be made") {
    const auto mistakes = all_mistakes();
    const std::vector<TableRow> rows = table();
    CHECK(rows.size() == rows_in_table);
    CHECK(mistakes.size() == rows_in_table);
    for (const TableRow& row : rows)
        CHECK_MESSAGE(mistakes.contains(row.mistake), "no test makes the README's mistake: " << row.mistake);
    for (const auto& [name, make] : mistakes)
        CHECK_MESSAGE(std::ranges::any_of(rows, [&](const TableRow& row) { return row.mistake == name; }),
                      "the README's table lacks the mistake: " << name);
}

TEST_CASE("each mistake in the README's table ends and prints as it says there") {
    const auto mistakes = all_mistakes();
    for (const TableRow& row : table()) {
        const auto mistake = mistakes.find(row.mistake);
        if (mistake == mistakes.end())
            continue; // told above
        const Printed printed = mistake->second();
        CAPTURE(row.mistake);
        CAPTURE(printed.err);
        CHECK(printed.status == row.status);
        CHECK_MESSAGE(without_chance(printed.err).find(without_chance(row.sentence)) != std::string::npos,
                      row.sentence);
        check_short(printed.err);
    }
}

} // namespace ferry::test
