// The process's part slots: TBB threads for all upload steps, so that each gets the slots it asks for on any number of
// processors. TBB's headers stay in the .cpp.
#pragma once

#include <functional>
#include <memory>

namespace ferry {

class SlotCrew;

// Made once per process, by the plugin's open(); threads start with the first slots. Thread-safe. Outlives all crews.
class SlotArena {
  public:
    // Two steps of 64 slots and a few small ones at once; further slots begin when others end. There are no more
    // threads than slots were asked for at once.
    static constexpr int capacity = 160;

    SlotArena();
    ~SlotArena();
    SlotArena(const SlotArena&) = delete;
    SlotArena& operator=(const SlotArena&) = delete;

    // Slots that can really run at once: lower than `capacity` where other code in the process holds TBB to less.
    int effective_capacity() const;

  private:
    friend class SlotCrew; // and its State
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// The slots of one step. Not thread-safe but for what runs in the slots.
class SlotCrew {
  public:
    // Starts `slots` calls of work(), each as one TBB task. A call may block; an exception that leaves it is a defect
    // and ends the process. The constructor does not wait, and the calling thread never runs slots of any step.
    SlotCrew(SlotArena& arena, int slots, std::function<void()> work);
    ~SlotCrew(); // join()
    SlotCrew(const SlotCrew&) = delete;
    SlotCrew& operator=(const SlotCrew&) = delete;

    // Waits for the slots that have begun; those that have not, for want of free threads, never will.
    void join();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace ferry
