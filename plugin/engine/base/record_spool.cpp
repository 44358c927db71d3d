#include "base/record_spool.hpp"

#include "base/system_reason.hpp"
#include "document/text.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace ferry {

class RecordSpool::File {
  public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() { ::close(descriptor_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int get() const { return descriptor_; }

  private:
    int descriptor_;
};

namespace {

using Length = std::uint32_t; // in front of each record

// /tmp may be memory, which is what the file is to spare.
std::string spool_folder() {
    const char* chosen = std::getenv("TMPDIR");
    return chosen && *chosen == '/' ? chosen : "/var/tmp";
}

Error spool_error(const std::string& what, int reason) {
    return {ErrorKind::io, "the list of files, which is too long for memory, cannot be " + what + " in " +
                               printable(spool_folder()) + ": " + system_reason(reason) +
                               "; make room there, or set TMPDIR to another folder"};
}

// A file without a name, or one that loses it at once where the file system knows none such. -1: errno tells.
int make_file() {
    const std::string folder = spool_folder();
    const int unnamed = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (unnamed >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return unnamed;
    std::string name = folder + "/ferry-XXXXXX";
    const int named = ::mkostemp(name.data(), O_CLOEXEC);
    if (named >= 0)
        ::unlink(name.c_str());
    return named;
}

} // namespace

RecordSpool::RecordSpool(std::size_t memory) : memory_(memory) {}
RecordSpool::RecordSpool(RecordSpool&&) noexcept = default;
RecordSpool& RecordSpool::operator=(RecordSpool&&) noexcept = default;
RecordSpool::~RecordSpool() = default;

Result<std::uint64_t> RecordSpool::add(std::string_view record) {
    const std::uint64_t place = end();
    const auto length = static_cast<Length>(record.size());
    tail_.append(reinterpret_cast<const char*>(&length), sizeof length).append(record);
    if (tail_.size() > memory_)
        if (Status written = write_out(); !written)
            return written.error();
    return place;
}

Status RecordSpool::write_out() {
    if (!file_) {
        const int made = make_file();
        if (made < 0)
            return spool_error("kept", errno);
        file_ = std::make_unique<File>(made);
    }
    std::size_t done = 0;
    while (done < tail_.size()) {
        const ssize_t count =
            ::pwrite(file_->get(), tail_.data() + done, tail_.size() - done, static_cast<off_t>(written_ + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return spool_error("kept", count < 0 ? errno : ENOSPC);
        done += static_cast<std::size_t>(count);
    }
    written_ += tail_.size();
    tail_.clear();
    return {};
}

Status RecordSpool::read(std::uint64_t place, char* to, std::size_t size) const {
    if (place > end() || size > end() - place)
        return spool_error("read", EINVAL);
    while (size > 0 && place < written_) {
        const std::size_t here = static_cast<std::size_t>(std::min<std::uint64_t>(size, written_ - place));
        const ssize_t count = ::pread(file_->get(), to, here, static_cast<off_t>(place));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return spool_error("read", count < 0 ? errno : EIO);
        place += static_cast<std::uint64_t>(count);
        to += count;
        size -= static_cast<std::size_t>(count);
    }
    std::memcpy(to, tail_.data() + (size > 0 ? place - written_ : 0), size);
    return {};
}

Result<RecordSpool::Found> RecordSpool::at(std::uint64_t place) const {
    Length length = 0;
    if (Status read_length = read(place, reinterpret_cast<char*>(&length), sizeof length); !read_length)
        return read_length.error();
    if (length > end() - place)
        return spool_error("read", EINVAL);
    Found found{std::string(length, '\0'), place + sizeof length + length};
    if (Status read_record = read(place + sizeof length, found.record.data(), length); !read_record)
        return read_record.error();
    return found;
}

RecordWriter& RecordWriter::number(std::uint64_t value) {
    record_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
}

RecordWriter& RecordWriter::text(std::string_view value) {
    number(value.size());
    record_ += value;
    return *this;
}

std::uint64_t RecordReader::number() {
    std::uint64_t value = 0;
    if (rest_.size() < sizeof value) {
        ok_ = false;
        return 0;
    }
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
}

std::string RecordReader::text() {
    const std::uint64_t size = number();
    if (size > rest_.size()) {
        ok_ = false;
        return {};
    }
    std::string value(rest_.substr(0, static_cast<std::size_t>(size)));
    rest_.remove_prefix(static_cast<std::size_t>(size));
    return value;
}

} // namespace ferry
