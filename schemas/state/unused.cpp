#include "state/unused.hpp"

#include "state/process_identity.hpp"

#include <algorithm>
#include <ctime>
#include <random>
#include <sys/stat.h>

namespace ferry {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t turn_ns = 3600 * second_ns;
constexpr std::int64_t kept_ns = kept_unused_days * 24 * 3600 * second_ns;
constexpr const char* stamp = "tidied";

} // namespace

std::optional<std::int64_t> written_at(const std::string& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0)
        return std::nullopt;
    return std::int64_t{info.st_mtim.tv_sec} * second_ns + info.st_mtim.tv_nsec;
}

std::optional<std::int64_t> tidy_turn(const PrivateFolder& folder) {
    timespec ours{};
    ::clock_gettime(CLOCK_REALTIME, &ours);
    const auto last = written_at(folder.path_of(stamp));
    const std::int64_t since = last ? std::int64_t{ours.tv_sec} * second_ns + ours.tv_nsec - *last : turn_ns;
    if (since < turn_ns && since > -turn_ns) // one from far in the future is of a clock that was wrong
        return std::nullopt;
    const std::string fresh = std::string(stamp) + "." + this_process().host.substr(0, 64) + "." +
                              std::to_string(this_process().pid) + "." + std::to_string(std::random_device()());
    if (!folder.create(fresh).ok())
        return std::nullopt;
    const auto now = written_at(folder.path_of(fresh));
    if (!folder.rename(fresh, stamp)) {
        folder.remove(fresh);
        return std::nullopt;
    }
    return now;
}

bool long_unused(const std::string& path, std::int64_t now) {
    const auto written = written_at(path);
    return written && now - *written >= kept_ns;
}

std::vector<std::string> names_from_anywhere(const PrivateFolder& folder) {
    auto names = folder.names();
    if (!names.ok() || names->empty())
        return {};
    std::sort(names->begin(), names->end());
    const std::size_t first = std::random_device()() % names->size();
    std::rotate(names->begin(), names->begin() + static_cast<std::ptrdiff_t>(first), names->end());
    return std::move(*names);
}

} // namespace ferry
