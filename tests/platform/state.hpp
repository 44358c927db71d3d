// Everything that the API and the storage side share.
#pragma once

#include "fault/fault_script.hpp"
#include "local_platform.hpp"
#include "model/disk.hpp"
#include "model/file_tree.hpp"
#include "model/ids.hpp"
#include "model/quota.hpp"
#include "model/tally.hpp"
#include "model/uploads.hpp"
#include "net/port_gate.hpp"
#include "storage/signing.hpp"

#include <mutex>
#include <string>

namespace ferry::platform {

struct State {
    explicit State(PlatformSettings given);

    const PlatformSettings settings; // with a token and checked
    const Clock clock;
    const Disk disk;

    std::mutex mutex; // guards tree and uploads
    FileTree tree;
    UploadTable uploads;

    // These guard themselves.
    Quota quota;
    Tally tally;
    FaultScript faults;
    const Signer signer;
    PortGate api_gate;
    PortGate storage_gate;

    // What FaultKind::port asks for; `storage`: the port that the request came to.
    void shut(const Fault& fault, bool storage);

    // Set before the first request is served.
    std::string api_base;     // "http://127.0.0.1:PORT/v2"
    std::string storage_base; // "http://127.0.0.1:PORT"
};

// owner/short-name, of letters, digits, '-', '_' and '.'.
bool is_project_id(std::string_view text);

// "_1_name", the first such name that is free (contract, section 3).
std::string free_name(const FileTree& tree, const std::string& parent, const std::string& name);

StoredFile describe(const State& state, const Node& node);

} // namespace ferry::platform
