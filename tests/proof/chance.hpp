// A repeatable sequence of choices: the same seed gives the same ones with every library.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace ferry::test {

class Chance {
  public:
    explicit Chance(std::uint64_t seed) : engine_(seed) {}

    std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
    std::uint64_t between(std::uint64_t least, std::uint64_t most) { return least + below(most - least + 1); }
    bool one_in(std::uint64_t number) { return below(number) == 0; }
    template <class Item> const Item& pick(const std::vector<Item>& items) {
        return items[static_cast<std::size_t>(below(items.size()))];
    }

  private:
    std::mt19937_64 engine_;
};

} // namespace ferry::test
