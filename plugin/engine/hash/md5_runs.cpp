#include "hash/md5_runs.hpp"

#include <algorithm>
#include <cstring>

namespace ferry {
namespace {

const Md5Kernel& narrowest_for(std::size_t runs, Md5Kernels kernels) {
    for (const Md5Kernel& kernel : kernels)
        if (static_cast<std::size_t>(kernel.lanes) >= runs)
            return kernel;
    return kernels.back();
}

// Runs the lanes up to the end of the shortest.
void hash_side_by_side(std::span<Md5Run* const> runs, const Md5Kernel& kernel) {
    std::array<std::uint32_t*, most_md5_lanes> states{};
    std::array<const std::byte*, most_md5_lanes> bytes{};
    std::array<Md5State, most_md5_lanes> idle;
    std::size_t blocks = runs.front()->blocks;
    for (const Md5Run* run : runs)
        blocks = std::min(blocks, run->blocks);
    for (std::size_t lane = 0; lane < static_cast<std::size_t>(kernel.lanes); ++lane) {
        const bool busy = lane < runs.size();
        states[lane] = busy ? runs[lane]->state->words.data() : idle[lane].words.data();
        bytes[lane] = busy ? runs[lane]->bytes : runs.front()->bytes;
    }
    kernel.run(states.data(), bytes.data(), blocks);
    for (Md5Run* run : runs) {
        run->bytes += blocks * md5_block;
        run->blocks -= blocks;
    }
}

} // namespace

void hash_runs(std::span<Md5Run> runs, Md5Kernels kernels) {
    const auto widest = static_cast<std::size_t>(kernels.back().lanes);
    std::array<Md5Run*, most_md5_lanes> lanes{};
    std::size_t busy = 0;
    auto next = runs.begin();
    for (;;) {
        for (; next != runs.end() && busy < widest; ++next)
            if (next->blocks > 0)
                lanes[busy++] = &*next;
        if (busy == 0)
            return;
        const std::span<Md5Run* const> active(lanes.data(), busy);
        hash_side_by_side(active, narrowest_for(busy, kernels));
        const auto left = std::remove_if(lanes.begin(), lanes.begin() + static_cast<std::ptrdiff_t>(busy),
                                         [](const Md5Run* run) { return run->blocks == 0; });
        busy = static_cast<std::size_t>(left - lanes.begin());
    }
}

Md5 finish_md5(Md5State state, std::span<const std::byte> rest, std::uint64_t size) {
    // One bit, zeros, and the length in bits at the end of a block.
    std::array<std::byte, 2 * md5_block> end{};
    std::copy(rest.begin(), rest.end(), end.begin());
    end[rest.size()] = std::byte{0x80};
    const std::size_t blocks = rest.size() + 1 + sizeof size <= md5_block ? 1 : 2;
    const std::uint64_t bits = size * 8; // modulo 2^64, as RFC 1321 has it
    std::memcpy(end.data() + blocks * md5_block - sizeof bits, &bits, sizeof bits);
    Md5Run run{&state, end.data(), blocks};
    hash_runs(std::span(&run, 1));
    Md5 digest;
    std::memcpy(digest.data(), state.words.data(), digest.size());
    return digest;
}

} // namespace ferry
