#include "platform/iso_time.hpp"

#include <algorithm>
#include <charconv>

namespace ferry {
namespace {

constexpr std::int64_t last_second = 253'402'300'799; // 9999-12-31T23:59:59Z
constexpr std::int64_t least_milliseconds = 100'000'000'000;

// Reads fixed-width numbers and separators off the front of a text; one miss spoils all that follows.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    int number(std::size_t width) {
        int value = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + std::min(width, rest_.size()), value);
        good_ = good_ && rest_.size() >= width && rest_.front() != '-' && error == std::errc() &&
                end == rest_.data() + width;
        skip(width);
        return value;
    }
    void separator(std::string_view allowed) {
        good_ = good_ && !rest_.empty() && allowed.find(rest_.front()) != std::string_view::npos;
        skip(1);
    }
    bool next_is(char character) const { return !rest_.empty() && rest_.front() == character; }
    void skip(std::size_t count) { rest_.remove_prefix(std::min(count, rest_.size())); }
    void skip_digits() {
        while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9')
            skip(1);
    }
    std::string_view rest() const { return rest_; }
    bool good() const { return good_; }

  private:
    std::string_view rest_;
    bool good_ = true;
};

// The thousandths of a fraction such as ".1234567"; further digits are dropped.
int milliseconds(Scanner& scanner) {
    if (!scanner.next_is('.'))
        return 0;
    scanner.skip(1);
    int value = 0;
    for (int place = 100; place > 0; place /= 10) {
        const std::string_view rest = scanner.rest();
        if (rest.empty() || rest.front() < '0' || rest.front() > '9')
            break;
        value += place * (rest.front() - '0');
        scanner.skip(1);
    }
    scanner.skip_digits();
    return value;
}

// What is to be added to the local time for UTC; the text must end after it.
std::optional<std::chrono::minutes> to_utc(Scanner& scanner) {
    if (scanner.rest() == "Z" || scanner.rest() == "z")
        return std::chrono::minutes(0);
    const bool ahead = scanner.next_is('+');
    scanner.separator("+-");
    const int hours = scanner.number(2);
    if (scanner.next_is(':'))
        scanner.skip(1);
    const int minutes = scanner.number(2);
    if (!scanner.good() || !scanner.rest().empty() || hours > 23 || minutes > 59)
        return std::nullopt;
    const std::chrono::minutes offset(hours * 60 + minutes);
    return ahead ? -offset : offset;
}

} // namespace

std::optional<WallTime> parse_iso_time(std::string_view text) {
    Scanner scanner(text);
    const int year = scanner.number(4);
    scanner.separator("-");
    const int month = scanner.number(2);
    scanner.separator("-");
    const int day = scanner.number(2);
    scanner.separator("Tt ");
    const int hour = scanner.number(2);
    scanner.separator(":");
    const int minute = scanner.number(2);
    scanner.separator(":");
    const int second = scanner.number(2);
    const int fraction = milliseconds(scanner);
    const auto offset = to_utc(scanner);
    if (!scanner.good() || !offset || year < 1970 || hour > 23 || minute > 59 || second > 60)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok())
        return std::nullopt;
    return WallTime(std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour) +
                    std::chrono::minutes(minute) + std::chrono::seconds(second) + Duration(fraction) + *offset);
}

std::optional<WallTime> from_epoch(std::int64_t value) {
    if (value < 0)
        return std::nullopt;
    if (value > least_milliseconds)
        return value / 1000 > last_second ? std::nullopt : std::optional(WallTime(Duration(value)));
    return WallTime(std::chrono::seconds(value));
}

} // namespace ferry
