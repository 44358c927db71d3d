// A server that does what the test's script says, byte by byte: for the manners that no real server has on purpose.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace ferry::test {

struct ServerIdentity {
    std::filesystem::path certificate;
    std::filesystem::path key;
};

// The server's end of one connection. Whatever finds the client gone ends the script quietly.
class Peer {
  public:
    explicit Peer(int fd); // takes the descriptor
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    bool start_tls(const ServerIdentity& identity); // false if the client refuses
    bool resumed() const;                           // the TLS session of an earlier connection was taken up

    std::string read_head();                  // to the empty line, which is part of it
    std::string read_bytes(std::size_t size); // exactly that many
    std::string read_request();               // head and, as its Content-Length says, body
    void send(std::string_view bytes);
    void drip(std::string_view bytes); // in as many packets as bytes
    void reset();                      // RST, without a word of TLS
    void cut();                        // FIN, without a word of TLS
    void close();                      // in good order
    void wait_for_close();             // reads and drops until the client closes
    void hold();                       // reads nothing, keeps the line open until the server's end
    void stop();                       // ends whatever blocks above; from any thread

  private:
    std::string read_some();
    void drop_tls();

    std::mutex closing_; // guards the end of fd_ against stop()
    int fd_;
    ssl_ctx_st* context_ = nullptr;
    ssl_st* ssl_ = nullptr;
    std::string pending_; // received, not asked for yet
};

// Serves on a loopback port: the n-th connection by the n-th script, one after the other, on a thread of its own. The
// destructor fails the test if a script was never used or threw.
class RawServer {
  public:
    using Script = std::function<void(Peer&)>;
    explicit RawServer(std::vector<Script> scripts);
    ~RawServer();
    RawServer(const RawServer&) = delete;
    RawServer& operator=(const RawServer&) = delete;

    std::uint16_t port() const { return port_; }
    int connections() const { return connections_; } // accepted so far

  private:
    void serve();
    int next_connection();
    void run(const Script& script, int fd);

    const std::vector<Script> scripts_;
    const int stop_; // an eventfd
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_ = 0;
    std::mutex mutex_; // guards all below
    bool stopping_ = false;
    Peer* current_ = nullptr;
    std::vector<std::string> problems_;
    std::thread thread_; // last: uses all above
};

// A loopback port whose queue of connections is full: connecting to it neither succeeds nor fails.
class FullPort {
  public:
    FullPort();
    ~FullPort();
    FullPort(const FullPort&) = delete;
    FullPort& operator=(const FullPort&) = delete;

    std::uint16_t port() const { return port_; }

  private:
    std::uint16_t port_ = 0;
    std::vector<int> fds_;
};

} // namespace ferry::test
