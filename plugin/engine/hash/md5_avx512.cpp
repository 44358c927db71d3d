// Compiled for AVX-512 (F and VL), and run only where the processor has both.
#include "hash/md5_lanes.hpp"

#include "hash/md5_kernel_sets.hpp"

#include <immintrin.h>

namespace ferry {
namespace {

// Any function of three bits is one instruction here. The number is its truth table, b being the highest bit.
constexpr int f_table = 0xca;
constexpr int g_table = 0xe4;
constexpr int h_table = 0x96;
constexpr int i_table = 0x39;

template <int Lanes>
requires(Lanes >= 8) struct Functions<Lanes> {
    using V = Words<Lanes>;
    template <int Table> static inline __attribute__((always_inline)) V of(V b, V c, V d) {
        if constexpr (Lanes == 8)
            return reinterpret_cast<V>(_mm256_ternarylogic_epi32(
                reinterpret_cast<__m256i>(b), reinterpret_cast<__m256i>(c), reinterpret_cast<__m256i>(d), Table));
        else
            return reinterpret_cast<V>(_mm512_ternarylogic_epi32(
                reinterpret_cast<__m512i>(b), reinterpret_cast<__m512i>(c), reinterpret_cast<__m512i>(d), Table));
    }
    static inline __attribute__((always_inline)) V f(V b, V c, V d) { return of<f_table>(b, c, d); }
    static inline __attribute__((always_inline)) V g(V b, V c, V d) { return of<g_table>(b, c, d); }
    static inline __attribute__((always_inline)) V h(V b, V c, V d) { return of<h_table>(b, c, d); }
    static inline __attribute__((always_inline)) V i(V b, V c, V d) { return of<i_table>(b, c, d); }
};

} // namespace

const Md5Kernel md5_avx512_8{"AVX-512, 8 lanes", 8, md5_blocks<8, 1>};
const Md5Kernel md5_avx512_16{"AVX-512, 16 lanes", 16, md5_blocks<16, 1>};
const Md5Kernel md5_avx512_32{"AVX-512, 2 times 16 lanes", 32, md5_blocks<16, 2>};

} // namespace ferry
