// MD5 (RFC 1321) of several messages at once, one in each 32-bit lane of a vector. Only for the kernels' units: each
// compiles it for its own instruction set, so all is in a namespace without a name and uses nothing of the library,
// else the linker might take code of one set into a program that runs on another.
//
// One set of lanes is bound by MD5's chain, not by its work: four operations a step, one after the other. On an AMD
// EPYC whose vector operations take two cycles (0.49 ns), eight lanes can do 4.06 GB/s at most; this does 3.96. Some of
// the messages in the general registers at the same time made it slower in each mix that was tried: 1.2 to 3.0 GB/s.
#pragma once

#include "hash/md5_kernel.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace ferry {
namespace {

#define FERRY_INLINE inline __attribute__((always_inline))

static_assert(std::endian::native == std::endian::little, "MD5 reads its words as little-endian");

template <int Lanes> struct LaneWords {
    typedef std::uint32_t Type __attribute__((vector_size(Lanes * sizeof(std::uint32_t))));
};
template <int Lanes> using Words = typename LaneWords<Lanes>::Type;

// The functions of the four rounds. `a` waits for `b`, which is the newest: what can be done without it comes first.
template <int Lanes> struct Functions {
    using V = Words<Lanes>;
    static FERRY_INLINE V f(V b, V c, V d) { return d ^ (b & (c ^ d)); }
    static FERRY_INLINE V g(V b, V c, V d) { return (b & d) | (c & ~d); }
    static FERRY_INLINE V h(V b, V c, V d) { return b ^ (c ^ d); }
    static FERRY_INLINE V i(V b, V c, V d) { return c ^ (b | ~d); }
};

// RFC 1321, 3.4.
constexpr std::uint32_t sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
constexpr int turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

constexpr int word_of_step(int step) {
    switch (step / 16) {
    case 0:
        return step % 16;
    case 1:
        return (5 * step + 1) % 16;
    case 2:
        return (3 * step + 5) % 16;
    default:
        return 7 * step % 16;
    }
}

template <int Step, int Lanes> FERRY_INLINE void md5_step(Words<Lanes>* state, const Words<Lanes>* words) {
    using V = Words<Lanes>;
    using Fn = Functions<Lanes>;
    constexpr int first = (64 - Step) % 4;
    constexpr int round = Step / 16;
    constexpr int turn = turns[round][Step % 4];
    V& a = state[first];
    const V b = state[(first + 1) % 4];
    const V c = state[(first + 2) % 4];
    const V d = state[(first + 3) % 4];
    a += words[word_of_step(Step)] + sines[Step];
    if constexpr (round == 0) {
        a += Fn::f(b, c, d);
    } else if constexpr (round == 1) {
        a += Fn::g(b, c, d);
    } else if constexpr (round == 2) {
        a += Fn::h(b, c, d);
    } else {
        a += Fn::i(b, c, d);
    }
    a = ((a << turn) | (a >> (32 - turn))) + b;
}

// The sets' steps by turns: one set's next step has not to wait for the other's.
template <int Step, int Lanes, int Sets>
FERRY_INLINE void md5_steps(Words<Lanes> (*states)[4], const Words<Lanes> (*words)[16]) {
    if constexpr (Step < 64) {
        for (int set = 0; set < Sets; ++set)
            md5_step<Step, Lanes>(states[set], words[set]);
        md5_steps<Step + 1, Lanes, Sets>(states, words);
    }
}

FERRY_INLINE Words<4> load_quad(const std::byte* bytes) {
    Words<4> quad;
    __builtin_memcpy(&quad, bytes, sizeof quad);
    return quad;
}

// Sixteen bytes of every fourth message, side by side.
template <int Lanes> FERRY_INLINE Words<Lanes> load_quads(const std::byte* const* messages, std::size_t at) {
    if constexpr (Lanes == 4) {
        return load_quad(messages[0] + at);
    } else if constexpr (Lanes == 8) {
        return __builtin_shufflevector(load_quad(messages[0] + at), load_quad(messages[4] + at), 0, 1, 2, 3, 4, 5, 6,
                                       7);
    } else {
        return __builtin_shufflevector(load_quads<8>(messages, at), load_quads<8>(messages + 8, at), 0, 1, 2, 3, 4, 5,
                                       6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    }
}

// Of each group of four lanes the four words that are chosen: 0 to 3 are those of a, 4 to 7 those of b.
template <int Lanes, int... Chosen, int... Lane>
FERRY_INLINE Words<Lanes> choose(Words<Lanes> a, Words<Lanes> b, std::integer_sequence<int, Lane...>) {
    constexpr int words[] = {Chosen...};
    return __builtin_shufflevector(a, b, (words[Lane % 4] / 4 * Lanes + Lane / 4 * 4 + words[Lane % 4] % 4)...);
}
template <int Lanes, int... Chosen> FERRY_INLINE Words<Lanes> choose(Words<Lanes> a, Words<Lanes> b) {
    return choose<Lanes, Chosen...>(a, b, std::make_integer_sequence<int, Lanes>());
}

// The sixteen words of each message's block at `at`: words[j] has the j-th of all.
template <int Lanes>
FERRY_INLINE void load_block(Words<Lanes>* words, const std::byte* const* messages, std::size_t at) {
    using V = Words<Lanes>;
    for (int quad = 0; quad < 4; ++quad, at += 16) {
        const V rows[4] = {load_quads<Lanes>(messages, at), load_quads<Lanes>(messages + 1, at),
                           load_quads<Lanes>(messages + 2, at), load_quads<Lanes>(messages + 3, at)};
        const V low[2] = {choose<Lanes, 0, 4, 1, 5>(rows[0], rows[1]), choose<Lanes, 0, 4, 1, 5>(rows[2], rows[3])};
        const V high[2] = {choose<Lanes, 2, 6, 3, 7>(rows[0], rows[1]), choose<Lanes, 2, 6, 3, 7>(rows[2], rows[3])};
        words[4 * quad] = choose<Lanes, 0, 1, 4, 5>(low[0], low[1]);
        words[4 * quad + 1] = choose<Lanes, 2, 3, 6, 7>(low[0], low[1]);
        words[4 * quad + 2] = choose<Lanes, 0, 1, 4, 5>(high[0], high[1]);
        words[4 * quad + 3] = choose<Lanes, 2, 3, 6, 7>(high[0], high[1]);
    }
}

// A kernel of Sets vectors of Lanes lanes.
template <int Lanes, int Sets>
void md5_blocks(std::uint32_t* const* states, const std::byte* const* messages, std::size_t blocks) {
    using V = Words<Lanes>;
    V now[Sets][4];
    for (int set = 0; set < Sets; ++set)
        for (int word = 0; word < 4; ++word)
            for (int lane = 0; lane < Lanes; ++lane)
                now[set][word][lane] = states[set * Lanes + lane][word];
    for (std::size_t block = 0; block < blocks; ++block) {
        V before[Sets][4];
        V words[Sets][16];
        for (int set = 0; set < Sets; ++set) {
            for (int word = 0; word < 4; ++word)
                before[set][word] = now[set][word];
            load_block<Lanes>(words[set], messages + set * Lanes, block * md5_block);
        }
        md5_steps<0, Lanes, Sets>(now, words);
        for (int set = 0; set < Sets; ++set)
            for (int word = 0; word < 4; ++word)
                now[set][word] += before[set][word];
    }
    for (int set = 0; set < Sets; ++set)
        for (int word = 0; word < 4; ++word)
            for (int lane = 0; lane < Lanes; ++lane)
                states[set * Lanes + lane][word] = now[set][word][lane];
}

#undef FERRY_INLINE

} // namespace
} // namespace ferry
