// The kernels by their instruction sets; md5_kernel.cpp knows which the processor can run.
#pragma once

#include "hash/md5_kernel.hpp"

namespace ferry {

extern const Md5Kernel md5_openssl;
extern const Md5Kernel md5_portable_4;
extern const Md5Kernel md5_portable_8;
#if defined(__x86_64__)
extern const Md5Kernel md5_avx2_8;
extern const Md5Kernel md5_avx2_16;
extern const Md5Kernel md5_avx512_8;
extern const Md5Kernel md5_avx512_16;
extern const Md5Kernel md5_avx512_32;
#endif

} // namespace ferry
