// The credentials file, and what may stand in the environment in its place.
#include "fuzz.hpp"

#include "platform/credentials.hpp"
#include "platform/credentials_file.hpp"

using namespace ferry;

namespace {

void check_file(std::string_view text) {
    const std::string path = "/home/me/.sevenbridges/credentials";
    const auto profiles = parse_credentials(text, path);
    if (!profiles.ok()) {
        const std::string& message = profiles.error().message;
        fuzz::require_plain(message, "an error's message is plain");
        fuzz::require(message.starts_with(path + ", line "), "an error names the file and the line");
        return;
    }
    std::string printed;
    for (const auto& [name, profile] : *profiles)
        printed += "[" + name + "]\n api_endpoint = " + profile.endpoint +
                   "\nauth_token:" + std::string(profile.token.reveal()) + "\n";
    const auto again = parse_credentials(printed, path);
    fuzz::require(again.ok(), "what is read prints as what can be read");
    fuzz::require(again->size() == profiles->size(), "every profile comes back");
    for (const auto& [name, profile] : *profiles)
        fuzz::require(again->contains(name) && again->at(name).endpoint == profile.endpoint &&
                          again->at(name).token.reveal() == profile.token.reveal(),
                      "a profile comes back as it was");
}

// The first line as the endpoint, the second as the token.
void check_environment(std::string_view text) {
    const std::string endpoint(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(endpoint.size() + 1, text.size()));
    const std::string token(text.substr(0, text.find('\n')));
    CredentialSources sources;
    sources.variable = [&](std::string_view name) -> std::optional<std::string> {
        return name == "SB_API_ENDPOINT" ? endpoint : name == "SB_AUTH_TOKEN" ? token : std::optional<std::string>();
    };
    const auto found = resolve_credentials({}, sources);
    if (!found.ok()) {
        fuzz::require_plain(found.error().message, "an error's message is plain");
        return;
    }
    fuzz::require(found->token.reveal() == token && fuzz::is_word(token) && !token.empty(), "a token fits a header");
    fuzz::require(found->endpoint.tls() || found->endpoint.loopback(), "no token goes out in the open");
    fuzz::require(!found->endpoint.target.ends_with('/'), "the endpoint has no trailing slash");
    fuzz::require(found->endpoint.target.find('?') == std::string::npos, "the endpoint has no query");
    fuzz::require_plain(found->source, "the token's source is plain");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check_file(fuzz::view(data, size));
    check_environment(fuzz::view(data, size));
    return 0;
}
