// Who holds a lease: enough to tell, on the same machine, whether that process still lives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry {

struct ProcessIdentity {
    std::string host;
    std::string boot;          // id of the machine's boot; empty where it cannot be read
    std::string pid_namespace; // a container's pids are its own
    std::int64_t pid = 0;
    std::uint64_t started = 0; // in clock ticks since the boot: pids are used again

    bool operator==(const ProcessIdentity&) const = default;
};

ProcessIdentity this_process();

enum class Liveness { alive, dead, unknown };
// Unknown for processes of other machines or of an earlier boot (host names are not unique), and for those of other pid
// namespaces.
Liveness liveness_of(const ProcessIdentity& process);

std::string to_text(const ProcessIdentity& process); // one line of JSON
std::optional<ProcessIdentity> identity_from(std::string_view text);

} // namespace ferry
