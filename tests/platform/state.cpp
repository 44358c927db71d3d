#include "state.hpp"

#include <algorithm>
#include <stdexcept>

namespace ferry::platform {
namespace {

PlatformSettings checked(PlatformSettings settings) {
    if (settings.root.empty())
        throw std::invalid_argument("the local platform needs a root folder");
    if (!is_project_id(settings.project))
        throw std::invalid_argument("the project must be OWNER/NAME of letters, digits, '-', '_' and '.'");
    if (settings.tls_certificate.empty() != settings.tls_key.empty())
        throw std::invalid_argument("TLS needs both a certificate and its key");
    if (settings.rate_calls == 0 || settings.rate_window.count() <= 0)
        throw std::invalid_argument("the rate limit must allow at least one call in a window longer than nothing");
    if (settings.token.empty())
        settings.token = random_hex(32);
    return settings;
}

bool is_id_part(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    };
    return !text.empty() && text.size() <= 200 && text.front() != '.' && std::ranges::all_of(text, allowed);
}

} // namespace

State::State(PlatformSettings given)
    : settings(checked(std::move(given)))
    , clock(settings.clock_skew)
    , disk(settings.root)
    , tree(disk, clock)
    , uploads(disk)
    , quota(settings.rate_calls, settings.rate_window, clock)
    , signer(random_hex(40)) {
    tree.add_project(settings.project);
}

void State::shut(const Fault& fault, bool storage) {
    if (!fault.port.empty())
        storage = fault.port == "storage";
    (storage ? storage_gate : api_gate).trouble(fault.trouble, fault.time.value_or(std::chrono::seconds(1)));
}

bool is_project_id(std::string_view text) {
    const auto slash = text.find('/');
    return slash != std::string_view::npos && is_id_part(text.substr(0, slash)) && is_id_part(text.substr(slash + 1));
}

std::string free_name(const FileTree& tree, const std::string& parent, const std::string& name) {
    for (int number = 1;; ++number) {
        std::string candidate = "_" + std::to_string(number) + "_" + name;
        if (!tree.child(parent, candidate))
            return candidate;
    }
}

StoredFile describe(const State& state, const Node& node) {
    return {node.id,       node.name, node.project, node.parent, node.size, node.md5, state.disk.content(node.id),
            node.metadata, node.tags};
}

} // namespace ferry::platform
