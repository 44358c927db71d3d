// Journals: whatever a disk gives back is read without harm, and what was understood is written and read the same.
#include "fuzz.hpp"
#include "resume/journal_replay.hpp"

#include <Poco/Checksum.h>

#include <cstdio>
#include <string>
#include <string_view>

namespace {

using ferry::JournalReplay;
using ferry::fuzz::require;

// Half of the inputs are facts without their checksums: a fuzzer would hardly ever guess one.
std::string with_checksum(std::string_view json) {
    Poco::Checksum sum(Poco::Checksum::TYPE_CRC32);
    sum.update(json.data(), static_cast<unsigned>(json.size()));
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08x", sum.checksum());
    return std::string(digits) + ' ' + std::string(json);
}

void feed(JournalReplay& replay, std::string_view text, bool bare) {
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        const std::string_view line = text.substr(0, end);
        replay.line(bare ? with_checksum(line) : std::string(line));
        text.remove_prefix(end + 1);
    }
}

std::string first_line() {
    const std::string line = ferry::journal::to_line(ferry::journal::Header{});
    return line.substr(0, line.size() - 1);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    JournalReplay as_found;
    feed(as_found, text, false);
    (void)as_found.take();

    JournalReplay replay;
    replay.line(first_line());
    feed(replay, text, true);
    for (const auto& [name, saved] : replay.take()) {
        require(name == saved.name, "a file is found by its own name");
        require(!saved.done || !saved.pending(), "what is done is not pending");
        const std::string lines = ferry::to_lines(saved, 7);
        JournalReplay again;
        again.line(first_line());
        feed(again, lines, false);
        require(again.damaged() == 0, "what is written can be read");
        auto files = again.take();
        require(files.contains(name), "a written file is read again");
        require(ferry::to_lines(files[name], 7) == lines, "reading and writing change nothing", lines);
    }
    return 0;
}
