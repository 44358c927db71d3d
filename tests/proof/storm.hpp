// Uploads through faults of every kind on both sides, run again until they are done.
#pragma once

#include "rounds.hpp"

namespace ferry::test {

// True if no run answered success without every file whole, each failure was told, and each round ended whole. Tells
// figures on standard output.
bool prove_storm(RoundOptions options);

} // namespace ferry::test
