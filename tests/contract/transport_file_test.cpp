// Bodies that lie in a file, which may go out without passing through the process.
#include "base/descriptor.hpp"
#include "temp_dir.hpp"
#include "transport_bench.hpp"

#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace ferry::test {

namespace {

const std::string fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>(i * 7 + i / 251);
    return text;
}

// All of a file but its first ten bytes, as long as it claims to be.
class FileSource final : public BodySource {
  public:
    FileSource(const std::filesystem::path& path, std::uint64_t size)
        : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC))
        , size_(size) {}

    std::uint64_t size() const override { return size_; }
    Result<std::span<const std::byte>> read() override {
        const ssize_t got = ::pread(file_.get(), buffer_.data(), buffer_.size(), static_cast<off_t>(10 + at_));
        if (got <= 0)
            return Error{ErrorKind::changed, "it became shorter"};
        read_ += static_cast<std::uint64_t>(got);
        at_ += static_cast<std::uint64_t>(got);
        return std::span<const std::byte>(buffer_).first(static_cast<std::size_t>(got));
    }
    Status rewind() override {
        at_ = 0;
        return {};
    }
    std::optional<FileSlice> rest() const override { return FileSlice{file_.get(), 10 + at_, size_ - at_}; }
    void sent_from_file(std::uint64_t bytes) override { at_ += bytes; }

    std::uint64_t bytes_read() const { return read_; }

  private:
    Descriptor file_;
    std::uint64_t size_;
    std::uint64_t at_ = 0;
    std::uint64_t read_ = 0;
    std::array<std::byte, 50'000> buffer_{};
};

} // namespace

TEST_CASE_TEMPLATE("a body in a file goes out whole, without being read where the line is plain", Wire, FERRY_WIRES) {
    const TempDir dir;
    const std::string content = pattern(9'000'010);
    FileSource source(dir.write("a", content), 9'000'000);
    std::string seen;
    TransportBench<Wire> bench({[&](Peer& peer) {
        seen = peer.read_request();
        peer.send(fine);
        peer.wait_for_close();
    }});
    CHECK(response(bench.send(bench.put(source))).status == 200);
    CHECK((seen.substr(seen.find("\r\n\r\n") + 4) == content.substr(10)));
    CHECK(source.bytes_read() == (Wire::tls ? 9'000'000 : 0));
}

TEST_CASE_TEMPLATE("a file that ends early is told with the reason that reading it gives", Wire, FERRY_WIRES) {
    const TempDir dir;
    FileSource source(dir.write("a", pattern(100'010)), 9'000'000);
    TransportBench<Wire> bench({[](Peer& peer) { peer.wait_for_close(); }});
    const HttpOutcome outcome = bench.send(bench.put(source));
    CHECK(failure_of(outcome).kind == FailureKind::body);
    CHECK(failure_of(outcome).message == "it became shorter");
}

TEST_CASE_TEMPLATE("a refusal is heard, and a cut connection raises no signal, while a file goes out", Wire,
                   FERRY_WIRES) {
    struct sigaction before {};
    ::sigaction(SIGPIPE, nullptr, &before);
    ::signal(SIGPIPE, SIG_DFL); // a host may have it so
    const TempDir dir;
    const std::string content = pattern(30'000'010);
    FileSource source(dir.write("a", content), 30'000'000);
    SUBCASE("refused early") {
        TransportBench<Wire> bench({[](Peer& peer) {
            peer.read_head();
            peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            peer.wait_for_close();
        }});
        CHECK(response(bench.send(bench.put(source))).status == 403);
    }
    SUBCASE("cut") {
        const RawServer::Script cut = [](Peer& peer) {
            peer.read_head();
            peer.reset();
        };
        TransportBench<Wire> bench({cut});
        CHECK(failure_of(bench.send(bench.put(source))).kind == FailureKind::lost_answer);
    }
    sigset_t pending;
    ::sigpending(&pending);
    CHECK(::sigismember(&pending, SIGPIPE) == 0);
    ::sigaction(SIGPIPE, &before, nullptr);
}

} // namespace ferry::test
