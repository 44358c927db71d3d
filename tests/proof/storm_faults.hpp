// Fault scripts by chance.
#pragma once

#include "chance.hpp"

#include <cstdint>
#include <string>

namespace ferry::test {

// Rules for one run with so many parts and files: each call that the run can make meets a fault about once in ten
// times. Left out is what Ferry cannot make good or rightly calls something else: `duplicate` of init (an upload that
// nobody can know of), `wrong_size`, `rename`, and a platform that calls an upload gone that it still has.
std::string random_faults(Chance& chance, std::uint64_t parts, std::uint64_t files);

} // namespace ferry::test
