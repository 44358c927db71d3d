// Which step needs which: order, circles, upstream. No recursion: a chain may be 100,000 steps long.
#pragma once

#include <cstddef>
#include <vector>

namespace ferry {

class Graph {
  public:
    // needs[s]: the steps that step s needs.
    explicit Graph(std::vector<std::vector<std::size_t>> needs);

    const std::vector<std::size_t>& needs(std::size_t step) const { return needs_[step]; }
    const std::vector<std::size_t>& dependents(std::size_t step) const { return dependents_[step]; }
    // Circles, each as a -> b -> ... (needs) without a at its end again; every circle shares a need with one of them.
    std::vector<std::vector<std::size_t>> circles(std::size_t most) const;
    // All steps, each after those it needs, else by number; steps in and behind a circle are left out.
    std::vector<std::size_t> order() const;
    // True if `step` needs `other`, itself or through others.
    bool is_upstream(std::size_t other, std::size_t step) const;

  private:
    std::vector<std::vector<std::size_t>> needs_;
    std::vector<std::vector<std::size_t>> dependents_;
};

} // namespace ferry
