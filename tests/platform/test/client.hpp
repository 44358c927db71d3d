// A client that sends exactly what a test says, over real sockets, and tells exactly what came back.
#pragma once

#include "local_platform.hpp"
#include "model/json.hpp"
#include "net/message.hpp"
#include "temp_dir.hpp"

#include <Poco/Net/StreamSocket.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::test {

using platform::Headers;
using platform::Json;
using platform::JsonObject;

struct Heard {
    int status = 0; // 0: nothing that looks like HTTP
    Headers headers;
    std::string body;
    bool reset = false; // the connection was reset
    bool cut = false;   // it ended before the announced end of the body

    const std::string* find(std::string_view name) const;
    std::string header(std::string_view name) const;   // empty if missing
    Json json() const;                                 // fails the test if the body is none
    std::string text(const std::string& key) const;    // of the JSON object; empty if missing
    std::int64_t number(const std::string& key) const; // -1 if missing
    int code() const { return static_cast<int>(number("code")); }
};

// One connection to "http(s)://host:port...", kept open until it goes out of scope.
class Wire {
  public:
    explicit Wire(const std::string& url, const std::filesystem::path& authority = {});
    void send(std::string_view bytes); // a reset while sending is found by hear()
    Heard hear();                      // one answer
    void close() { socket_.close(); }

  private:
    bool fill();
    Poco::Net::StreamSocket socket_;
    std::string buffer_;
    bool reset_ = false;
};

struct SignedUrl {
    std::string url;
    Headers headers;
};

// The platform's user: token on every API call, Content-Length where there is a body.
class Client {
  public:
    explicit Client(const platform::LocalPlatform& platform, std::filesystem::path authority = {})
        : platform_(platform)
        , authority_(std::move(authority)) {}

    Heard api(const std::string& method, const std::string& path, const std::string& body = {},
              Headers extra = {}) const;
    Heard get(const std::string& path) const { return api("GET", path); }
    Heard post(const std::string& path, const std::string& body) const { return api("POST", path, body); }
    Heard put(const SignedUrl& to, const std::string& body, const Headers& extra = {}) const;
    Heard send(const std::string& url, const std::string& method, const Headers& headers,
               const std::optional<std::string>& body) const;

    // The usual steps; each fails the test if it does not succeed.
    std::string init(const std::string& name, std::uint64_t size, std::uint64_t part_size = 0,
                     const std::string& query = {}) const;
    SignedUrl sign(const std::string& upload, int part) const;
    std::string put_part(const std::string& upload, int part, const std::string& body) const; // the ETag as sent
    Heard complete(const std::string& upload, const std::vector<std::string>& etags) const;
    Heard upload(const std::string& name, const std::vector<std::string>& parts, const std::string& query = {}) const;

  private:
    const platform::LocalPlatform& platform_;
    std::filesystem::path authority_;
};

std::string part_json(int number, const std::string& etag);
std::string parts_json(const std::vector<std::string>& etags); // {"parts": [...]} from 1 on
std::string quoted(const std::string& text);                   // as a JSON string

// A platform in a folder of its own, with small parts allowed.
struct Fixture {
    explicit Fixture(platform::PlatformSettings settings = {});
    TempDir dir;
    platform::LocalPlatform platform;
    Client client{platform};

    std::string stored(const std::string& path) const; // the content, or "none"
};

platform::PlatformSettings small_parts(); // min_part_size 1

} // namespace ferry::test
