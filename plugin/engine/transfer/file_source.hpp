// Reading the source files: regular files only, each reader with a descriptor of its own, changes noticed.
#pragma once

#include "base/status.hpp"
#include "http/http_transport.hpp"
#include "transfer/part_plan.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace ferry {

// What tells a file from a changed one during a run.
struct FileIdentity {
    std::uint64_t size = 0;
    std::int64_t mtime_ns = 0; // since the epoch
    std::int64_t ctime_ns = 0; // moves with every change, but with chmod and links, too: no proof of one
    std::uint64_t device = 0;  // with the inode: another file of the same size and time may be moved into its place
    std::uint64_t inode = 0;

    bool operator==(const FileIdentity&) const = default;
};

// Opens the file for a look: it must exist, be readable and be a regular file (links are followed). A FIFO or a device
// is refused at once, never waited for.
Result<FileIdentity> identify_file(const std::string& path);

// Success if the file still is what it was, its ctime apart; else an error of kind `changed` (or `io`) that names it.
Status check_unchanged(const std::string& path, const FileIdentity& identity);
// The same, with what the file is now.
Result<FileIdentity> identify_unchanged(const std::string& path, const FileIdentity& identity);

// The error of kind `changed` that check_unchanged() gives; `what` is a clause.
Error file_changed(const std::string& path, const std::string& what);

// The bytes of one part. Not thread-safe. It has an open file description of its own, since readahead lives there.
class PartReader final : public BodySource {
  public:
    // Fails if the file is not what `identity` says.
    static Result<PartReader> open(const std::string& path, const FileIdentity& identity, PartRange range);
    PartReader(PartReader&& other) noexcept;
    PartReader& operator=(PartReader&&) = delete;
    ~PartReader() override;

    // What to read into, lent until the next call; to be called before the first read().
    void use(std::span<std::byte> buffer) { buffer_ = buffer; }

    std::uint64_t size() const override { return range_.size; }
    Result<std::span<const std::byte>> read() override;
    Status rewind() override;
    std::optional<FileSlice> rest() const override {
        return FileSlice{descriptor_, range_.offset + position_, range_.size - position_};
    }
    void sent_from_file(std::uint64_t bytes) override { position_ += bytes; }

    // Why read() failed, kept because a transport passes on only the message.
    const Status& failure() const { return failure_; }

  private:
    PartReader(int descriptor, std::string path, PartRange range);

    int descriptor_;
    std::string path_;
    PartRange range_;
    std::span<std::byte> buffer_;
    std::uint64_t position_ = 0; // within the range
    Status failure_;
};

} // namespace ferry
