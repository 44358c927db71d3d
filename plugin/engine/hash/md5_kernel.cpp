#include "hash/md5_kernel.hpp"

#include "hash/md5_kernel_sets.hpp"

#include <array>
#include <vector>

namespace ferry {
namespace {

struct Sets {
    std::array<Md5Kernel, 3> portable{md5_openssl, md5_portable_4, md5_portable_8};
#if defined(__x86_64__)
    std::array<Md5Kernel, 3> avx2{md5_openssl, md5_avx2_8, md5_avx2_16};
    std::array<Md5Kernel, 4> avx512{md5_openssl, md5_avx512_8, md5_avx512_16, md5_avx512_32};
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
