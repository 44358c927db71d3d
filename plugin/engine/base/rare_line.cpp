#include "base/rare_line.hpp"

#include "document/units.hpp"

#include <utility>

namespace ferry {

RareLine::Turn RareLine::turn(LogLevel usual, Instant now) {
    if (told_ && now < *told_ + interval) {
        ++since_;
        return {LogLevel::debug, {}};
    }
    told_ = now;
    const std::uint64_t since = std::exchange(since_, 0);
    return {usual, since == 0 ? std::string() : " (and " + count_of(since, "time") + " since this was told last)"};
}

} // namespace ferry
