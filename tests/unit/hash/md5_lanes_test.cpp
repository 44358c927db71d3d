#include "hash/md5_runs.hpp"
#include "some_bytes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::test {
namespace {

// All messages at once, each in calls of at most `step` blocks.
std::vector<Md5> in_lanes(const std::vector<Bytes>& messages, Md5Kernels kernels, std::size_t step) {
    std::vector<Md5State> states(messages.size());
    std::vector<std::size_t> done(messages.size(), 0);
    for (bool more = true; more;) {
        std::vector<Md5Run> runs;
        for (std::size_t i = 0; i < messages.size(); ++i) {
            const std::size_t blocks = std::min(step, (messages[i].size() - done[i]) / md5_block);
            runs.push_back({&states[i], messages[i].data() + done[i], blocks});
            done[i] += blocks * md5_block;
        }
        more = std::any_of(runs.begin(), runs.end(), [](const Md5Run& run) { return run.blocks > 0; });
        hash_runs(runs, kernels);
    }
    std::vector<Md5> digests;
    for (std::size_t i = 0; i < messages.size(); ++i)
        digests.push_back(finish_md5(states[i], std::span(messages[i]).subspan(done[i]), messages[i].size()));
    return digests;
}

void check_all(const std::vector<Bytes>& messages, std::size_t step = 1'000'000) {
    std::vector<Md5> expected;
    for (const Bytes& message : messages)
        expected.push_back(by_openssl(message));
    for (const Md5Kernels& kernels : all_md5_kernels()) {
        CAPTURE(std::string(kernels.back().name));
        CHECK(in_lanes(messages, kernels, step) == expected);
    }
}

Bytes text_bytes(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return Bytes(bytes.begin(), bytes.end());
}

// The text with its padding, through that kernel alone, in all of its lanes.
std::vector<std::string> in_every_lane(std::string_view text, const Md5Kernel& kernel) {
    Bytes padded = text_bytes(text);
    padded.push_back(std::byte{0x80});
    while (padded.size() % md5_block != md5_block - 8)
        padded.push_back(std::byte{0});
    for (int i = 0; i < 8; ++i)
        padded.push_back(static_cast<std::byte>(text.size() * 8 >> (8 * i)));
    std::vector<Md5State> states(static_cast<std::size_t>(kernel.lanes));
    std::vector<Md5Run> runs;
    for (Md5State& state : states)
        runs.push_back({&state, padded.data(), padded.size() / md5_block});
    hash_runs(runs, std::span(&kernel, 1));
    std::vector<std::string> digests;
    for (const Md5State& state : states) {
        Md5 digest;
        std::memcpy(digest.data(), state.words.data(), digest.size());
        digests.push_back(to_hex(digest));
    }
    return digests;
}

} // namespace

TEST_CASE("the vectors of RFC 1321 in every kernel") {
    const std::pair<std::string_view, std::string_view> vectors[] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"a", "0cc175b9c0f1b6a831c399e269772661"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72"},
        {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
        {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "57edf4a22be3c955ac49da2e2107b67a"}};
    for (const Md5Kernels& kernels : all_md5_kernels())
        for (const Md5Kernel& kernel : kernels)
            for (const auto& [text, expected] : vectors) {
                CAPTURE(std::string(kernel.name));
                CAPTURE(text);
                for (const std::string& digest : in_every_lane(text, kernel))
                    CHECK(digest == expected);
            }
}

TEST_CASE("each kernel by itself, with all lanes in use and messages of its own in each") {
    for (const Md5Kernels& kernels : all_md5_kernels())
        for (const Md5Kernel& kernel : kernels) {
            CAPTURE(std::string(kernel.name));
            std::vector<Bytes> messages;
            for (int lane = 0; lane < kernel.lanes; ++lane)
                messages.push_back(some_bytes(64 * 5, static_cast<unsigned>(lane)));
            const auto digests = in_lanes(messages, std::span(&kernel, 1), 1'000'000);
            for (std::size_t lane = 0; lane < messages.size(); ++lane)
                CHECK(digests[lane] == by_openssl(messages[lane]));
        }
}

TEST_CASE("all lengths from 0 to 300") {
    std::vector<Bytes> messages;
    for (std::size_t size = 0; size <= 300; ++size)
        messages.push_back(some_bytes(size, static_cast<unsigned>(size)));
    check_all(messages);
}

TEST_CASE("any number of messages of any lengths, in any pieces") {
    std::minstd_rand random(20261122);
    for (int round = 0; round < 60; ++round) {
        std::vector<Bytes> messages(1 + random() % 70);
        const std::size_t longest = round % 2 ? 70'000 : 2'000;
        for (Bytes& message : messages)
            message = some_bytes(random() % longest, static_cast<unsigned>(random()));
        check_all(messages, 1 + random() % 300);
    }
}

TEST_CASE("bytes that lie at odd addresses") {
    const Bytes bytes = some_bytes(64 * 40 + 40, 7);
    for (const Md5Kernels& kernels : all_md5_kernels()) {
        std::vector<Md5State> states(40);
        std::vector<Md5Run> runs;
        for (std::size_t i = 0; i < states.size(); ++i)
            runs.push_back({&states[i], bytes.data() + i, 40});
        hash_runs(runs, kernels);
        for (std::size_t i = 0; i < states.size(); ++i)
            CHECK(finish_md5(states[i], {}, std::size_t{64} * 40) == by_openssl(std::span(bytes).subspan(i, 64 * 40)));
    }
}

TEST_CASE("the length counts modulo 2^64 bits") {
    // The MD5 of 2^61 + 3 bytes ends as that of 3 bytes would behind the same state: the length in bits is equal.
    const Bytes rest = some_bytes(3, 1);
    CHECK(finish_md5({}, rest, (std::uint64_t{1} << 61) + 3) == finish_md5({}, rest, 3));
}

TEST_CASE("the kernels are in order, and the first is for one stream") {
    for (const Md5Kernels& kernels : all_md5_kernels()) {
        CHECK(kernels.front().lanes == 1);
        CHECK(kernels.back().lanes <= most_md5_lanes);
        CHECK(std::is_sorted(kernels.begin(), kernels.end(),
                             [](const Md5Kernel& a, const Md5Kernel& b) { return a.lanes < b.lanes; }));
    }
    CHECK(md5_kernels().data() == all_md5_kernels().back().data());
}

} // namespace ferry::test
