// Whole blocks of many messages, of any lengths, through the lanes of a kernel.
#pragma once

#include "hash/md5.hpp"
#include "hash/md5_kernel.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ferry {

// Of a message whose blocks so far have been hashed.
struct Md5State {
    std::array<std::uint32_t, 4> words{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
};

// Blocks that follow each other in one message.
struct Md5Run {
    Md5State* state = nullptr; // of this run alone
    const std::byte* bytes = nullptr;
    std::size_t blocks = 0;
};

// Hashes all of them. A lane whose run ends takes the next one; the longer runs are best put first. The runs are used
// up by it.
void hash_runs(std::span<Md5Run> runs, Md5Kernels kernels = md5_kernels());

// The digest of a message of `size` bytes: `state` has its whole blocks, `rest` is what is behind them.
Md5 finish_md5(Md5State state, std::span<const std::byte> rest, std::uint64_t size);

} // namespace ferry
