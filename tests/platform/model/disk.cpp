#include "model/disk.hpp"

#include "document/strict_json.hpp"
#include "model/ids.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace ferry::platform {
namespace {

[[noreturn]] void fail(const char* what, const fs::path& path) {
    throw std::system_error(errno, std::generic_category(), std::string(what) + " " + path.string());
}

std::vector<fs::path> entries(const fs::path& folder) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder))
        found.push_back(entry.path());
    return found;
}

class FileReader {
  public:
    explicit FileReader(const fs::path& path) : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (descriptor_ < 0)
            fail("cannot open", path);
    }
    ~FileReader() { ::close(descriptor_); }
    FileReader(const FileReader&) = delete;
    FileReader& operator=(const FileReader&) = delete;
    int descriptor() const { return descriptor_; }
    std::size_t read(std::span<char> into) {
        const ssize_t got = ::read(descriptor_, into.data(), into.size());
        if (got < 0)
            fail("cannot read", path_);
        return static_cast<std::size_t>(got);
    }

  private:
    fs::path path_;
    int descriptor_;
};

} // namespace

Disk::Disk(const fs::path& root) : root_(fs::absolute(root)) {
    const fs::path mark = root_ / ".ferry-local-platform";
    const bool ours = fs::exists(mark);
    for (const char* name : {"files", "records", "uploads", "projects"}) {
        const fs::path folder = root_ / name;
        if (!ours && fs::exists(folder))
            throw std::invalid_argument(folder.string() +
                                        " exists and is not the local platform's; give it another root");
    }
    for (const char* name : {"files", "records", "uploads", "projects"})
        fs::create_directories(root_ / name);
    write_bytes(mark, "");
}

std::vector<fs::path> Disk::contents() const {
    return entries(root_ / "files");
}

std::vector<fs::path> Disk::records() const {
    return entries(root_ / "records");
}

std::vector<fs::path> Disk::upload_folders() const {
    return entries(root_ / "uploads");
}

void write_bytes(const fs::path& path, std::string_view bytes) {
    NewFile file(path.string() + ".new-" + random_hex(8));
    file.write(bytes);
    file.keep_as(path);
}

void write_json(const fs::path& path, const Json& value) {
    write_bytes(path, to_json(value));
}

Json read_json(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    JsonResult parsed = parse_json(text);
    if (const auto* error = std::get_if<JsonError>(&parsed))
        throw std::runtime_error(path.string() + " is no JSON: " + error->message);
    return std::get<Json>(parsed);
}

void append_line(const fs::path& path, const std::string& line) {
    std::ofstream out(path, std::ios::binary | std::ios::app);
    out << line << '\n';
    if (!out.flush())
        fail("cannot write", path);
}

void link_content(const fs::path& content, const fs::path& name) {
    std::error_code failed;
    fs::create_hard_link(content, name, failed);
    if (failed)
        fs::create_symlink(content, name);
}

void assemble(const std::vector<fs::path>& parts, const fs::path& target) {
    std::error_code failed;
    if (parts.size() == 1) {
        fs::create_hard_link(parts.front(), target, failed);
        if (!failed)
            return;
    }
    NewFile whole(target.string() + ".new");
    for (const fs::path& part : parts)
        whole.append_file(part);
    whole.keep_as(target);
}

NewFile::NewFile(fs::path path)
    : path_(std::move(path))
    , descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0)
        fail("cannot make", path_);
}

NewFile::~NewFile() {
    if (descriptor_ < 0)
        return;
    ::close(descriptor_);
    ::unlink(path_.c_str());
}

void NewFile::write(std::span<const char> bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR)
            fail("cannot write", path_);
        if (written > 0)
            bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

void NewFile::append_file(const fs::path& source) {
    FileReader reader(source);
    // In the kernel where it can, without a copy at all on some file systems.
    while (::copy_file_range(reader.descriptor(), nullptr, descriptor_, nullptr, 1u << 30, 0) > 0) {
    }
    std::vector<char> buffer(256 * 1024);
    while (const std::size_t got = reader.read(buffer))
        write(std::span(buffer).first(got));
}

void NewFile::keep_as(const fs::path& name) {
    const int closed = ::close(std::exchange(descriptor_, -1));
    if (closed != 0 || ::rename(path_.c_str(), name.c_str()) != 0)
        fail("cannot finish", name);
}

} // namespace ferry::platform
