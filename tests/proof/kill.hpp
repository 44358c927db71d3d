// Uploads that are killed at any moment and run again.
#pragma once

#include "rounds.hpp"

namespace ferry::test {

// True if every round ended whole. Tells figures on standard output.
bool prove_kill(RoundOptions options);

} // namespace ferry::test
