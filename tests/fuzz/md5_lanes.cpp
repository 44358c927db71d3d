// Any mix of messages through the lanes of every kernel gives OpenSSL's digests.
#include "hash/md5_runs.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace {

using ferry::Md5;

struct Message {
    std::span<const std::byte> bytes;
    std::size_t step = 1; // blocks a call
    std::size_t done = 0;
    ferry::Md5State state{};
};

// Each begins with its length's and its step's byte; the last is what is left.
std::vector<Message> messages_in(std::span<const std::byte> input) {
    std::vector<Message> messages;
    while (input.size() > 2 && messages.size() < 80) {
        const std::size_t length = std::min(input.size() - 2, std::to_integer<std::size_t>(input[0]) * 5);
        const std::size_t step = 1 + std::to_integer<std::size_t>(input[1]) % 8;
        messages.push_back({.bytes = input.subspan(2, length), .step = step});
        input = input.subspan(2 + length);
    }
    return messages;
}

void check(std::vector<Message> messages, ferry::Md5Kernels kernels) {
    for (bool more = true; more;) {
        more = false;
        std::vector<ferry::Md5Run> runs;
        for (Message& message : messages) {
            const std::size_t blocks = std::min(message.step, (message.bytes.size() - message.done) / ferry::md5_block);
            runs.push_back({&message.state, message.bytes.data() + message.done, blocks});
            message.done += blocks * ferry::md5_block;
            more = more || blocks > 0;
        }
        ferry::hash_runs(runs, kernels);
    }
    for (const Message& message : messages) {
        auto stream = ferry::Md5Stream::make();
        stream->update(message.bytes);
        if (ferry::finish_md5(message.state, message.bytes.subspan(message.done), message.bytes.size()) !=
            *stream->finish())
            std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::vector<Message> messages = messages_in(std::as_bytes(std::span(data, size)));
    for (const ferry::Md5Kernels& kernels : ferry::all_md5_kernels())
        check(messages, kernels);
    return 0;
}
