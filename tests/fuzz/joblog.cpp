// Joblogs: any line is read without harm; what was understood is written and read the same, and so are its values.
#include "batch/joblog.hpp"
#include "batch/known_rows.hpp"
#include "batch/row_text.hpp"
#include "fuzz.hpp"

#include <cmath>

using namespace ferry;

namespace {

// Times as a joblog has them; others are no row's of ours.
bool is_time(double seconds) {
    return std::isfinite(seconds) && std::abs(seconds) < 1e12;
}

void check_entry(const JoblogEntry& entry) {
    fuzz::require(entry.host.find_first_of("\t\n") == std::string::npos, "a host is one field");
    if (is_time(entry.start) && is_time(entry.runtime)) {
        const std::string line = to_line(entry);
        fuzz::require(line.ends_with('\n'), "a line ends");
        const auto again = parse_joblog_line(std::string_view(line).substr(0, line.size() - 1));
        fuzz::require(again.has_value(), "what is written is read", printable(line));
        fuzz::require(again->seq == entry.seq && again->host == entry.host && again->exit_code == entry.exit_code &&
                          again->signal == entry.signal && again->command == entry.command,
                      "what is written reads the same", printable(line));
    }
    if (const auto row = parse_row_command(entry.command)) {
        const std::string command = row_command(row->workflow, row->values);
        fuzz::require_plain(command, "a command is plain");
        const auto again = parse_row_command(command);
        fuzz::require(again && again->workflow == row->workflow && again->values == row->values,
                      "values are quoted and read back", command);
        fuzz::require(row_hash(again->values) == row_hash(row->values), "and known again");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text = fuzz::view(data, size);
    KnownRows known;
    // A fuzzer rarely guesses eight fields: each line is tried as it is, and as the command of a whole line.
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const std::string whole = "1\tnode\t1767225600.123\t    12.345\t0\t0\t0\t0\t" + std::string(line);
        const auto as_command = parse_joblog_line(whole);
        fuzz::require(as_command.has_value() && as_command->command == line, "a command is the rest of its line");
        for (const auto& entry : {parse_joblog_line(line), as_command})
            if (entry) {
                check_entry(*entry);
                known.add(*entry);
            }
        if (const auto words = shell_words(line)) {
            std::string again;
            for (const std::string& word : *words)
                again += (again.empty() ? "" : " ") + shell_quoted(word);
            fuzz::require(words->empty() || shell_words(again) == words, "words are quoted and read back", again);
        }
    }
    known.seal();
    return 0;
}
