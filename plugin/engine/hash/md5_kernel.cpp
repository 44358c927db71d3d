#include "hash/md5_kernel.hpp"

#include "hash/md5_kernel_sets.hpp"

// OpenSSL offers its block function, with a state of the caller's, by these deprecated names only.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>

#include <array>
#include <vector>

namespace ferry {
namespace {

void run_openssl(std::uint32_t* const* states, const std::byte* const* bytes, std::size_t blocks) {
    MD5_CTX context;
    MD5_Init(&context);
    std::uint32_t* state = states[0];
    context.A = state[0];
    context.B = state[1];
    context.C = state[2];
    context.D = state[3];
    MD5_Update(&context, bytes[0], blocks * md5_block);
    state[0] = context.A;
    state[1] = context.B;
    state[2] = context.C;
    state[3] = context.D;
}

constexpr Md5Kernel openssl{"OpenSSL, 1 lane", 1, run_openssl};

struct Sets {
    std::array<Md5Kernel, 3> portable{openssl, md5_portable_4, md5_portable_8};
#if defined(__x86_64__)
    std::array<Md5Kernel, 3> avx2{openssl, md5_avx2_8, md5_avx2_16};
    std::array<Md5Kernel, 4> avx512{openssl, md5_avx512_8, md5_avx512_16, md5_avx512_32};
#endif
    std::vector<Md5Kernels> usable{portable};

    Sets() {
#if defined(__x86_64__)
        __builtin_cpu_init();
        if (__builtin_cpu_supports("avx2"))
            usable.emplace_back(avx2);
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
            usable.emplace_back(avx512);
#endif
    }
};

const Sets& sets() {
    static const Sets all;
    return all;
}

} // namespace

Md5Kernels md5_kernels() {
    return sets().usable.back();
}

std::span<const Md5Kernels> all_md5_kernels() {
    return sets().usable;
}

} // namespace ferry
