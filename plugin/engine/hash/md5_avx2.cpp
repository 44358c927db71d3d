// Compiled for AVX2, and run only where the processor has it.
#include "hash/md5_lanes.hpp"

#include "hash/md5_kernel_sets.hpp"

namespace ferry {

const Md5Kernel md5_avx2_8{"AVX2, 8 lanes", 8, md5_blocks<8, 1>};
const Md5Kernel md5_avx2_16{"AVX2, 2 times 8 lanes", 16, md5_blocks<8, 2>};

} // namespace ferry
