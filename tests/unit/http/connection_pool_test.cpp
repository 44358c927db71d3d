#include "http/connection_pool.hpp"

#include <doctest/doctest.h>

#include <array>
#include <sys/socket.h>

namespace ferry::test {

namespace {

struct Line {
    Connection connection;
    Descriptor peer;
    int fd = -1;
};

Line line() {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    Line made{.connection = {.stream = std::make_unique<PlainStream>(Descriptor(ends[0]))},
              .peer = Descriptor(ends[1]),
              .fd = ends[0]};
    return made;
}

const std::string here = "http://here";

} // namespace

TEST_CASE("the connection used last comes first, and each is lent once") {
    ConnectionPool pool;
    Line first = line();
    Line second = line();
    pool.give_back(here, std::move(first.connection));
    pool.give_back(here, std::move(second.connection));
    CHECK_FALSE(pool.take("http://there", ConnectionPool::longest_idle));
    const auto one = pool.take(here, ConnectionPool::longest_idle);
    REQUIRE(one);
    CHECK(one->stream->fd() == second.fd);
    const auto other = pool.take(here, ConnectionPool::longest_idle);
    REQUIRE(other);
    CHECK(other->stream->fd() == first.fd);
    CHECK_FALSE(pool.take(here, ConnectionPool::longest_idle));
}

TEST_CASE("a connection that the peer has closed, or on which it speaks unasked, is not lent") {
    ConnectionPool pool;
    Line closed = line();
    Line noisy = line();
    Line good = line();
    pool.give_back(here, std::move(good.connection));
    pool.give_back(here, std::move(closed.connection));
    pool.give_back(here, std::move(noisy.connection));
    closed.peer = Descriptor();
    REQUIRE(::send(noisy.peer.get(), "x", 1, MSG_NOSIGNAL) == 1);
    const auto taken = pool.take(here, ConnectionPool::longest_idle);
    REQUIRE(taken);
    CHECK(taken->stream->fd() == good.fd);
}

TEST_CASE("one that has rested for longer than a caller allows stays for others") {
    ConnectionPool pool;
    Line only = line();
    pool.give_back(here, std::move(only.connection));
    CHECK_FALSE(pool.take(here, ConnectionPool::Idle(-1)));
    CHECK(pool.take(here, ConnectionPool::longest_idle));
}

TEST_CASE("there are bounds to what is kept: the oldest goes") {
    ConnectionPool pool;
    Line first = line();
    pool.give_back(here, std::move(first.connection));
    std::vector<Line> more;
    for (std::size_t i = 0; i < ConnectionPool::max_idle; ++i) {
        more.push_back(line());
        pool.give_back(here, std::move(more.back().connection));
    }
    char byte = 0;
    CHECK(::recv(first.peer.get(), &byte, 1, MSG_DONTWAIT) == 0); // closed
    CHECK(::recv(more.front().peer.get(), &byte, 1, MSG_DONTWAIT) < 0);

    for (std::size_t i = 0; i < ConnectionPool::max_origins; ++i)
        pool.give_back("http://" + std::to_string(i), line().connection);
    CHECK(::recv(more.front().peer.get(), &byte, 1, MSG_DONTWAIT) == 0);
}

} // namespace ferry::test
