#include "transfer/storage_gate.hpp"

#include "base/job_event.hpp"
#include "document/units.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace ferry {

namespace {

constexpr Duration least_lead{100};
constexpr double faded = 0.8;   // share of what was known before in the moving average
constexpr Duration telling{20}; // a rate taken over less says nothing

double in_ms(Duration time) {
    return static_cast<double>(time.count());
}

} // namespace

int StorageGate::limit() const {
    std::lock_guard lock(mutex_);
    return limit_;
}

int StorageGate::in_use() const {
    std::lock_guard lock(mutex_);
    return in_use_;
}

void StorageGate::widen(int places) {
    std::lock_guard lock(mutex_);
    if (places <= places_)
        return;
    limit_ += places - places_;
    places_ = places;
    open_doors();
}

bool StorageGate::wait_at(std::deque<Waiter*>& door, CancelToken& cancel) {
    Waiter waiter;
    const CancelToken::Registration registration(cancel, [&] {
        std::lock_guard lock(mutex_);
        waiter.cancelled = true;
        waiter.wake.notify_one();
    });
    std::unique_lock lock(mutex_);
    door.push_back(&waiter);
    open_doors();
    waiter.wake.wait(lock, [&] { return waiter.go || waiter.cancelled; });
    if (!waiter.go)
        std::erase(door, &waiter);
    return waiter.go;
}

// The second door first: who leaves the first room makes it free for another.
void StorageGate::open_doors() {
    const auto let_through = [](std::deque<Waiter*>& door) {
        door.front()->go = true;
        door.front()->wake.notify_one();
        door.pop_front();
    };
    while (!second_door_.empty() && in_use_ < limit_) {
        ++in_use_;
        --ready_;
        let_through(second_door_);
    }
    while (!first_door_.empty() && may_get_ready()) {
        ++ready_;
        let_through(first_door_);
    }
}

// As long as getting ready takes, and half as long again.
Duration StorageGate::lead() const {
    const auto usual = Duration{static_cast<Duration::rep>(1.5 * getting_ready_ms_)};
    return std::clamp(least_lead + usual, least_lead, longest_lead);
}

// Of parts that were on their way together only the first is heard: the others say nothing about the lower limit.
void StorageGate::slow_down(Instant begun, const std::string& reason, Log& log) {
    if (begun < last_cut_)
        return;
    last_cut_ = clock_.now();
    stored_since_ = 0;
    if (limit_ == 1)
        return;
    limit_ = std::max(1, limit_ / 2);
    const RareLine::Turn line = slow_line_.turn(LogLevel::info, last_cut_);
    slow_told_ = slow_told_ || line.level == LogLevel::info;
    log.write(line.level, "the object storage slows down (" + reason + "): at most " +
                              count_of(static_cast<std::uint64_t>(limit_), "part") + " at once for now" + line.since);
    log.event(EventFields()
                  .text("reason", "storage")
                  .number("parts_at_once", static_cast<std::uint64_t>(limit_))
                  .event("throttled"));
}

void StorageGate::speed_up(Instant begun, Log& log) {
    if (limit_ == places_ || begun < last_cut_ || ++stored_since_ < limit_)
        return;
    stored_since_ = 0;
    if (++limit_ < places_)
        return;
    log.write(slow_told_ ? LogLevel::info : LogLevel::debug,
              "the object storage keeps up again: " + count_of(static_cast<std::uint64_t>(limit_), "part") +
                  " at once");
    slow_told_ = false;
}

StoragePassage::StoragePassage(StorageAccess& access, CancelToken& cancel) : access_(access), gate_(access.gate) {
    ready_ = gate_.wait_at(gate_.first_door_, cancel);
    since_ = gate_.clock_.now();
}

bool StoragePassage::enter(CancelToken& cancel) {
    if (!ready_)
        return false;
    {
        std::lock_guard lock(gate_.mutex_);
        const double took = in_ms(gate_.clock_.now() - since_);
        gate_.getting_ready_ms_ = faded * gate_.getting_ready_ms_ + (1 - faded) * took;
    }
    inside_ = gate_.wait_at(gate_.second_door_, cancel);
    ready_ = ready_ && !inside_;
    if (!inside_)
        return false;
    ++access_.in_use;
    std::lock_guard lock(gate_.mutex_);
    if (gate_.buffers_.empty()) {
        buffer_ = std::make_unique_for_overwrite<std::byte[]>(StorageGate::buffer_size);
    } else {
        buffer_ = std::move(gate_.buffers_.back());
        gate_.buffers_.pop_back();
    }
    return true;
}

StoragePassage::~StoragePassage() {
    access_.in_use -= inside_ ? 1 : 0;
    std::lock_guard lock(gate_.mutex_);
    gate_.ready_ -= ready_ ? 1 : 0;
    gate_.in_use_ -= inside_ ? 1 : 0;
    gate_.soon_free_ -= announced_ ? 1 : 0;
    if (buffer_)
        gate_.buffers_.push_back(std::move(buffer_));
    gate_.open_doors();
}

void StoragePassage::begin(std::uint64_t bytes) {
    since_ = gate_.clock_.now();
    size_ = bytes;
    sent(0);
}

void StoragePassage::sent(std::uint64_t bytes) {
    if (announced_)
        return;
    const Duration passed = gate_.clock_.now() - since_;
    std::optional<double> pace; // bytes a millisecond
    if (passed >= telling && bytes > 0)
        pace = static_cast<double>(bytes) / in_ms(passed);
    else if (const auto usual = gate_.pace_.bytes_per_second())
        pace = *usual / 1000;
    const auto left = static_cast<double>(size_ - bytes);
    std::lock_guard lock(gate_.mutex_);
    if (bytes < size_ && (!pace || left > *pace * in_ms(gate_.lead())))
        return;
    announced_ = true;
    ++gate_.soon_free_;
    gate_.open_doors();
}

void StoragePassage::stored() {
    gate_.pace_.stored(size_, gate_.clock_.now() - since_);
    std::lock_guard lock(gate_.mutex_);
    gate_.speed_up(since_, access_.log);
    gate_.open_doors();
}

void StoragePassage::slow_down(const std::string& reason) {
    std::lock_guard lock(gate_.mutex_);
    gate_.slow_down(since_, reason, access_.log);
}

} // namespace ferry
