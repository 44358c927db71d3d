// The innermost loop of MD5 (RFC 1321), in the forms that processors offer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ferry {

// Hashes whole blocks of 64 bytes, of as many messages at once as it has lanes: `states[i]` is the four words of the
// i-th message, `bytes[i]` its next blocks, anywhere in memory. As nothing of one lane reaches another, the lanes may
// be at different places of their messages. Plain pointers: a kernel is compiled for its own instruction set, so it
// must not instantiate anything that other units have, too.
struct Md5Kernel {
    using Run = void(std::uint32_t* const* states, const std::byte* const* bytes, std::size_t blocks);
    const char* name;
    int lanes;
    Run* run;
};

constexpr std::size_t md5_block = 64; // bytes
constexpr int most_md5_lanes = 32;

// By lanes, fewest first; the first has one lane, and is OpenSSL's. A block takes all that have more about the same
// time, whatever their width: each step of MD5 waits for the one before, so a wider kernel is as fast with idle lanes.
using Md5Kernels = std::span<const Md5Kernel>;

// The best that this processor can run.
Md5Kernels md5_kernels();

// Every set that this processor can run, the best last; for tests and measurements.
std::span<const Md5Kernels> all_md5_kernels();

} // namespace ferry
