// HTTP/1.x answers out of raw bytes: pure, no sockets, fed as they come.
#pragma once

#include "http/http_transport.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ferry {

// One answer. Everything fed is hostile: sizes are capped and framing that could be read in two ways is refused.
class AnswerParser {
  public:
    static constexpr std::size_t max_head =
        64u << 10; // status lines and headers together; each chunk size line; the trailers

    // An answer to HEAD has headers alone.
    explicit AnswerParser(bool head_request) : head_request_(head_request) {}

    // False if this is no HTTP answer that we take; problem() says why and no more may be fed.
    bool feed(std::string_view bytes);
    // The peer closed in good order: true if the answer ends with that.
    bool close();

    bool started() const { return started_; }   // any byte came
    bool is_final() const { return is_final_; } // the status line of more than an interim (1xx) answer is known
    bool done() const { return state_ == State::done; }
    bool keep_alive() const { return done() && keep_alive_ && !surplus_; }
    const std::string& problem() const { return problem_; }
    HttpResponse take() { return std::move(response_); }

  private:
    enum class State { status, headers, fixed, chunk_size, chunk_data, chunk_end, trailers, until_close, done };

    bool in_line() const;
    std::size_t take_line_bytes(std::string_view bytes);
    std::size_t take_body_bytes(std::string_view bytes);
    bool line_ended();
    bool status_line(std::string_view line);
    bool header_line(std::string_view line);
    bool head_ended();
    bool choose_framing();
    bool chunk_size_line(std::string_view line);
    bool refuse(std::string why);

    const bool head_request_;
    State state_ = State::status;
    bool started_ = false;
    bool is_final_ = false;
    bool keep_alive_ = false;
    bool surplus_ = false; // bytes beyond the answer's end
    std::size_t head_bytes_ = 0;
    std::uint64_t remaining_ = 0; // of the fixed body or the chunk
    std::string line_;
    std::string problem_;
    HttpResponse response_;
};

} // namespace ferry
