#include "hash/part_hasher.hpp"
#include "some_bytes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace ferry::test {
namespace {

constexpr auto no_patience = std::chrono::microseconds(0);

// Puts at most `most` bytes more of it; false at the end.
bool put_some(PartHash& hash, const Bytes& part, std::size_t& done, std::size_t most) {
    const std::span<std::byte> room = hash.room(most);
    REQUIRE(!room.empty());
    REQUIRE(room.size() <= most);
    const std::size_t count = std::min(room.size(), part.size() - done);
    std::copy_n(part.begin() + static_cast<std::ptrdiff_t>(done), count, room.begin());
    hash.put(count);
    done += count;
    return done < part.size();
}

Md5 hash_whole(PartHasher& hasher, std::span<std::byte> ring, const Bytes& part, std::size_t most) {
    PartHash hash(hasher, ring, part.size());
    for (std::size_t done = 0; put_some(hash, part, done, most);) {
    }
    return hash.finish();
}

} // namespace

TEST_CASE("a lone part, of any size and in any pieces") {
    PartHasher hasher;
    for (const std::size_t size : {0, 1, 63, 64, 65, 255, 256, 257, 1000, 5000, 99'999})
        for (const std::size_t most : {1, 7, 64, 100, 1'000'000}) {
            CAPTURE(size);
            CAPTURE(most);
            const Bytes part = some_bytes(size, static_cast<unsigned>(size));
            Bytes ring(512);
            CHECK(hash_whole(hasher, ring, part, most) == by_openssl(part));
        }
}

TEST_CASE("parts that one thread puts by turns, in unequal steps, are hashed in each other's company") {
    std::minstd_rand random(8);
    for (const Md5Kernels& kernels : all_md5_kernels()) {
        PartHasher hasher(kernels, no_patience);
        std::vector<Bytes> parts;
        std::vector<Bytes> rings;
        for (unsigned i = 0; i < 40; ++i) {
            parts.push_back(some_bytes(random() % 30'000, i));
            rings.emplace_back(std::size_t{256} << (i % 6));
        }
        std::vector<std::unique_ptr<PartHash>> hashes;
        for (std::size_t i = 0; i < parts.size(); ++i)
            hashes.push_back(std::make_unique<PartHash>(hasher, rings[i], parts[i].size()));
        std::vector<std::size_t> done(parts.size(), 0);
        for (int turn = 0; turn < 20; ++turn)
            for (std::size_t i = 0; i < parts.size(); ++i)
                if (random() % 3 > 0)
                    put_some(*hashes[i], parts[i], done[i], 1 + random() % 3000);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            while (done[i] < parts[i].size())
                put_some(*hashes[i], parts[i], done[i], parts[i].size());
            CHECK(hashes[i]->finish() == by_openssl(parts[i]));
        }
    }
}

TEST_CASE("a part that starts over counts from its start") {
    PartHasher hasher;
    const Bytes part = some_bytes(3000, 3);
    Bytes ring(1024);
    PartHash hash(hasher, ring, part.size());
    std::size_t done = 0;
    for (int i = 0; i < 5; ++i)
        put_some(hash, part, done, 300);
    hash.restart();
    done = 0;
    while (put_some(hash, part, done, 700)) {
    }
    CHECK(hash.finish() == by_openssl(part));
}

// Kernels that tell how they were called. One lane, or four.
std::vector<int> lanes_called;
std::function<void()> in_kernel;

template <int Lanes> void recorded(std::uint32_t* const* states, const std::byte* const* bytes, std::size_t blocks) {
    lanes_called.push_back(Lanes);
    if (in_kernel)
        in_kernel();
    for (int lane = 0; lane < Lanes; ++lane)
        md5_kernels().front().run(states + lane, bytes + lane, blocks);
}

constexpr Md5Kernel recording[] = {{"one", 1, recorded<1>}, {"four", 4, recorded<4>}};

struct Recorded {
    Recorded() {
        lanes_called.clear();
        in_kernel = nullptr;
    }
    ~Recorded() { in_kernel = nullptr; }
};

// Some parts of 100,000 bytes, in rings of 1024.
struct Parts {
    Parts(PartHasher& hasher, std::size_t count) : rings(count, Bytes(1024)), content(some_bytes(100'000, 9)) {
        for (Bytes& ring : rings)
            hashes.push_back(std::make_unique<PartHash>(hasher, ring, content.size()));
        done.resize(count, 0);
    }
    void put(std::size_t part, std::size_t bytes) {
        for (const std::size_t end = done[part] + bytes; done[part] < end;)
            put_some(*hashes[part], content, done[part], end - done[part]);
    }
    std::vector<Bytes> rings;
    Bytes content;
    std::vector<std::unique_ptr<PartHash>> hashes;
    std::vector<std::size_t> done;
};

constexpr auto for_ever = std::chrono::hours(1);

TEST_CASE("parts whose rings are half full are hashed by one call, once all have come so far") {
    const Recorded record;
    PartHasher hasher(recording, for_ever);
    Parts parts(hasher, 4);
    for (std::size_t i = 0; i < 4; ++i)
        parts.put(i, 1);
    for (std::size_t i = 0; i < 3; ++i)
        parts.put(i, 600);
    CHECK(lanes_called.empty());
    parts.put(3, 600);
    CHECK(lanes_called == std::vector<int>{4});
}

TEST_CASE("a lone part does not wait for anybody") {
    const Recorded record;
    PartHasher hasher(recording, for_ever);
    Parts parts(hasher, 1);
    parts.put(0, 511);
    CHECK(lanes_called.empty());
    parts.put(0, 1);
    CHECK(lanes_called == std::vector<int>{1});
}

TEST_CASE("parts that have not begun, have all their bytes, or are gone keep nobody waiting") {
    const Recorded record;
    PartHasher hasher(recording, for_ever);
    Parts parts(hasher, 2); // the second has not begun
    Bytes ring(1024);
    const Bytes small = some_bytes(100, 1);
    PartHash whole(hasher, ring, small.size());
    std::size_t done = 0;
    put_some(whole, small, done, small.size());
    Parts gone(hasher, 1);
    gone.put(0, 10);
    gone.hashes.clear();
    parts.put(0, 512);
    CHECK(lanes_called == std::vector<int>{1});
}

TEST_CASE("a part that does not move is waited for once") {
    const Recorded record;
    PartHasher hasher(recording, std::chrono::microseconds(1));
    Parts parts(hasher, 2);
    parts.put(1, 10); // and then its line is dead
    parts.put(0, 1024);
    CHECK(lanes_called.empty());
    parts.put(0, 1);                 // the ring is full: waits for the other, in vain
    CHECK(lanes_called.size() == 2); // what it had to, and then the half that was left
    parts.put(0, 511);
    CHECK(lanes_called.size() == 3); // half full again
    for (std::size_t calls = 3; calls < 9; calls += 2) {
        parts.put(1, 512); // one that comes once in a while
        parts.put(0, 512);
        CHECK(lanes_called.size() == calls + 1); // is taken along
        parts.put(0, 512);
        CHECK(lanes_called.size() == calls + 2); // and not waited for
    }
}

TEST_CASE("a part that has fallen behind is waited for again once it keeps pace") {
    const Recorded record;
    PartHasher hasher(recording, std::chrono::microseconds(1));
    Parts parts(hasher, 2);
    parts.put(1, 10);
    parts.put(0, 1025); // in vain
    for (int i = 0; i < 3; ++i) {
        parts.put(1, 400);
        parts.put(0, 512);
    }
    lanes_called.clear();
    parts.put(0, 600);
    CHECK(lanes_called.empty());
    parts.put(1, 600);
    CHECK(lanes_called == std::vector<int>{4});
}

// What `leave` does to a part whose bytes another slot hashes has to wait until that one is through.
bool waits_for_the_kernel(const std::function<void(Parts&)>& leave) {
    const Recorded record;
    PartHasher hasher(recording, for_ever);
    Parts parts(hasher, 2);
    parts.put(0, 1);
    parts.put(1, 600);
    std::atomic<bool> begun = false;
    std::atomic<bool> left = false;
    bool left_too_early = false;
    std::thread other;
    bool first = true;
    in_kernel = [&] {
        if (!std::exchange(first, false))
            return;
        other = std::thread([&] {
            begun = true;
            begun.notify_one();
            leave(parts);
            left = true;
        });
        begun.wait(false);
        for (int i = 0; i < 2000 && !left; ++i)
            std::this_thread::yield();
        left_too_early = left;
    };
    parts.put(0, 600);
    REQUIRE(other.joinable());
    other.join();
    return !left_too_early;
}

TEST_CASE("a part that ends, starts over or is finished while another slot hashes its bytes waits for that") {
    CHECK(waits_for_the_kernel([](Parts& parts) { parts.hashes[1].reset(); }));
    CHECK(waits_for_the_kernel([](Parts& parts) { parts.hashes[1]->restart(); }));
    CHECK(waits_for_the_kernel([](Parts& parts) { parts.hashes[1]->finish(); }));
}

TEST_CASE("slots on threads of their own: each part has its MD5, also where one stops in the middle of its part") {
    PartHasher hasher(md5_kernels(), std::chrono::microseconds(50));
    Bytes idle_ring(4096);
    PartHash idle(hasher, idle_ring, 1'000'000); // begun, and its line is dead
    idle.put(idle.room(3000).size());
    std::vector<std::thread> slots;
    std::vector<int> wrong(12, 0);
    for (unsigned slot = 0; slot < 12; ++slot)
        slots.emplace_back([&, slot] {
            std::minstd_rand random(slot + 100);
            Bytes ring(16'384);
            for (int round = 0; round < 20; ++round) {
                const Bytes part = some_bytes(random() % 200'000, static_cast<unsigned>(random()));
                auto stream = Md5Stream::make();
                stream->update(part);
                if (random() % 3 == 0) { // given up in the middle
                    PartHash lost(hasher, ring, part.size() + 1);
                    std::size_t done = 0;
                    for (int i = 0; i < 5; ++i)
                        put_some(lost, part, done, 5000);
                    if (random() % 2 == 0)
                        lost.restart();
                }
                const Md5 digest = hash_whole(hasher, ring, part, 1 + random() % 9000);
                wrong[slot] += digest == *stream->finish() ? 0 : 1;
            }
        });
    for (std::thread& slot : slots)
        slot.join();
    CHECK(wrong == std::vector<int>(12, 0));
}

} // namespace ferry::test
