// Request bodies for tests.
#pragma once

#include "http/http_transport.hpp"

#include <algorithm>
#include <functional>
#include <string>

namespace ferry::test {

// A text, handed out in pieces.
class StringSource final : public BodySource {
  public:
    explicit StringSource(std::string text, std::size_t piece = 7) : text_(std::move(text)), piece_(piece) {}

    std::uint64_t size() const override { return text_.size(); }
    Result<std::span<const std::byte>> read() override {
        const auto rest = std::as_bytes(std::span(text_)).subspan(at_);
        const auto piece = rest.first(std::min(piece_, rest.size()));
        at_ += piece.size();
        return piece;
    }
    Status rewind() override {
        at_ = 0;
        return {};
    }

  private:
    std::string text_;
    std::size_t piece_;
    std::size_t at_ = 0;
};

// A body whose reads are the test's own; `size` is only what it claims.
class CallSource final : public BodySource {
  public:
    using Read = std::function<Result<std::span<const std::byte>>()>;
    CallSource(std::uint64_t size, Read read) : size_(size), read_(std::move(read)) {}

    std::uint64_t size() const override { return size_; }
    Result<std::span<const std::byte>> read() override { return read_(); }
    Status rewind() override { return {}; }

  private:
    std::uint64_t size_;
    Read read_;
};

} // namespace ferry::test
