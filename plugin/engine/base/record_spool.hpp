// A list of records that may become long: the first mebibytes stay in memory, the rest lies in a file without a name.
#pragma once

#include "base/status.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace ferry {

// Not thread-safe. The file is made in $TMPDIR, else /var/tmp, once the memory is used up; it has no name there, so
// nothing is left of it, however the process ends.
class RecordSpool {
  public:
    static constexpr std::size_t default_memory = std::size_t{4} << 20; // bytes

    explicit RecordSpool(std::size_t memory = default_memory);
    RecordSpool(RecordSpool&&) noexcept;
    RecordSpool& operator=(RecordSpool&&) noexcept;
    ~RecordSpool();

    // Where the record lies; an error of kind `io` where the disk does not take it.
    Result<std::uint64_t> add(std::string_view record);
    // The record at a place that add() gave, and where the next one lies.
    struct Found {
        std::string record;
        std::uint64_t next = 0;
    };
    Result<Found> at(std::uint64_t place) const;
    std::uint64_t end() const { return written_ + tail_.size(); } // where the next one would lie

  private:
    class File;

    Status write_out();
    Status read(std::uint64_t place, char* to, std::size_t size) const;

    std::size_t memory_;
    std::string tail_; // the records from written_ on
    std::uint64_t written_ = 0;
    std::unique_ptr<File> file_;
};

// Writes and reads the fields of a record. Reading beyond the end gives zeros and empty texts, and ok() is false then.
class RecordWriter {
  public:
    RecordWriter& number(std::uint64_t value);
    RecordWriter& text(std::string_view value);
    const std::string& record() const { return record_; }

  private:
    std::string record_;
};

class RecordReader {
  public:
    explicit RecordReader(std::string_view record) : rest_(record) {}
    std::uint64_t number();
    std::string text();
    bool ok() const { return ok_; }

  private:
    std::string_view rest_;
    bool ok_ = true;
};

} // namespace ferry
