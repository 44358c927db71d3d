#include "quota_simulation.hpp"

#include "fake_clock.hpp"
#include "platform/quota_gate.hpp"
#include "recording_log.hpp"
#include "scripted_transport.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <memory>
#include <optional>
#include <queue>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace ferry::test {
namespace {

constexpr Duration shortest_latency{5}; // there and back; up to 16 times as long, short ones more often
constexpr double latency_range = 16;
constexpr Duration longest_run{100LL * 86'400'000};

// The simulation's time, with a civil time that is wrong in its own way.
class SimulatedClock final : public Clock {
  public:
    SimulatedClock(const Instant& now, Duration skew) : now_(now), skew_(skew) {}
    Instant now() const override { return now_; }
    WallTime wall() const override { return WallTime(now_.time_since_epoch() + skew_); }
    bool wait_until(Instant, CancelToken&) override { return false; } // nobody blocks here

  private:
    const Instant& now_;
    const Duration skew_;
};

std::string http_date(std::int64_t seconds) {
    const auto time = static_cast<std::time_t>(seconds);
    std::tm parts{};
    gmtime_r(&time, &parts);
    char text[40];
    return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

// Fixed windows, by a clock of its own.
class Server {
  public:
    Server(const SharedQuota& plan, Duration ahead) : plan_(plan), ahead_(ahead) {}

    HttpResponse call(Instant now) {
        const Duration time = now.time_since_epoch() + ahead_;
        if (time >= end_)
            open(now, time);
        const bool taken = used_ < plan_.limit;
        ++(taken ? served_ : refused_);
        used_ += taken ? 1 : 0;
        const Duration reset = plan_.rounded_down ? end_ : end_ + Duration{999};
        return std::get<HttpResponse>(answer(taken ? 200 : 429, {},
                                             {{"X-RateLimit-Limit", std::to_string(plan_.limit)},
                                              {"X-RateLimit-Remaining", std::to_string(plan_.limit - used_)},
                                              {"X-RateLimit-Reset", std::to_string(reset.count() / 1000)},
                                              {"Date", http_date(time.count() / 1000)}}));
    }

    struct Window {
        Instant begun;
        std::uint64_t served_before;
    };
    const std::vector<Window>& windows() const { return windows_; }
    std::uint64_t served() const { return served_; }
    std::uint64_t refused() const { return refused_; }

  private:
    void open(Instant now, Duration time) {
        end_ = plan_.aligned ? (time / plan_.window + 1) * plan_.window : time + plan_.window;
        used_ = 0;
        windows_.push_back({now, served_});
    }

    const SharedQuota& plan_;
    const Duration ahead_;
    Duration end_{-1};
    std::uint64_t used_ = 0;
    std::uint64_t served_ = 0;
    std::uint64_t refused_ = 0;
    std::vector<Window> windows_;
};

struct Slot {
    bool asking = false;
    Instant asked{};     // first, for the next call
    Instant ask_again{}; // if there is no news before
    std::optional<QuotaPermit> permit;
};

struct Process {
    Process(const Instant& now, Duration skew, unsigned seed, const SharedQuota& plan)
        : clock(now, skew)
        , random(seed)
        , left(plan.calls)
        , slots(static_cast<std::size_t>(plan.slots)) {}

    SimulatedClock clock;
    SeededRandom random;
    RecordingLog log;
    QuotaGate gate{clock, random};
    std::uint64_t left; // calls to begin
    std::uint64_t in_flight = 0;
    std::optional<Instant> answered; // the first time
    Instant begun{};
    std::optional<Instant> ended;
    std::vector<Slot> slots; // before the gate in destruction
};

class Simulation {
  public:
    explicit Simulation(const SharedQuota& plan)
        : plan_(plan)
        , chance_(plan.seed)
        , server_(plan, Duration{static_cast<Duration::rep>(1e6 * uniform())}) {
        for (int i = 0; i < plan.processes; ++i)
            add_process(i);
    }

    SharedQuotaResult run() {
        while (!events_.empty() && now_ - start < longest_run) {
            const Event event = events_.top();
            events_.pop();
            now_ = event.at;
            handle(event);
        }
        return result();
    }

  private:
    static constexpr Instant start{Duration{1'767'225'600'000}};

    enum class Step { ask, arrive, hear };
    struct Event {
        Instant at;
        std::uint64_t number; // those of one moment in the order of their making
        Step step;
        std::size_t process;
        std::size_t slot;
        Duration back{};                           // the answer's way
        std::shared_ptr<const HttpResponse> heard; // on it
        bool operator<(const Event& other) const { return std::pair(at, number) > std::pair(other.at, other.number); }
    };

    double uniform() { return std::uniform_real_distribution<double>(0, 1)(chance_); }

    void add_process(int index) {
        // Clocks that are wrong by up to a day.
        const Duration skew{static_cast<Duration::rep>((uniform() - 0.5) * 172'800'000)};
        const auto seed = static_cast<unsigned>(chance_());
        Process& process = *processes_.emplace_back(std::make_unique<Process>(now_, skew, seed, plan_));
        const Duration late =
            plan_.same_start ? Duration{static_cast<Duration::rep>(300 * uniform())} : index * plan_.window / 3;
        process.begun = start + late;
        for (std::size_t i = 0; i < process.slots.size(); ++i)
            ask_at(process.begun, processes_.size() - 1, i);
    }

    void schedule(Event event) {
        event.number = ++number_;
        events_.push(std::move(event));
    }

    void ask_at(Instant when, std::size_t process, std::size_t slot) {
        Slot& asker = processes_[process]->slots[slot];
        if (!asker.asking)
            asker.asked = when;
        asker.asking = true;
        asker.ask_again = when;
        schedule({when, 0, Step::ask, process, slot, {}, {}});
    }

    void handle(const Event& event) {
        Process& process = *processes_[event.process];
        Slot& slot = process.slots[event.slot];
        if (event.step == Step::ask && slot.asking && slot.ask_again == event.at)
            ask(event.process, event.slot);
        if (event.step == Step::arrive)
            schedule({now_ + event.back,
                      0,
                      Step::hear,
                      event.process,
                      event.slot,
                      {},
                      std::make_shared<const HttpResponse>(server_.call(now_))});
        if (event.step == Step::hear)
            hear(event.process, event.slot, *event.heard);
    }

    void ask(std::size_t index, std::size_t slot_index) {
        Process& process = *processes_[index];
        Slot& slot = process.slots[slot_index];
        if (process.left == 0) {
            slot.asking = false;
            return;
        }
        auto turn = process.gate.try_call(process.log);
        if (const auto* later = std::get_if<Instant>(&turn)) {
            ask_at(std::max(*later, now_ + Duration{1}), index, slot_index);
            return;
        }
        slot.permit.emplace(std::move(std::get<QuotaPermit>(turn)));
        slot.asking = false;
        if (process.answered && slot.asked >= *process.answered)
            waited_ += now_ - slot.asked;
        --process.left;
        ++process.in_flight;
        const auto latency = static_cast<double>(shortest_latency.count()) * std::pow(latency_range, uniform());
        const Duration there{static_cast<Duration::rep>(latency * (0.2 + 0.6 * uniform()))};
        schedule({now_ + there,
                  0,
                  Step::arrive,
                  index,
                  slot_index,
                  Duration{static_cast<Duration::rep>(latency)} - there,
                  {}});
    }

    void hear(std::size_t index, std::size_t slot_index, const HttpResponse& response) {
        Process& process = *processes_[index];
        const bool refused = response.status == 429;
        process.gate.answered(process.slots[slot_index].permit->started(),
                              refused ? Verdict::throttled : Verdict::success, response, process.log);
        process.slots[slot_index].permit.reset();
        process.left += refused ? 1 : 0;
        process.answered = process.answered.value_or(now_);
        if (--process.in_flight == 0 && process.left == 0)
            process.ended = now_;
        ask_at(now_, index, slot_index);
        for (std::size_t i = 0; i < process.slots.size(); ++i) // what the gate does to those who wait
            if (i != slot_index && process.slots[i].asking)
                ask_at(now_, index, i);
    }

    SharedQuotaResult result() const {
        SharedQuotaResult result;
        result.served = server_.served();
        result.refused = server_.refused();
        result.refused_percent =
            100.0 * static_cast<double>(result.refused) / static_cast<double>(result.served + result.refused);
        result.waited = waited_;
        result.windows = server_.windows().size();
        Instant first = Instant::max();
        Duration shortest = Duration::max();
        Duration longest{0};
        result.finished = true;
        for (const auto& process : processes_) {
            result.finished = result.finished && process->ended;
            const Instant ended = process->ended.value_or(now_);
            first = std::min(first, ended);
            shortest = std::min(shortest, ended - process->begun);
            longest = std::max(longest, ended - process->begun);
            result.time = std::max(result.time, ended - start);
            result.most_lines = std::max(result.most_lines, process->log.lines().size());
        }
        result.spread = static_cast<double>(longest.count()) / static_cast<double>(shortest.count());
        result.throughput = throughput_until(first);
        return result;
    }

    double throughput_until(Instant end) const {
        const auto& all = server_.windows();
        const auto last = std::find_if(all.rbegin(), all.rend(), [&](const auto& one) { return one.begun <= end; });
        const Duration time = last->begun - all.front().begun;
        if (time <= Duration{0})
            return 1;
        const double quota = static_cast<double>(plan_.limit) * static_cast<double>(time.count()) /
                             static_cast<double>(plan_.window.count());
        return static_cast<double>(last->served_before) / quota;
    }

    const SharedQuota& plan_;
    Instant now_ = start;
    std::mt19937_64 chance_;
    Server server_;
    std::vector<std::unique_ptr<Process>> processes_;
    std::priority_queue<Event> events_;
    std::uint64_t number_ = 0;
    Duration waited_{0};
};

} // namespace

SharedQuotaResult simulate(const SharedQuota& plan) {
    return Simulation(plan).run();
}

} // namespace ferry::test
