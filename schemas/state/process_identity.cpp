#include "state/process_identity.hpp"

#include "base/descriptor.hpp"
#include "document/strict_json.hpp"
#include "state/private_folder.hpp"

#include <Poco/JSON/Object.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

namespace ferry {
namespace {

constexpr std::size_t word_limit = 256;

std::string first_word(const char* path) {
    const Descriptor file(::open(path, O_RDONLY | O_CLOEXEC));
    if (!file)
        return {};
    const auto text = read_all(file.get(), word_limit);
    return text.ok() ? text->substr(0, text->find_first_of(" \n")) : std::string();
}

std::string own_host() {
    std::array<char, HOST_NAME_MAX + 1> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 && name[0] != '\0' ? name.data() : "unknown-host";
}

std::string own_pid_namespace() {
    std::array<char, word_limit> name{};
    const ssize_t size = ::readlink("/proc/self/ns/pid", name.data(), name.size());
    return size > 0 ? std::string(name.data(), static_cast<std::size_t>(size)) : std::string();
}

// Field 22 of /proc/PID/stat, counted behind the name, which may hold anything; 0 for a process that has ended and only
// waits for its parent to hear of it.
std::optional<std::uint64_t> start_of(std::int64_t pid) {
    const std::string path = "/proc/" + std::to_string(pid) + "/stat";
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file)
        return std::nullopt;
    const auto text = read_all(file.get(), 4096);
    if (!text.ok())
        return std::nullopt;
    std::size_t at = text->rfind(')');
    if (at == std::string::npos)
        return std::nullopt;
    if (const char state = text->substr(at).size() > 2 ? (*text)[at + 2] : 'Z'; state == 'Z' || state == 'X')
        return 0;
    for (int field = 2; field < 22; ++field) {
        at = text->find(' ', at + 1);
        if (at == std::string::npos)
            return std::nullopt;
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text->data() + at + 1, text->data() + text->size(), value);
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

// Empty if it is absent, no text, or too long.
std::string word_of(const Poco::JSON::Object& fields, const std::string& key) {
    const Poco::Dynamic::Var value = fields.get(key);
    if (value.type() != typeid(std::string) || value.extract<std::string>().size() > word_limit)
        return {};
    return value.extract<std::string>();
}

std::optional<std::int64_t> number_of(const Poco::JSON::Object& fields, const std::string& key) {
    const Poco::Dynamic::Var value = fields.get(key);
    return value.type() == typeid(Poco::Int64) ? std::optional<std::int64_t>(value.extract<Poco::Int64>())
                                               : std::nullopt;
}

} // namespace

ProcessIdentity this_process() {
    const std::int64_t pid = ::getpid();
    return {.host = own_host(),
            .boot = first_word("/proc/sys/kernel/random/boot_id"),
            .pid_namespace = own_pid_namespace(),
            .pid = pid,
            .started = start_of(pid).value_or(0)};
}

Liveness liveness_of(const ProcessIdentity& process) {
    const ProcessIdentity own = this_process();
    if (process.boot.empty() || process.boot != own.boot)
        return Liveness::unknown;
    if (process.pid_namespace != own.pid_namespace || process.pid <= 0 || process.pid > INT_MAX)
        return Liveness::unknown;
    if (::kill(static_cast<pid_t>(process.pid), 0) != 0 && errno == ESRCH)
        return Liveness::dead;
    const auto started = start_of(process.pid);
    if (!started || process.started == 0)
        return Liveness::unknown;
    return *started == process.started ? Liveness::alive : Liveness::dead;
}

std::string to_text(const ProcessIdentity& process) {
    Poco::JSON::Object::Ptr object = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
    object->set("host", process.host);
    object->set("pid", static_cast<Poco::Int64>(process.pid));
    object->set("started", static_cast<Poco::Int64>(process.started));
    object->set("boot", process.boot);
    object->set("pid_namespace", process.pid_namespace);
    return to_json(Poco::Dynamic::Var(object));
}

std::optional<ProcessIdentity> identity_from(std::string_view text) {
    const JsonResult parsed = parse_json(text);
    const auto* value = std::get_if<Poco::Dynamic::Var>(&parsed);
    if (!value || value->type() != typeid(Poco::JSON::Object::Ptr))
        return std::nullopt;
    const auto& fields = *value->extract<Poco::JSON::Object::Ptr>();
    const auto host = word_of(fields, "host");
    const auto pid = number_of(fields, "pid");
    const auto started = number_of(fields, "started");
    if (host.empty() || !pid || !started || *started < 0)
        return std::nullopt;
    return ProcessIdentity{.host = host,
                           .boot = word_of(fields, "boot"),
                           .pid_namespace = word_of(fields, "pid_namespace"),
                           .pid = *pid,
                           .started = static_cast<std::uint64_t>(*started)};
}

} // namespace ferry
