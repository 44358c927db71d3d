// A proxy of a test's own: speaks CONNECT and nothing else, and leads every host, whatever its name, to this machine.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace ferry::test {

class ConnectProxy {
  public:
    // "user:password", without which it answers 407; empty: it asks for none.
    explicit ConnectProxy(std::string log_in = {});
    ~ConnectProxy(); // cuts what is open
    ConnectProxy(const ConnectProxy&) = delete;
    ConnectProxy& operator=(const ConnectProxy&) = delete;

    std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    std::vector<std::string> targets() const; // "host:port" of each tunnel opened, in order
    int refused() const;                      // answers 407

  private:
    void accept_all();
    void serve(int client);
    bool may_pass(const std::string& head);

    const std::string authorization_; // the header's line; empty: none is asked for
    const int stop_;                  // an eventfd, readable from the destructor on
    int listener_ = -1;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_; // guards all below, but the acceptor
    std::vector<std::string> targets_;
    int refused_ = 0;
    std::vector<std::thread> tunnels_;
    std::thread acceptor_; // last: uses all above
};

} // namespace ferry::test
