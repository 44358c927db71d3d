// Whom to talk to, and as whom: options, then the environment, then ~/.sevenbridges/credentials (contract 6).
#pragma once

#include "base/secret.hpp"
#include "base/status.hpp"
#include "http/url.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

struct CredentialOptions { // each as the step gives it
    std::optional<std::string> endpoint;
    std::optional<std::string> profile;
    std::optional<std::string> token_env;
    std::optional<std::string> token_file;
};

struct CredentialSources {
    // A variable of the environment by its name; nullopt if it is not set.
    std::function<std::optional<std::string>(std::string_view)> variable;
    std::string home;     // the user's home folder; empty if there is none
    std::string work_dir; // what a relative token_file is relative to; empty: the process's own
};

struct Credentials {
    Url endpoint; // its target has no trailing slash
    Secret token;
    std::string source;                // of the token, for messages: "SB_AUTH_TOKEN", "profile 'x' in /home/me/..."
    std::vector<std::string> warnings; // such as a credentials file that others can read
};

// Reads files, never the network. Error messages name the setting or file and line, never what the token holds.
Result<Credentials> resolve_credentials(const CredentialOptions& options, const CredentialSources& sources);

} // namespace ferry
