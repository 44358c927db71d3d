// The rate of each form of MD5 on one core, with all its lanes in use, beside OpenSSL's: a line for each.
//   bench_md5 BYTES
#include "hash/md5_runs.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

namespace {

constexpr std::size_t piece = 64u << 10; // of each lane, as the senders' buffers have them

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// GB a second.
double rate(const ferry::Md5Kernel& kernel, std::uint64_t size) {
    const auto lanes = static_cast<std::size_t>(kernel.lanes);
    std::vector<std::byte> bytes(lanes * piece, std::byte{0x5a});
    std::vector<ferry::Md5State> states(lanes);
    std::uint64_t hashed = 0;
    const double start = cpu_seconds();
    while (hashed < size) {
        std::vector<ferry::Md5Run> runs;
        for (std::size_t lane = 0; lane < lanes; ++lane)
            runs.push_back({&states[lane], bytes.data() + lane * piece, piece / ferry::md5_block});
        ferry::hash_runs(runs, std::span(&kernel, 1));
        hashed += bytes.size();
    }
    return static_cast<double>(hashed) / (cpu_seconds() - start) / 1e9;
}

} // namespace

int main(int count, char** words) {
    const std::uint64_t size = count > 1 ? std::strtoull(words[1], nullptr, 10) : std::uint64_t{1} << 30;
    const double openssl = rate(ferry::md5_kernels().front(), size);
    std::printf("%s %.2f GB/s\n", ferry::md5_kernels().front().name, openssl);
    for (const ferry::Md5Kernels& kernels : ferry::all_md5_kernels())
        for (const ferry::Md5Kernel& kernel : kernels.subspan(1)) {
            const double of_this = rate(kernel, size);
            std::printf("%s %.2f GB/s, %.1f times\n", kernel.name, of_this, of_this / openssl);
        }
    return 0;
}
