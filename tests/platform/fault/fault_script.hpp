// The faults that the platform plays on request: rules, and which of them meets a request. README.md tells the
// language.
#pragma once

#include "model/json.hpp"
#include "net/message.hpp"
#include "net/port_gate.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::platform {

enum class FaultKind {
    status,         // answers an error
    early,          // likewise without reading the (rest of the) body, and closes at once
    reset,          // resets the connection
    lost_answer,    // does the work, then resets
    stall,          // holds, then goes on as if nothing had been
    slow_read,      // takes the body at a set speed
    drip,           // sends the answer byte by byte
    truncated,      // sends half of the answer's body
    garbage,        // sends bytes that are no HTTP
    content_type,   // does the work, and calls the answer something else
    missing_etag,   // storage's answer lacks the ETag
    wrong_etag,     // has another part's
    truncated_etag, // has half of it
    corrupt,        // storage keeps other bytes than were sent, and their ETag
    expired_url,    // signs a URL that is out of date, or says so when it is used
    vanish,         // the upload is gone, now and for good
    rename,         // the finished file gets another name
    wrong_size,     // complete tells a size that is off by one
    port,           // does the work, and then shuts a port for a while
    duplicate,      // does the work twice, and answers as for the second time
    item_error,     // of a call on many files: refuses one of them, or all, within a success
};

struct Fault {
    FaultKind kind = FaultKind::status;
    int status = 500;
    std::optional<int> code; // of the platform; else the one that fits status and operation
    std::string message;
    std::string storage_code; // the XML Code; empty: the one that fits the status
    std::string body;         // "json", "xml", "html", "empty"; empty: what the port speaks
    Headers headers;          // added to the answer
    bool rate_headers = true;
    std::optional<std::chrono::milliseconds> reset_in; // what X-RateLimit-Reset tells, from now
    std::uint64_t after_bytes = 0;                     // of the body
    std::optional<std::chrono::milliseconds> time;     // of a stall (none: until the client has gone) or a shut port
    std::chrono::milliseconds pause{10};               // of a drip
    std::uint64_t bytes_per_second = 65536;            // of a slow_read
    bool performed = false;                            // stall: after the work, instead of before it
    std::string content_type = "text/html";
    PortTrouble trouble = PortTrouble::refuse;
    std::uint64_t item = 0; // of an item_error: which one, from 1; 0: every one
    std::string port;       // that is shut: "api" or "storage"; empty: the one of the request
    std::optional<std::chrono::milliseconds> retry_after_date; // told as a date, from now
};

// What a request is, as far as rules ask.
struct FaultTarget {
    std::string operation;
    bool storage = false;
    std::optional<std::uint32_t> part;
    std::string name; // of the file
};

class FaultScript {
  public:
    void add(std::string_view json); // one rule or an array of them; throws std::invalid_argument, having added none
    // The first rule in force that fits; it has then fired once. Rules that still skip fits count this one.
    std::optional<Fault> match(const FaultTarget& target);
    std::vector<std::string> unused() const;
    void clear();
    std::uint64_t fired() const; // faults ever, by rules that are forgotten, too

  private:
    struct Rule {
        std::string operation;
        std::optional<std::uint32_t> part;
        std::optional<std::string> name;
        std::uint64_t after = 0;
        std::uint64_t times = 1;                       // 0: every time
        std::optional<std::chrono::milliseconds> span; // instead of times: from the first time on
        Fault fault;
        std::string text;
        std::uint64_t fired = 0;
        std::chrono::steady_clock::time_point first;
        bool fits(const FaultTarget& target) const;
        bool in_force(std::chrono::steady_clock::time_point now) const;
    };
    static Rule parse(const JsonObject& object);

    mutable std::mutex mutex_;
    std::vector<Rule> rules_;
    std::uint64_t fired_ = 0;
};

// Every operation that a rule may name, "api", "storage" and "any" included.
const std::vector<std::string>& fault_operations();

// Reads the keys of one rule that say what happens. Throws std::invalid_argument.
Fault parse_fault(const JsonObject& rule);

} // namespace ferry::platform
