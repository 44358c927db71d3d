// OpenSSL offers its block function, with a state of the caller's, by these deprecated names only; so this is a unit of
// its own.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>

#include "hash/md5_kernel_sets.hpp"

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

} // namespace

const Md5Kernel md5_openssl{"OpenSSL, 1 lane", 1, run_openssl};

} // namespace ferry
