#include "sink/http.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <ctime>
#include <strings.h>
#include <utility>

namespace ferry::bench {

namespace {

constexpr std::size_t longest_body = 4u << 20; // 10,000 parts in complete

bool same_word(std::string_view a, std::string_view b) {
    return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view cut(std::string_view& text, std::string_view end) {
    const std::size_t at = text.find(end);
    const std::string_view piece = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + end.size());
    return piece;
}

std::uint64_t number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        throw PeerGone();
    return value;
}

void read_header(std::string_view line, Head& head) {
    const std::string_view name = cut(line, ":");
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (same_word(name, "Content-Length"))
        head.content_length = number(line);
    else if (same_word(name, "Connection"))
        head.keep_alive = !same_word(line, "close");
    else if (same_word(name, "Expect"))
        head.expects_continue = same_word(line, "100-continue");
    else if (same_word(name, "Transfer-Encoding"))
        throw PeerGone(); // S3 takes none either
}

Head parse(std::string_view text) {
    Head head;
    std::string_view line = cut(text, "\r\n");
    head.method = cut(line, " ");
    head.target = cut(line, " ");
    if (line != "HTTP/1.1")
        throw PeerGone();
    while (!text.empty())
        read_header(cut(text, "\r\n"), head);
    return head;
}

const char* reason(int status) {
    switch (status) {
    case 200:
        return "OK";
    case 204:
        return "No Content";
    case 404:
        return "Not Found";
    case 429:
        return "Too Many Requests";
    default:
        return "Error";
    }
}

std::string http_date() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    char text[40] = {};
    std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return text;
}

} // namespace

Head Requests::next() {
    std::size_t end = 0;
    while ((end = text().find("\r\n\r\n")) == std::string_view::npos) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= std::exchange(begin_, 0);
        if (end_ == buffer_.size())
            throw PeerGone();
        end_ += channel_.read(buffer_.data() + end_, buffer_.size() - end_);
    }
    Head head = parse(text().substr(0, end + 2));
    begin_ += end + 4;
    return head;
}

void Requests::invite(const Head& head) {
    if (head.expects_continue && begin_ == end_)
        channel_.send("HTTP/1.1 100 Continue\r\n\r\n");
}

// What came with the head.
std::size_t Requests::take(std::uint64_t wanted) {
    const std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, end_ - begin_));
    begin_ += taken;
    return taken;
}

std::string Requests::body(const Head& head) {
    if (head.content_length > longest_body)
        throw PeerGone();
    invite(head);
    std::string all(static_cast<std::size_t>(head.content_length), '\0');
    const char* const first = buffer_.data() + begin_;
    std::size_t got = take(head.content_length);
    std::copy_n(first, got, all.data());
    while (got < all.size())
        got += channel_.read(all.data() + got, all.size() - got);
    return all;
}

void Requests::discard_body(const Head& head) {
    invite(head);
    channel_.discard(head.content_length - take(head.content_length));
}

std::string to_wire(const Answer& answer, bool keep_alive) {
    std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " " + reason(answer.status) + "\r\n";
    text += "Date: " + http_date() + "\r\n" + answer.headers;
    if (!answer.body.empty())
        text += "Content-Type: application/json\r\n";
    if (answer.status != 204)
        text += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
    text += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return text + answer.body;
}

} // namespace ferry::bench
