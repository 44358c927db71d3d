#include "http/answer_parser.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace ferry {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Header values of one name as one list, lower-case, without white space: "chunked", "keep-alive,upgrade".
std::string joined(const HttpHeaders& headers, std::string_view name) {
    std::string out;
    for (const HttpHeader& header : headers.list()) {
        if (!same_header_name(header.name, name))
            continue;
        out += out.empty() ? "" : ",";
        for (const char c : header.value)
            if (c != ' ' && c != '\t')
                out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

bool has_token(std::string_view list, std::string_view token) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (list.substr(0, comma) == token)
            return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

std::optional<std::uint64_t> number(std::string_view text, int base) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

// The length that all of "5" or "5,5" agree on.
std::optional<std::uint64_t> agreed_length(std::string_view list) {
    const std::string_view first = list.substr(0, list.find(','));
    for (std::string_view rest = list; !rest.empty();) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        if (rest.substr(0, comma) != first)
            return std::nullopt;
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return number(first, 10);
}

std::string_view trim(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(text,
                               [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

} // namespace

bool AnswerParser::refuse(std::string why) {
    problem_ = std::move(why);
    return false;
}

bool AnswerParser::in_line() const {
    return state_ == State::status || state_ == State::headers || state_ == State::chunk_size ||
           state_ == State::chunk_end || state_ == State::trailers;
}

bool AnswerParser::feed(std::string_view bytes) {
    started_ = started_ || !bytes.empty();
    while (!bytes.empty() && !done()) {
        const bool line = in_line();
        bytes.remove_prefix(line ? take_line_bytes(bytes) : take_body_bytes(bytes));
        if (head_bytes_ > max_head)
            return refuse("its headers are longer than 64 KiB");
        if (response_.body.size() > HttpTransport::max_body)
            return refuse("its body is longer than 64 MiB");
        if (line && line_.ends_with('\n') && !line_ended())
            return false;
    }
    surplus_ = surplus_ || !bytes.empty();
    return true;
}

bool AnswerParser::close() {
    if (state_ == State::until_close)
        state_ = State::done;
    return done();
}

std::size_t AnswerParser::take_line_bytes(std::string_view bytes) {
    const std::size_t end = bytes.find('\n');
    const std::size_t room = max_head + 1 - head_bytes_;
    const std::size_t count = std::min(end == std::string_view::npos ? bytes.size() : end + 1, room);
    line_.append(bytes.substr(0, count));
    head_bytes_ += count;
    return count;
}

std::size_t AnswerParser::take_body_bytes(std::string_view bytes) {
    std::size_t count = std::min(bytes.size(), HttpTransport::max_body + 1 - response_.body.size());
    if (state_ != State::until_close)
        count = static_cast<std::size_t>(std::min<std::uint64_t>(count, remaining_));
    response_.body.append(bytes.substr(0, count));
    if (state_ == State::until_close)
        return count;
    remaining_ -= count;
    if (remaining_ == 0)
        state_ = state_ == State::fixed ? State::done : State::chunk_end;
    return count;
}

bool AnswerParser::line_ended() {
    std::string line = std::move(line_);
    line_.clear();
    line.pop_back();
    if (line.ends_with('\r'))
        line.pop_back();
    switch (state_) {
    case State::status:
        return status_line(line);
    case State::headers:
        return line.empty() ? head_ended() : header_line(line);
    case State::chunk_size:
        return chunk_size_line(line);
    case State::chunk_end:
        state_ = State::chunk_size;
        return line.empty() || refuse("a chunk of its body is longer than announced");
    default: // trailers: nothing in them is of use
        state_ = line.empty() ? State::done : State::trailers;
        return true;
    }
}

bool AnswerParser::status_line(std::string_view line) {
    const bool shaped = line.size() >= 12 && line.starts_with("HTTP/1.") && is_digit(line[7]) && line[8] == ' ' &&
                        is_digit(line[9]) && is_digit(line[10]) && is_digit(line[11]) &&
                        (line.size() == 12 || line[12] == ' ');
    if (!shaped)
        return refuse("it does not begin with an HTTP/1.x status line");
    response_.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    if (response_.status < 100 || response_.status == 101)
        return refuse("its status makes no sense");
    is_final_ = response_.status >= 200;
    keep_alive_ = line[7] != '0';
    state_ = State::headers;
    return true;
}

bool AnswerParser::header_line(std::string_view line) {
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == std::string_view::npos || name.empty() || name.find_first_of(" \t") != std::string_view::npos)
        return refuse("one of its header lines has no name");
    if (has_control(line))
        return refuse("one of its headers holds control bytes");
    response_.headers.add(std::string(name), std::string(trim(line.substr(colon + 1))));
    return true;
}

bool AnswerParser::head_ended() {
    if (!is_final_) { // 1xx: the answer proper follows
        response_ = {};
        state_ = State::status;
        return true;
    }
    head_bytes_ = 0;
    const std::string connection = joined(response_.headers, "Connection");
    keep_alive_ = keep_alive_ ? !has_token(connection, "close") : has_token(connection, "keep-alive");
    if (head_request_ || response_.status == 204 || response_.status == 304) {
        state_ = State::done;
        return true;
    }
    return choose_framing();
}

bool AnswerParser::choose_framing() {
    const std::string coding = joined(response_.headers, "Transfer-Encoding");
    const std::string length = joined(response_.headers, "Content-Length");
    if (!coding.empty()) {
        keep_alive_ = keep_alive_ && length.empty(); // both: somebody on the way was fooled
        state_ = State::chunk_size;
        return coding == "chunked" || refuse("its Transfer-Encoding is not chunked");
    }
    if (length.empty()) {
        keep_alive_ = false;
        state_ = State::until_close;
        return true;
    }
    const auto bytes = agreed_length(length);
    if (!bytes)
        return refuse("its Content-Length is not a number");
    if (*bytes > HttpTransport::max_body)
        return refuse("its body is longer than 64 MiB");
    remaining_ = *bytes;
    state_ = remaining_ == 0 ? State::done : State::fixed;
    return true;
}

bool AnswerParser::chunk_size_line(std::string_view line) {
    const auto size = number(trim(line.substr(0, line.find(';'))), 16);
    if (!size)
        return refuse("a chunk size in its body is not a number");
    head_bytes_ = 0; // per line, or the many small chunks of a long body would add up to the cap
    remaining_ = *size;
    state_ = remaining_ == 0 ? State::trailers : State::chunk_data;
    return true;
}

} // namespace ferry
