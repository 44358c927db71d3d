// Answers of HTTP servers: read the same however the bytes come, and what their headers tell of time. The first byte
// says how the bytes are split, and whether HEAD was asked.
#include "fuzz.hpp"

#include "http/answer_parser.hpp"
#include "retry/retry_after.hpp"

#include <algorithm>

using namespace ferry;

namespace {

struct Reading {
    bool fed = true;
    bool done = false;
    bool final = false;
    bool keep_alive = false;
    std::string problem;
    HttpResponse response;
};

Reading read(std::string_view bytes, bool head, std::size_t step) {
    AnswerParser parser(head);
    Reading reading;
    for (std::size_t at = 0; at < bytes.size() && reading.fed; at += step)
        reading.fed = parser.feed(bytes.substr(at, step));
    if (reading.fed)
        parser.close();
    reading.done = parser.done();
    reading.final = parser.is_final();
    reading.keep_alive = parser.keep_alive();
    reading.problem = parser.problem();
    if (reading.done)
        reading.response = parser.take();
    return reading;
}

bool same(const HttpHeaders& a, const HttpHeaders& b) {
    return std::equal(a.list().begin(), a.list().end(), b.list().begin(), b.list().end(),
                      [](const HttpHeader& x, const HttpHeader& y) { return x.name == y.name && x.value == y.value; });
}

bool is_framing(std::string_view name) {
    return same_header_name(name, "Content-Length") || same_header_name(name, "Transfer-Encoding");
}

// The answer written out with a length is read as the same.
void check_round_trip(const HttpResponse& response) {
    std::string text = "HTTP/1.1 " + std::to_string(response.status) + "\r\n";
    HttpHeaders kept;
    for (const HttpHeader& header : response.headers.list()) {
        fuzz::require(std::none_of(header.value.begin(), header.value.end(),
                                   [](char c) { return c == '\r' || c == '\n' || c == '\0'; }),
                      "a header is one line");
        if (is_framing(header.name))
            continue;
        kept.add(header.name, header.value);
        text += header.name + ": " + header.value + "\r\n";
    }
    if (text.size() > 60'000)
        return;
    const bool bare = response.status == 204 || response.status == 304;
    text += "Content-Length: " + std::to_string(response.body.size()) + "\r\n\r\n" + (bare ? "" : response.body);
    kept.add("Content-Length", std::to_string(response.body.size()));
    const Reading again = read(text, false, text.size());
    fuzz::require(again.done && again.response.status == response.status && same(again.response.headers, kept),
                  "an answer written out reads as the same", again.problem);
    fuzz::require(bare || again.response.body == response.body, "its body too");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const bool head = (data[0] & 1) != 0;
    const std::size_t step = 1 + (data[0] >> 1);
    const std::string_view bytes = fuzz::view(data + 1, size - 1);
    const Reading whole = read(bytes, head, std::max<std::size_t>(bytes.size(), 1));
    const Reading parts = read(bytes, head, step);
    fuzz::require_plain(whole.problem, "a problem is plain");
    fuzz::require(whole.fed == whole.problem.empty(), "what is refused has a reason");
    fuzz::require(whole.fed == parts.fed && whole.done == parts.done && whole.problem == parts.problem,
                  "an answer is the same however it comes", whole.problem + " / " + parts.problem);
    if (!whole.done)
        return 0;
    fuzz::require(whole.final && whole.response.status >= 200 && whole.response.status <= 999, "it has a status");
    fuzz::require(whole.keep_alive == parts.keep_alive && whole.response.status == parts.response.status &&
                      same(whole.response.headers, parts.response.headers) &&
                      whole.response.body == parts.response.body,
                  "all of an answer is the same however it comes");
    fuzz::require(!head || whole.response.body.empty(), "an answer to HEAD has no body");
    check_round_trip(whole.response);
    const WallTime now{std::chrono::seconds(1'700'000'000)};
    const auto wait = retry_after(whole.response, now);
    fuzz::require(!wait || *wait >= Duration(0), "no wait is negative");
    fuzz::require(server_time(whole.response, now) >= WallTime(), "no clock is before 1970");
    return 0;
}
