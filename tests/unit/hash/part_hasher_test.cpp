#include "hash/part_hasher.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace ferry::test {
namespace {

using Bytes = std::vector<std::byte>;
constexpr auto no_patience = std::chrono::microseconds(0);

Md5 by_openssl(std::span<const std::byte> bytes) {
    auto stream = Md5Stream::make();
    REQUIRE(stream.ok());
    stream->update(bytes);
    return *stream->finish();
}

Bytes some_bytes(std::size_t size, unsigned seed) {
    std::minstd_rand random(seed + 1);
    Bytes bytes(size);
    for (std::byte& byte : bytes)
        byte = static_cast<std::byte>(random() >> 7);
    return bytes;
}

// Puts at most `most` bytes more of it; false at the end.
bool put_some(PartHash& hash, const Bytes& part, std::size_t& done, std::size_t most) {
    const std::span<std::byte> room = hash.room();
    REQUIRE(!room.empty());
    const std::size_t count = std::min({room.size(), part.size() - done, most});
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

TEST_CASE("what was put last stays in the ring until room is asked for") {
    PartHasher hasher(md5_kernels(), no_patience);
    const Bytes part = some_bytes(20'000, 4);
    Bytes ring(1024);
    PartHash hash(hasher, ring, part.size());
    for (std::size_t done = 0; done < part.size();) {
        const std::span<std::byte> room = hash.room();
        const std::size_t count = std::min(room.size(), part.size() - done);
        std::memcpy(room.data(), part.data() + done, count);
        hash.put(count);
        CHECK(std::memcmp(room.data(), part.data() + done, count) == 0);
        done += count;
    }
    CHECK(hash.finish() == by_openssl(part));
}

TEST_CASE("a part that is given up leaves the others their company") {
    PartHasher hasher(md5_kernels(), no_patience);
    const Bytes part = some_bytes(5000, 5);
    Bytes ring(1024);
    Bytes other_ring(1024);
    PartHash hash(hasher, ring, part.size());
    std::size_t done = 0;
    {
        PartHash given_up(hasher, other_ring, 100'000);
        const Bytes lost = some_bytes(100'000, 6);
        std::size_t lost_done = 0;
        put_some(given_up, lost, lost_done, 900);
        put_some(hash, part, done, 900);
    }
    while (put_some(hash, part, done, 900)) {
    }
    CHECK(hash.finish() == by_openssl(part));
}

TEST_CASE("slots on threads of their own: each part has its MD5, also where one stops in the middle of its part") {
    PartHasher hasher(md5_kernels(), std::chrono::microseconds(50));
    Bytes idle_ring(4096);
    PartHash idle(hasher, idle_ring, 1'000'000); // begun, and its line is dead
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
                const Md5 digest = hash_whole(hasher, ring, part, 1 + random() % 9000);
                wrong[slot] += digest == *stream->finish() ? 0 : 1;
            }
        });
    for (std::thread& slot : slots)
        slot.join();
    CHECK(wrong == std::vector<int>(12, 0));
}

} // namespace ferry::test
