// What a journal's lines add up to: per file, what is open, what is stored, what is done.
#pragma once

#include "resume/journal_record.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ferry {

struct SavedPart {
    PartReport report;
    std::uint64_t size = 0;
    std::optional<Md5> md5; // of the bytes sent
    bool verified = false;
};

// A file as the journal knows it. One of: done; open (an upload id); begun (init may have been cut off); nothing open.
struct SavedFile {
    std::string name; // its path below the target, as it was asked for
    std::string as{}; // the name that was chosen for it, where that one is taken
    std::string path; // see source_path()
    Fingerprint source;
    WallTime begun_at{};    // by the platform's clock
    bool begun = false;     // without an upload id: one may have been opened that nobody knows
    bool overwrite = false; // it was asked for so that a file of its name gives way
    std::string upload_id;
    std::uint64_t part_size = 0;
    bool parallel = true;
    std::map<std::uint32_t, SavedPart> parts;
    std::optional<WallTime> completing_at; // by the platform's clock
    std::string replaces;                  // id of the file that had the name then
    std::optional<journal::Done> done;     // its `file` is this one's number in the journal

    bool open() const { return !upload_id.empty(); }
    bool pending() const {
        return !done && (begun || open());
    }                           // the platform may hold something of it that is not a file
    std::string placed() const; // its path below the target as it is
};

// The lines that give this file again, under the journal's number `file`.
std::string to_lines(const SavedFile& saved, std::uint32_t file);

enum class JournalFormat { ours, empty, foreign, other_version };

// Takes lines in order. What contradicts the lines before it is left out: a part of an upload that was never opened,
// say. Nothing here is trusted further: the platform's list and the source decide what of it still holds.
class JournalReplay {
  public:
    void line(std::string_view text); // without its end
    JournalFormat format() const { return format_; }
    int other_version() const { return version_; }
    const journal::Header& header() const { return header_; }
    std::size_t damaged() const { return damaged_; } // lines that had to be left out
    // By name on the platform.
    std::unordered_map<std::string, SavedFile> take();

  private:
    void take_in(const journal::Record& record);
    void add(const journal::Header& header);
    void add(const journal::Begun& begun);
    void add(const journal::Opened& opened);
    void add(const journal::PartStored& part);
    void add(const journal::PartLost& lost);
    void add(const journal::Completing& completing);
    void add(const journal::Done& done);
    void add(const journal::Described& described);
    void add(const journal::Dropped& dropped);
    SavedFile* known(std::uint32_t file);
    SavedFile* opened(std::uint32_t file);

    JournalFormat format_ = JournalFormat::empty;
    int version_ = journal::version;
    journal::Header header_;
    std::size_t damaged_ = 0;
    std::map<std::uint32_t, SavedFile> files_; // in order, so that of two numbers with one name the later one counts
};

} // namespace ferry
