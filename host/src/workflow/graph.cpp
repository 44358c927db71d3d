#include "workflow/graph.hpp"

#include <algorithm>
#include <functional>
#include <queue>

namespace ferry {

Graph::Graph(std::vector<std::vector<std::size_t>> needs) : needs_(std::move(needs)), dependents_(needs_.size()) {
    for (std::size_t step = 0; step < needs_.size(); ++step)
        for (const std::size_t need : needs_[step])
            dependents_[need].push_back(step);
}

std::vector<std::vector<std::size_t>> Graph::circles(std::size_t most) const {
    enum class Seen : char { no, on_path, done };
    struct Visit {
        std::size_t step;
        std::size_t next; // of its needs
    };
    std::vector<std::vector<std::size_t>> out;
    std::vector<Seen> seen(needs_.size(), Seen::no);
    for (std::size_t start = 0; start < needs_.size(); ++start) {
        if (seen[start] != Seen::no)
            continue;
        std::vector<Visit> path{{start, 0}};
        seen[start] = Seen::on_path;
        while (!path.empty()) {
            auto& [step, next] = path.back();
            if (next == needs_[step].size()) {
                seen[step] = Seen::done;
                path.pop_back();
                continue;
            }
            const std::size_t need = needs_[step][next++];
            if (seen[need] == Seen::no) {
                seen[need] = Seen::on_path;
                path.push_back({need, 0});
            } else if (seen[need] == Seen::on_path && out.size() < most) {
                auto& circle = out.emplace_back();
                auto from = std::find_if(path.begin(), path.end(), [&](const Visit& v) { return v.step == need; });
                std::transform(from, path.end(), std::back_inserter(circle), [](const Visit& v) { return v.step; });
            }
        }
    }
    return out;
}

std::vector<std::size_t> Graph::order() const {
    std::vector<std::size_t> open(needs_.size());
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t step = 0; step < needs_.size(); ++step) {
        open[step] = needs_[step].size();
        if (open[step] == 0)
            ready.push(step);
    }
    std::vector<std::size_t> out;
    while (!ready.empty()) {
        const std::size_t step = ready.top();
        ready.pop();
        out.push_back(step);
        for (const std::size_t dependent : dependents_[step])
            if (--open[dependent] == 0)
                ready.push(dependent);
    }
    return out;
}

bool Graph::is_upstream(std::size_t other, std::size_t step) const {
    const auto& direct = needs_[step];
    if (std::find(direct.begin(), direct.end(), other) != direct.end())
        return true;
    std::vector<bool> seen(needs_.size(), false);
    std::vector<std::size_t> open(direct.begin(), direct.end());
    while (!open.empty()) {
        const std::size_t here = open.back();
        open.pop_back();
        if (here == other)
            return true;
        if (seen[here])
            continue;
        seen[here] = true;
        open.insert(open.end(), needs_[here].begin(), needs_[here].end());
    }
    return false;
}

} // namespace ferry
