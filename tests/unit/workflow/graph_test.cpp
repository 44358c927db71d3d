#include "workflow/graph.hpp"

#include <doctest/doctest.h>

using namespace ferry;
using Steps = std::vector<std::size_t>;

TEST_CASE("steps come after what they need, else in the file's order") {
    const Graph graph({{2}, {}, {}, {0, 1}});
    CHECK(graph.order() == Steps{1, 2, 0, 3});
    CHECK(graph.circles(20).empty());
    CHECK(graph.dependents(0) == Steps{3});
}

TEST_CASE("circles are found, and what is in or behind them has no order") {
    const Graph graph({{1}, {2}, {0}, {0}, {}, {5}});
    const auto circles = graph.circles(20);
    REQUIRE(circles.size() == 2);
    CHECK(circles[0] == Steps{0, 1, 2});
    CHECK(circles[1] == Steps{5});
    CHECK(graph.order() == Steps{4});
}

TEST_CASE("upstream goes through others, and not the other way") {
    const Graph graph({{}, {0}, {1}, {}});
    CHECK(graph.is_upstream(0, 1));
    CHECK(graph.is_upstream(0, 2));
    CHECK_FALSE(graph.is_upstream(2, 0));
    CHECK_FALSE(graph.is_upstream(3, 2));
    CHECK_FALSE(graph.is_upstream(2, 2));
}

TEST_CASE("upstream ends in a circle too") {
    const Graph graph({{1}, {0}, {}});
    CHECK(graph.is_upstream(0, 0));
    CHECK_FALSE(graph.is_upstream(2, 0));
}

TEST_CASE("a chain of 100,000 steps overflows no stack") {
    std::vector<Steps> needs(100'000);
    for (std::size_t i = 1; i < needs.size(); ++i)
        needs[i] = {i - 1};
    const Graph chain(needs);
    CHECK(chain.circles(20).empty());
    CHECK(chain.order().size() == needs.size());
    CHECK(chain.is_upstream(0, needs.size() - 1));
    needs[0] = {needs.size() - 1};
    const auto circles = Graph(needs).circles(20);
    REQUIRE(circles.size() == 1);
    CHECK(circles[0].size() == needs.size());
}
