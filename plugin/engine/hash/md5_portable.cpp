// Four lanes: SSE2 on every x86-64, NEON on every AArch64, whatever the compiler makes of it elsewhere.
#include "hash/md5_lanes.hpp"

#include "hash/md5_kernel_sets.hpp"

namespace ferry {

const Md5Kernel md5_portable_4{"portable, 4 lanes", 4, md5_blocks<4, 1>};
const Md5Kernel md5_portable_8{"portable, 2 times 4 lanes", 8, md5_blocks<4, 2>};

} // namespace ferry
