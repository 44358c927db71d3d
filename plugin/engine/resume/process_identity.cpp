#include "resume/process_identity.hpp"

#include "http/descriptor.hpp"
#include "platform/json_fields.hpp"
#include "resume/private_folder.hpp"

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
    const auto fields = JsonFields::parse(std::string(text));
    if (!fields.ok())
        return std::nullopt;
    const auto host = fields->text("host", word_limit);
    const auto pid = fields->integer("pid");
    const auto started = fields->integer("started");
    if (!host || !pid || !started || *started < 0)
        return std::nullopt;
    return ProcessIdentity{.host = *host,
                           .boot = fields->text("boot", word_limit).value_or(""),
                           .pid_namespace = fields->text("pid_namespace", word_limit).value_or(""),
                           .pid = *pid,
                           .started = static_cast<std::uint64_t>(*started)};
}

} // namespace ferry
