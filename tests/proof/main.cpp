// The proof that nothing is lost and nothing is told that is not true: see long.sh.
#include "kill.hpp"
#include "storm.hpp"

#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <string_view>

namespace {

constexpr const char* usage = "usage: proof_rounds kill [--kills N] [--seed S] [--jobs J]\n"
                              "       proof_rounds storm [--operations N] [--seed S] [--jobs J]\n";

} // namespace

int main(int argc, char** argv) {
    const std::string_view kind = argc > 1 ? argv[1] : "";
    if ((kind != "kill" && kind != "storm") || argc % 2 != 0) {
        std::cerr << usage;
        return 2;
    }
    const bool kill = kind == "kill";
    ferry::test::RoundOptions options{.program = argv[0],
                                      .kind = std::string(kind),
                                      .unit = kill ? "kills" : "operations",
                                      .amount = kill ? 30u : 1000u,
                                      .seed = std::random_device()() % 1'000'000,
                                      .jobs = kill ? 2u : 8u};
    for (int i = 2; i + 1 < argc; i += 2) {
        const std::string option = argv[i];
        const std::uint64_t value = std::strtoull(argv[i + 1], nullptr, 10);
        if (option == "--" + options.unit)
            options.amount = value;
        else if (option == "--seed")
            options.seed = value;
        else if (option == "--jobs")
            options.jobs = static_cast<unsigned>(value);
        else {
            std::cerr << usage;
            return 2;
        }
    }
    return (kill ? ferry::test::prove_kill(options) : ferry::test::prove_storm(options)) ? 0 : 1;
}
