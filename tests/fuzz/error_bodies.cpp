// Error bodies, the storage's XML and the platform's JSON, as they end up in messages. The first byte chooses the
// status and the operation.
#include "fuzz.hpp"

#include "retry/classify.hpp"

using namespace ferry;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    constexpr int statuses[] = {200, 206, 301, 307, 400, 401, 403, 404, 409, 429, 500, 503, 504, 599, 418, 999};
    HttpResponse response;
    response.status = statuses[data[0] >> 4];
    response.body = fuzz::view(data + 1, size - 1);

    const StorageError storage = read_storage_error(response);
    fuzz::require_plain(storage.code, "a code is plain");
    fuzz::require_plain(storage.message, "a message is plain");
    fuzz::require(storage.code.size() <= 300 && storage.message.size() <= 300, "foreign text is cut");
    const PlatformError platform = read_platform_error(response);
    fuzz::require_plain(platform.message, "a platform's message is plain");
    fuzz::require(platform.code >= -1 && platform.message.size() <= 300, "a platform's error keeps to its bounds");

    for (int i = 0; i <= static_cast<int>(Operation::write); ++i) {
        const auto operation = static_cast<Operation>(i);
        const HttpOutcome outcome = response;
        const Verdict verdict = classify(operation, outcome);
        const bool good = response.status < 300 && operation != Operation::put_part;
        fuzz::require((verdict == Verdict::success) == good, "success is a 2xx and nothing else");
        fuzz::require(verdict != Verdict::no_answer && verdict != Verdict::cancelled, "an answer is an answer");
        fuzz::require(met_server(outcome), "an answer comes from a server");
        const std::string text = describe(operation, outcome, "host:443");
        fuzz::require_plain(text, "what is told of an answer is plain");
        fuzz::require(text.size() < 1024, "what is told of an answer is short");
    }
    return 0;
}
