#include "state/lease.hpp"

#include "document/text.hpp"
#include "document/units.hpp"

#include <cerrno>
#include <ctime>
#include <random>
#include <sstream>
#include <sys/stat.h>
#include <utility>

namespace ferry {
namespace {

constexpr Duration poll_every{1'000};
constexpr std::size_t content_limit = 4096;

std::string make_nonce() {
    std::random_device random;
    std::string digits;
    for (int i = 0; i < 4; ++i)
        digits += std::to_string(random());
    return digits;
}

// What a lease's file says, a line each: the owner, the nonce, when it was taken.
struct Held {
    std::optional<ProcessIdentity> owner; // nullopt: it cannot be read
    std::string nonce;
    std::string since; // empty: not told
    std::int64_t mtime_ns = 0;

    bool operator==(const Held&) const = default;
};

std::int64_t mtime_of(int fd) {
    struct stat info {};
    if (::fstat(fd, &info) != 0)
        return 0;
    return std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
}

// Opened anew each time: NFS shows a file's true times when it is opened.
Result<Held> read_lease(const PrivateFolder& folder, const std::string& name) {
    const auto file = folder.read(name);
    if (!file.ok())
        return file.error();
    const auto text = read_all(file->get(), content_limit);
    if (!text.ok())
        return Error{ErrorKind::io, printable(folder.path_of(name)) + " cannot be read: " + text.error().message};
    std::istringstream lines(*text);
    std::string owner;
    Held held;
    std::getline(lines, owner);
    std::getline(lines, held.nonce);
    std::getline(lines, held.since);
    held.owner = identity_from(owner);
    held.mtime_ns = mtime_of(file->get());
    return held;
}

std::string title(const Held& held) {
    return held.owner ? "process " + std::to_string(held.owner->pid) + " on host " + printable(held.owner->host)
                      : "an unknown process";
}

std::string since(const Held& held) {
    return held.since.empty() ? "" : ", since " + printable(held.since, 40);
}

std::string utc_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

void tell(const std::function<void(const std::string&)>& listener, const std::string& words) {
    if (listener)
        listener(words);
}

// Takes a lease in the steps that a shared file system does whole: linking and renaming a file written beforehand.
class Taker {
  public:
    Taker(const PrivateFolder& folder, const std::string& name, const std::string& nonce)
        : folder_(folder)
        , name_(name)
        , own_(name + "." + nonce)
        , content_(to_text(this_process()) + "\n" + nonce + "\n" + utc_now() + "\n") {}
    ~Taker() { folder_.remove(own_); }
    Taker(const Taker&) = delete;
    Taker& operator=(const Taker&) = delete;

    Status prepare() {
        auto made = folder_.create(own_);
        if (!made.ok())
            return made.error();
        file_ = std::move(*made);
        if (const Status written = write_all(file_.get(), content_); !written)
            return {ErrorKind::io, printable(folder_.path_of(own_)) + " cannot be written: " + written.error().message};
        return {};
    }

    // Kind `conflict`: somebody has it.
    Status take_free() {
        touch();
        const Status linked = folder_.link(own_, name_);
        if (linked || linked.error().kind == ErrorKind::conflict)
            return linked;
        auto made = folder_.create(name_); // a file system without hard links
        if (!made.ok())
            return made.error();
        return write_all(made->get(), content_);
    }

    // True if it was taken from the dead owner that `held` names. Two that try at once are told apart by a file of
    // their own.
    bool take_from(const Held& held) {
        const std::string lock = name_ + ".steal";
        if (!folder_.link(own_, lock)) {
            const auto other = read_lease(folder_, lock);
            if (!other.ok() || !is_dead(*other))
                return false;
            folder_.remove(lock); // it died right here
            if (!folder_.link(own_, lock))
                return false;
        }
        touch();
        const auto now = read_lease(folder_, name_);
        const bool taken = now.ok() && *now == held && folder_.rename(own_, name_);
        folder_.remove(lock);
        return taken;
    }

    bool is_dead(const Held& held) {
        const Liveness alive = held.owner ? liveness_of(*held.owner) : Liveness::unknown;
        return alive == Liveness::dead || (alive == Liveness::unknown && age(held) >= Lease::dead_after);
    }

  private:
    // How long ago it was renewed, by the clock that stamps this folder's files.
    Duration age(const Held& held) {
        touch();
        return Duration((mtime_of(file_.get()) - held.mtime_ns) / 1'000'000);
    }
    void touch() { ::futimens(file_.get(), nullptr); }

    const PrivateFolder& folder_;
    const std::string& name_;
    const std::string own_;
    const std::string content_;
    Descriptor file_;
};

} // namespace

Result<std::unique_ptr<Lease>> Lease::acquire(Request request, CancelToken& cancel) {
    const std::string nonce = make_nonce();
    Taker taker(request.folder, request.name, nonce);
    if (const Status ready = taker.prepare(); !ready)
        return ready.error();
    const Instant late = request.clock.now() + request.patience;
    for (bool told = false;;) {
        const Status taken = taker.take_free();
        if (taken)
            break;
        if (taken.error().kind != ErrorKind::conflict)
            return taken.error();
        const auto held = read_lease(request.folder, request.name);
        if (!held.ok() && held.error().kind != ErrorKind::not_found)
            return held.error();
        if (!held.ok())
            continue; // given back just now
        if (taker.is_dead(*held) && taker.take_from(*held)) {
            tell(request.on_takeover,
                 title(*held) + ", which had " + request.what + " before, is gone: going on in its place");
            break;
        }
        if (request.clock.now() >= late)
            return Error{ErrorKind::conflict, title(*held) + " has " + request.what + " in work" +
                                                  (request.patience > Duration{0}
                                                       ? ", and still had after " + format_duration(request.patience)
                                                       : "") +
                                                  since(*held) + "; let it end, or stop it, and run this again"};
        if (!std::exchange(told, true))
            tell(request.on_waiting, title(*held) + " has " + request.what + " in work" + since(*held) +
                                         ": waiting for up to " + format_duration(request.patience));
        if (!request.clock.wait_for(poll_every, cancel))
            return Error{ErrorKind::cancelled, "stopped while waiting for " + title(*held)};
    }
    return std::unique_ptr<Lease>(new Lease(std::move(request), nonce));
}

std::optional<std::string> Lease::holder(const PrivateFolder& folder, const std::string& name) {
    const auto held = read_lease(folder, name);
    if (!held.ok())
        return held.error().kind == ErrorKind::not_found ? std::nullopt : std::optional(held.error().message);
    const Liveness alive = held->owner ? liveness_of(*held->owner) : Liveness::unknown;
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const Duration age((std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec - held->mtime_ns) / 1'000'000);
    if (alive == Liveness::dead || (alive == Liveness::unknown && age >= dead_after))
        return std::nullopt;
    return title(*held);
}

Lease::Lease(Request request, std::string nonce)
    : request_(std::move(request))
    , nonce_(std::move(nonce))
    , thread_([this] { keep(); }) {}

Lease::~Lease() {
    {
        std::lock_guard lock(mutex_);
        end_ = true;
    }
    ended_.notify_all();
    thread_.join();
    const auto held = read_lease(request_.folder, request_.name);
    if (held.ok() && held->nonce == nonce_)
        request_.folder.remove(request_.name);
}

bool Lease::renew() {
    const auto file = request_.folder.read(request_.name);
    if (!file.ok() && file.error().kind != ErrorKind::not_found)
        return true; // a file system that is away for a while says nothing about the lease
    const auto held = read_lease(request_.folder, request_.name);
    if (held.ok() && held->nonce == nonce_) {
        ::futimens(file.ok() ? file->get() : -1, nullptr);
        return true;
    }
    if (!held.ok() && held.error().kind == ErrorKind::not_found) {
        Taker taker(request_.folder, request_.name, nonce_); // somebody has tidied up
        if (taker.prepare() && taker.take_free())
            return true;
    }
    const auto now = read_lease(request_.folder, request_.name);
    const std::string by = now.ok() ? title(*now) : std::string("somebody");
    if (now.ok() && now->nonce == nonce_)
        return true;
    if (!std::exchange(lost_, true) && request_.on_lost)
        request_.on_lost(by + " has taken over " + request_.what + ", as this process gave no sign of life for " +
                         format_duration(dead_after));
    return false;
}

void Lease::keep() noexcept {
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, renew_every, [this] { return end_; })) {
        lock.unlock();
        const bool kept = renew();
        lock.lock();
        if (!kept)
            return;
    }
}

} // namespace ferry
