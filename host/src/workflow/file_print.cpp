#include "workflow/file_print.hpp"

#include "state/digest.hpp"
#include "unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <vector>

namespace ferry {

namespace {

constexpr std::size_t kDigestSize = 64;

std::optional<std::string> content_of(const std::string& path, const std::function<bool()>& stopped) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file)
        return std::nullopt;
    Sha256 digest;
    std::vector<char> buffer(1u << 20);
    while (!stopped()) {
        const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
        if (count == 0)
            return digest.hex();
        if (count < 0 && errno != EINTR)
            return std::nullopt;
        if (count > 0)
            digest.add({buffer.data(), static_cast<std::size_t>(count)});
    }
    return std::nullopt;
}

// Empty Var unless it is an integer of 63 bits.
std::optional<std::int64_t> integer(const JsonObject& object, const char* key) {
    const Json value = object.get(key);
    return value.type() == typeid(Poco::Int64) ? std::optional<std::int64_t>(value.extract<Poco::Int64>())
                                               : std::nullopt;
}

} // namespace

std::optional<FilePrint> print_of(const std::string& path, bool content, const std::function<bool()>& stopped) {
    FilePrint print;
    print.path = path;
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0)
        return errno == ENOENT || errno == ENOTDIR ? std::optional(print) : std::nullopt;
    print.kind = S_ISREG(info.st_mode) ? FilePrint::Kind::file : FilePrint::Kind::other;
    if (print.kind == FilePrint::Kind::other)
        return print;
    print.size = static_cast<std::uint64_t>(info.st_size);
    print.mtime_ns = std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
    if (content) {
        auto digest = content_of(path, stopped);
        if (!digest)
            return std::nullopt;
        print.sha256 = *std::move(digest);
    }
    return print;
}

bool same_file_as(const FilePrint& before, const FilePrint& now) {
    if (before.path != now.path || before.kind != now.kind || before.size != now.size)
        return false;
    if (!before.sha256.empty() && !now.sha256.empty())
        return before.sha256 == now.sha256;
    return before.mtime_ns == now.mtime_ns;
}

JsonObject::Ptr to_object(const FilePrint& print) {
    auto object = new_object();
    object->set("path", print.path);
    if (print.kind == FilePrint::Kind::file) {
        object->set("size", static_cast<Poco::Int64>(print.size));
        object->set("mtime_ns", static_cast<Poco::Int64>(print.mtime_ns));
    } else {
        object->set("missing", print.kind == FilePrint::Kind::missing);
    }
    if (!print.sha256.empty())
        object->set("sha256", print.sha256);
    return object;
}

std::optional<FilePrint> print_from(const Json& value) {
    const auto object = object_of(value);
    if (!object)
        return std::nullopt;
    FilePrint print;
    print.path = text_of(object->get("path"));
    print.sha256 = text_of(object->get("sha256"));
    if (print.path.empty() || (!print.sha256.empty() && print.sha256.size() != kDigestSize))
        return std::nullopt;
    if (kind_of(object->get("missing")) == JsonKind::boolean) {
        print.kind = is_true(object->get("missing")) ? FilePrint::Kind::missing : FilePrint::Kind::other;
        return print;
    }
    const auto size = integer(*object, "size");
    const auto mtime = integer(*object, "mtime_ns");
    if (!size || *size < 0 || !mtime)
        return std::nullopt;
    print.kind = FilePrint::Kind::file;
    print.size = static_cast<std::uint64_t>(*size);
    print.mtime_ns = *mtime;
    return print;
}

} // namespace ferry
