#include "storm.hpp"

#include "round.hpp"
#include "storm_faults.hpp"

#include <chrono>
#include <csignal>
#include <iostream>
#include <mutex>
#include <string_view>
#include <thread>

namespace ferry::test {
namespace {

constexpr std::uint64_t most_parts = 24; // of a round
constexpr const char* calm = "[]";
constexpr int runs_in_storm = 4; // then the faults end

struct Figures {
    std::mutex mutex;
    std::uint64_t runs = 0;
    std::uint64_t failed_runs = 0; // with an error that was told
    std::uint64_t kills = 0;
    std::uint64_t calm_runs = 0; // rounds that were done only when the faults had ended
    std::uint64_t faults = 0;
    std::uint64_t parts = 0;
    std::uint64_t puts = 0;
};

Plan stormy(Chance& chance) {
    Plan plan = make_plan(chance, most_parts);
    plan.options = R"(,"timeouts":{"connect":1,"stall":1,"complete":3},"retry":{"max_elapsed":"20s","attempts":)" +
                   std::to_string(chance.between(1, 6)) + "}";
    platform::PlatformSettings& settings = plan.settings;
    settings.rate_calls = 1'000'000;
    settings.refuse_twin = chance.one_in(4);
    settings.success_codes_on_top = chance.one_in(2);
    settings.complete_status = chance.one_in(2) ? 201 : 200;
    if (chance.one_in(3))
        settings.conflict = platform::ConflictPolicy::at_complete;
    if (chance.one_in(4))
        settings.clock_skew = chance.one_in(2) ? std::chrono::hours(1) : std::chrono::hours(-1);
    return plan;
}

class StormRound {
  public:
    StormRound(std::uint64_t seed, Figures& figures) : chance_(seed), figures_(figures), round_(stormy(chance_)) {}

    std::uint64_t run() {
        try {
            bool done = false;
            for (int i = 0; i < runs_in_storm && !done; ++i)
                done = run_once(random_faults(chance_, round_.parts(), round_.plan().files.size()));
            if (!done && !run_once(calm))
                throw Failure("fails although nothing is wrong any more");
            const std::lock_guard lock(figures_.mutex);
            figures_.runs += runs_;
            figures_.failed_runs += failed_;
            figures_.kills += kills_;
            figures_.calm_runs += done ? 0 : 1;
            figures_.faults += round_.server().fired_faults();
            figures_.parts += round_.parts();
            figures_.puts += round_.server().counters().puts;
        } catch (const std::exception& failure) {
            throw Failure(failure.what() + std::string("\n") + round_.plan().text() + "\nruns: " + history_);
        }
        return round_.operations();
    }

  private:
    // True if it answered 0, and rightly.
    bool run_once(const std::string& faults) {
        round_.server().clear_faults();
        round_.server().add_faults(faults);
        const auto process = round_.start();
        if (std::string_view(calm) != faults && chance_.one_in(5)) {
            std::this_thread::sleep_for(std::chrono::milliseconds(chance_.below(2000)));
            process->signal(SIGKILL);
        }
        const ProcessResult result = process->wait();
        ++runs_;
        history_ += "\n-- " + faults + "\nstatus " + std::to_string(result.status) + ", open " +
                    std::to_string(round_.server().open_upload_count()) + "\n" + result.err + result.out;
        if (result.status == 128 + SIGKILL) {
            ++kills_;
            return false;
        }
        if (result.status != 0) {
            ++failed_;
            round_.check_honest(result);
            return false;
        }
        round_.check_whole(result);
        // What the platform would not end, Ferry has told.
        for (const platform::OpenUploadInfo& open : round_.server().open_uploads())
            if (history_.find("the upload " + open.upload_id + " could not be aborted") == std::string::npos)
                throw Failure("upload " + open.upload_id + " is still open, and nobody said so");
        return true;
    }

    Chance chance_;
    Figures& figures_;
    Round round_;
    std::uint64_t runs_ = 0;
    std::uint64_t failed_ = 0;
    std::uint64_t kills_ = 0;
    std::string history_;
};

} // namespace

bool prove_storm(RoundOptions options) {
    options.kind = "storm";
    options.unit = "operations";
    Figures figures;
    const bool proven = run_rounds(options, [&](std::uint64_t seed) { return StormRound(seed, figures).run(); });
    std::cout << figures.runs << " runs, " << figures.failed_runs << " of them failed and said so, " << figures.kills
              << " were killed, " << figures.calm_runs << " rounds were done only after the faults; " << figures.faults
              << " faults, " << figures.puts << " PUTs for " << figures.parts << " parts" << std::endl;
    return proven;
}

} // namespace ferry::test
