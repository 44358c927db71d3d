// Files of which several are hashed at once.
#pragma once

#include "base/cancel.hpp"
#include "transfer/slot_arena.hpp"

#include <cstddef>
#include <functional>

namespace ferry {

// Calls work(0) to work(count - 1) in up to `parallel` slots, and tick() a few times a second on this thread meanwhile.
// Returns when all calls have ended; after a cancel no further ones begin. work() must be thread-safe.
void run_in_slots(SlotArena& arena, std::size_t count, int parallel, const CancelToken& cancel,
                  const std::function<void(std::size_t)>& work, const std::function<void()>& tick);

} // namespace ferry
