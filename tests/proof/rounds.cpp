#include "rounds.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <iostream>
#include <mutex>
#include <thread>
#include <vector>

namespace ferry::test {
namespace {

constexpr unsigned most_failures = 3; // then it has been understood

class Crew {
  public:
    Crew(const RoundOptions& options, const RunRound& round) : options_(options), round_(round) {}

    void work() {
        while (done_ < options_.amount && failures_ < most_failures) {
            const std::uint64_t seed = options_.seed + begun_++;
            try {
                done_ += round_(seed);
                ++rounds_;
            } catch (const std::exception& failure) {
                failed(seed, failure.what());
            }
        }
    }
    unsigned failures() const { return failures_; }
    std::uint64_t done() const { return done_; }
    std::uint64_t rounds() const { return rounds_; }

  private:
    void failed(std::uint64_t seed, const char* what) {
        const std::lock_guard lock(mutex_);
        ++failures_;
        std::cout << "FAILED with seed " << seed << ": " << what << "\nreplay: " << options_.program << " "
                  << options_.kind << " --seed " << seed << " --" << options_.unit << " 1" << std::endl;
    }

    const RoundOptions& options_;
    const RunRound& round_;
    std::mutex mutex_;
    std::atomic<std::uint64_t> begun_{0};
    std::atomic<std::uint64_t> done_{0};
    std::atomic<std::uint64_t> rounds_{0};
    std::atomic<unsigned> failures_{0};
};

} // namespace

bool run_rounds(const RoundOptions& options, const RunRound& round) {
    std::cout << options.kind << ": " << options.amount << " " << options.unit << ", seed " << options.seed
              << std::endl;
    const auto start = std::chrono::steady_clock::now();
    Crew crew(options, round);
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < options.jobs; ++i)
        threads.emplace_back([&crew] { crew.work(); });
    for (std::thread& thread : threads)
        thread.join();
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    std::cout << crew.done() << " " << options.unit << " in " << crew.rounds() << " rounds, " << time.count() << " s, "
              << crew.failures() << " failed" << std::endl;
    return crew.failures() == 0;
}

} // namespace ferry::test
