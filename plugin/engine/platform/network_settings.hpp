// How the platform is reached: as the environment says, and where it names no proxy, as sevenbridges-python's config
// does.
#pragma once

#include "http/poco_transport.hpp"

#include <string>
#include <vector>

namespace ferry {

struct NetworkSettings {
    TransportSettings transport;
    std::vector<std::string> warnings; // such as a config with a password that others can read
};

// `environment` in the form of environ; `home` is the user's home folder, empty if there is none. The config is read
// only if a proxy variable is absent. One that cannot be read or makes no sense fails the requests that it would have
// decided the way of, and no others.
NetworkSettings network_settings(const char* const* environment, const std::string& home);

} // namespace ferry
