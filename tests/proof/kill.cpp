#include "kill.hpp"

#include "round.hpp"

#include <chrono>
#include <csignal>
#include <iostream>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

namespace ferry::test {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr std::uint64_t most_parts = 40; // of a round
constexpr microseconds look_every{200};

// When a run is killed: some time after its start, after the platform has been asked something so often, or after the
// outputs have been written.
struct Trigger {
    std::string operation; // "" for the start, "outputs"
    std::uint64_t count = 1;
    microseconds delay{0};
};

struct Figures {
    std::mutex mutex;
    std::uint64_t kills = 0;
    std::uint64_t missed = 0; // runs that were over before they could be killed
    std::uint64_t parts = 0;
    std::uint64_t parts_again = 0;
    std::uint64_t bytes_again = 0;
    std::uint64_t most_bytes_again = 0; // of one kill, on the average of its round
    std::uint64_t inits_again = 0;
    std::uint64_t strays = 0; // files that killed runs have left in the state directory
};

class KillRound {
  public:
    KillRound(std::uint64_t seed, microseconds startup, Figures& figures)
        : chance_(seed)
        , startup_(startup)
        , figures_(figures)
        , round_(make_plan(chance_, most_parts)) {}

    std::uint64_t run() {
        try {
            const std::uint64_t kills_wanted = chance_.between(1, 6);
            std::optional<ProcessResult> ended;
            while (!ended && kills_ < kills_wanted)
                ended = run_and_kill();
            if (!ended)
                ended = last_run();
            check(*ended);
        } catch (const std::exception& failure) {
            throw Failure(failure.what() + std::string("\n") + round_.plan().text() + "\nruns: " + history_);
        }
        return kills_;
    }

  private:
    Trigger choose() {
        const auto spread = [&](std::int64_t most) {
            return microseconds(static_cast<std::int64_t>(chance_.below(static_cast<std::uint64_t>(most) + 1)));
        };
        const auto& settings = round_.plan().settings;
        const std::uint64_t rows = round_.parts() / round_.plan().parallel_parts + 1;
        const microseconds sending = static_cast<std::int64_t>(rows) *
                                     (settings.storage_latency + settings.api_latency + std::chrono::milliseconds(2));
        switch (chance_.below(5)) {
        case 0:
            return {"", 1, spread((startup_ + sending).count() * 5 / 4)};
        case 1:
            return {"", 1, startup_ * 2 / 3 + spread(sending.count())};
        case 2:
            return {chance_.pick<std::string>({"init", "complete"}), chance_.between(1, round_.uploads() + 1),
                    spread(4000)};
        case 3:
            return {chance_.pick<std::string>({"put", "put", "sign", "files", "details", "list", "report"}),
                    chance_.between(1, round_.parts() + 1), spread(3000)};
        default:
            return chance_.one_in(2) ? Trigger{"outputs", 1, spread(2000)}
                                     : Trigger{"complete", round_.uploads(), spread(20'000)};
        }
    }

    // So that runs with nothing left to send are killed, too, counts begin with the round.
    bool reached(const Trigger& trigger, const std::filesystem::file_time_type& outputs_before) {
        if (trigger.operation.empty())
            return true;
        if (trigger.operation == "outputs")
            return outputs_time() != outputs_before;
        const platform::Counters counters = round_.server().counters();
        return (trigger.operation == "put" ? counters.puts : counters.of(trigger.operation)) >= trigger.count;
    }

    std::filesystem::file_time_type outputs_time() const {
        std::error_code missing;
        return std::filesystem::last_write_time(round_.outputs_file(), missing);
    }

    // The result if it has ended by itself.
    std::optional<ProcessResult> run_and_kill() {
        const Trigger trigger = choose();
        const auto outputs_before = outputs_time();
        const auto process = round_.start();
        bool struck = false;
        while (!struck && process->running()) {
            if (reached(trigger, outputs_before)) {
                std::this_thread::sleep_for(trigger.delay);
                process->signal(SIGKILL);
                struck = true;
            } else {
                std::this_thread::sleep_for(look_every);
            }
        }
        ProcessResult result = process->wait();
        note(trigger, result);
        if (result.status != 128 + SIGKILL)
            return result;
        ++kills_;
        return std::nullopt;
    }

    ProcessResult last_run() {
        ProcessResult result = round_.start()->wait();
        note({"end", 0, microseconds(0)}, result);
        return result;
    }

    void note(const Trigger& trigger, const ProcessResult& result) {
        const platform::Counters counters = round_.server().counters();
        history_ += "\n-- " + trigger.operation + " " + std::to_string(trigger.count) + " +" +
                    std::to_string(trigger.delay.count()) + " us: status " + std::to_string(result.status) +
                    ", inits " + std::to_string(counters.of("init")) + ", puts " + std::to_string(counters.puts) +
                    ", completes " + std::to_string(counters.of("complete")) + ", open " +
                    std::to_string(round_.server().open_upload_count()) + "\n" + result.err;
        if (result.err.find("waiting for up to") != std::string::npos)
            throw Failure("a dead process's lease was waited for");
    }

    void check(const ProcessResult& result) {
        round_.check_whole(result);
        if (round_.server().open_upload_count() != 0)
            throw Failure(std::to_string(round_.server().open_upload_count()) + " uploads are still open");
        const platform::Counters counters = round_.server().counters();
        if (counters.puts > round_.parts() + kills_ * round_.plan().parallel_parts)
            throw Failure(std::to_string(counters.puts) + " PUTs for " + std::to_string(round_.parts()) +
                          " parts and " + std::to_string(kills_) + " kills");
        if (counters.of("init") > round_.uploads())
            throw Failure(std::to_string(counters.of("init")) + " inits for " + std::to_string(round_.uploads()) +
                          " uploads");
        const std::lock_guard lock(figures_.mutex);
        figures_.kills += kills_;
        figures_.parts += round_.parts();
        figures_.parts_again += counters.stored_parts - round_.parts();
        figures_.bytes_again += counters.stored_bytes - round_.bytes();
        if (kills_ > 0)
            figures_.most_bytes_again =
                std::max(figures_.most_bytes_again, (counters.stored_bytes - round_.bytes()) / kills_);
        figures_.strays += strays();
    }

    // All that a step that is done keeps is its journal.
    std::uint64_t strays() const {
        std::uint64_t found = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(round_.dir() / ".ferry/uploads")) {
            if (entry.path().extension() == ".journal" || entry.path().filename() == "open")
                continue;
            ++found;
            std::cout << "stray: " << entry.path().filename().string() << std::endl;
        }
        return found;
    }

    Chance chance_;
    const microseconds startup_;
    Figures& figures_;
    Round round_;
    std::uint64_t kills_ = 0;
    std::string history_;
};

// How long ferry takes until it asks the platform for the first time, about.
microseconds measure_startup() {
    const Workspace space;
    space.make_file("a.bin", 1);
    const std::string workflow = space.upload_workflow(R"("project":"me/my-project","files":["a.bin"])");
    const auto start = steady_clock::now();
    (void)space.ferry({"validate", workflow});
    return std::chrono::duration_cast<microseconds>(steady_clock::now() - start);
}

} // namespace

bool prove_kill(RoundOptions options) {
    options.kind = "kill";
    options.unit = "kills";
    const microseconds startup = measure_startup();
    Figures figures;
    const bool proven =
        run_rounds(options, [&](std::uint64_t seed) { return KillRound(seed, startup, figures).run(); });
    std::cout << figures.parts << " parts; sent again " << figures.parts_again << " of them, " << figures.bytes_again
              << " bytes: " << (figures.kills == 0 ? 0 : figures.bytes_again / figures.kills) << " a kill, at most "
              << figures.most_bytes_again << " a kill in a round; " << figures.strays << " strays in state directories"
              << std::endl;
    return proven;
}

} // namespace ferry::test
