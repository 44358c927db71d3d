#include "platform/credentials.hpp"

#include "document/text.hpp"
#include "platform/credentials_file.hpp"
#include "platform/endpoints.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace ferry {
namespace {

constexpr std::size_t credentials_limit = 1u << 20;
constexpr std::size_t token_file_limit = 64u << 10;
constexpr std::size_t token_limit = 4096;
constexpr std::string_view endpoint_variable = "SB_API_ENDPOINT";
constexpr std::string_view token_variable = "SB_AUTH_TOKEN";
constexpr std::string_view default_profile = "default";
constexpr const char* token_page = "the platform's Developer page";

Error invalid(std::string message) {
    return {ErrorKind::invalid, std::move(message)};
}

struct Token {
    Secret secret;
    std::string source;
};

// A token goes into a header line: anything but visible ASCII is a wrong file or a copying accident.
Result<Token> checked(Secret secret, std::string source) {
    const std::string_view text = secret.reveal();
    if (text.empty())
        return invalid("the token from " + source + " is empty");
    if (text.size() > token_limit)
        return invalid("the token from " + source + " is longer than " + std::to_string(token_limit) + " bytes");
    if (!std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; }))
        return invalid("the token from " + source +
                       " holds white space or characters that no token has; copy it again from the platform");
    return Token{std::move(secret), std::move(source)};
}

class Resolver {
  public:
    Resolver(const CredentialOptions& options, const CredentialSources& sources)
        : options_(options)
        , sources_(sources)
        , path_(sources.home.empty() ? "" : sources.home + "/.sevenbridges/credentials") {}

    Result<Credentials> run() {
        if (options_.token_env && options_.token_file)
            return invalid("token_env and token_file are both given; keep one");
        std::optional<Url> endpoint;
        if (options_.endpoint) {
            auto given = resolve_endpoint(*options_.endpoint, "endpoint");
            if (!given.ok())
                return given.error();
            endpoint = std::move(*given);
        }
        if (options_.token_env || options_.token_file)
            return with_token_option(std::move(endpoint));
        if (options_.profile)
            return with_profile(*options_.profile, std::move(endpoint));
        return with_environment(std::move(endpoint));
    }

  private:
    std::optional<std::string> variable(std::string_view name) const {
        auto value = sources_.variable ? sources_.variable(name) : std::nullopt;
        return value && !value->empty() ? value : std::nullopt;
    }

    Result<Token> token_option() {
        if (options_.token_env) {
            const std::string source = "the variable " + printable(*options_.token_env, 255);
            auto value = variable(*options_.token_env);
            if (!value)
                return invalid("token_env: " + source + " is not set; export it with a token from " + token_page);
            return checked(Secret(std::move(*value)), source);
        }
        const std::string& given = *options_.token_file;
        const bool relative = !given.starts_with('/') && !sources_.work_dir.empty();
        const std::string path = relative ? sources_.work_dir + "/" + given : given;
        const auto file = read_small_file(path, token_file_limit);
        if (!file.ok())
            return invalid("token_file: " + file.error().message);
        warn_if_open(*file, path);
        std::string line = file->text.substr(0, file->text.find('\n'));
        line.erase(line.find_last_not_of(" \t\r") + 1);
        return checked(Secret(std::move(line)), "the file " + printable(path));
    }

    // The token is given apart from the endpoint: options, profile, variable, default profile, the first that has one.
    Result<Credentials> with_token_option(std::optional<Url> endpoint) {
        auto token = token_option();
        if (!token.ok())
            return token.error();
        if (endpoint)
            return finish(std::move(*endpoint), std::move(*token));
        const auto set = variable(endpoint_variable);
        if (set && !options_.profile)
            return finish(resolve_endpoint(*set, endpoint_variable), std::move(*token));
        if (options_.profile || has_default()) {
            const std::string name = options_.profile.value_or(std::string(default_profile));
            const auto profile = find_profile(name);
            if (!profile.ok())
                return profile.error();
            return finish(endpoint_of(*profile, name), std::move(*token));
        }
        return invalid("no API endpoint: set the option endpoint, such as \"cavatica\", or SB_API_ENDPOINT");
    }

    Result<Credentials> with_profile(const std::string& name, std::optional<Url> endpoint) {
        const auto profile = find_profile(name);
        if (!profile.ok())
            return profile.error();
        if (profile->token.empty())
            return invalid(profile_title(name) + " has no auth_token; write auth_token = ... there, from " +
                           token_page);
        auto token = checked(profile->token, profile_title(name));
        if (!token.ok())
            return token.error();
        if (endpoint)
            return finish(std::move(*endpoint), std::move(*token));
        return finish(endpoint_of(*profile, name), std::move(*token));
    }

    Result<Credentials> with_environment(std::optional<Url> endpoint) {
        auto token = variable(token_variable);
        const auto set = variable(endpoint_variable);
        if (token && (endpoint || set)) {
            auto good = checked(Secret(std::move(*token)), "the variable " + std::string(token_variable));
            if (!good.ok())
                return good.error();
            return finish(endpoint ? Result<Url>(std::move(*endpoint)) : resolve_endpoint(*set, endpoint_variable),
                          std::move(*good));
        }
        if (!has_default())
            return nothing_found(token.has_value(), set.has_value());
        if (token)
            warnings_.push_back("SB_AUTH_TOKEN is set without SB_API_ENDPOINT, so " +
                                profile_title(std::string(default_profile)) + " is used instead of it");
        return with_default(std::move(endpoint));
    }

    // A token is for one platform: the default profile's must not go to another one just because a workflow says so.
    Result<Credentials> with_default(std::optional<Url> endpoint) {
        const std::string name(default_profile);
        const auto profile = find_profile(name);
        if (!profile.ok())
            return profile.error();
        if (endpoint && !profile->endpoint.empty()) {
            const auto own = endpoint_of(*profile, name);
            if (!own.ok())
                return own.error();
            if (own->origin() != endpoint->origin())
                return invalid("the endpoint is " + endpoint->origin() + ", but " + profile_title(name) + " is for " +
                               own->origin() + "; name the right profile, or set SB_AUTH_TOKEN");
        }
        return with_profile(name, std::move(endpoint));
    }

    Error nothing_found(bool has_token, bool has_endpoint) const {
        std::string message =
            "no credentials: set SB_API_ENDPOINT, and SB_AUTH_TOKEN to a token from the platform's Developer page, or "
            "write a [default] profile to " +
            (path_.empty() ? "~/.sevenbridges/credentials" : printable(path_));
        if (const std::string known = known_profiles(); !known.empty())
            message += ", or let the option profile name one of those there: " + known;
        if (has_token && !has_endpoint)
            message += " (SB_AUTH_TOKEN is set, SB_API_ENDPOINT is not)";
        else if (has_endpoint && !has_token)
            message += " (SB_API_ENDPOINT is set, SB_AUTH_TOKEN is not)";
        return invalid(message);
    }

    void warn_if_open(const SmallFile& file, const std::string& path) {
        if (file.open_to_others)
            warnings_.push_back(printable(path) + " can be read by others and holds a token: chmod 600 it");
    }

    // Reads the file once. No file is not an error here: there are no profiles then.
    Status load() {
        if (loaded_ || path_.empty())
            return {};
        const auto file = read_small_file(path_, credentials_limit);
        if (!file.ok())
            return file.error().kind == ErrorKind::not_found ? Status() : Status(file.error());
        auto profiles = parse_credentials(file->text, path_);
        if (!profiles.ok())
            return profiles.error();
        warn_if_open(*file, path_);
        profiles_ = std::move(*profiles);
        loaded_ = true;
        return {};
    }

    // True also if the file is there but cannot be read: finding the profile then says why.
    bool has_default() { return !load().ok() || profiles_.contains(std::string(default_profile)); }

    Result<Profile> find_profile(const std::string& name) {
        if (path_.empty())
            return invalid("profile '" + printable(name, 255) + "': there is no home folder to look for " +
                           ".sevenbridges/credentials in; set HOME");
        if (const Status read = load(); !read)
            return read.error();
        const auto found = profiles_.find(name);
        if (found != profiles_.end())
            return found->second;
        return unknown_profile(name);
    }

    Error unknown_profile(const std::string& name) const {
        const std::string shown = printable(name, 255);
        const std::string write = "write a section [" + shown + "] with api_endpoint and auth_token";
        if (!loaded_)
            return invalid("profile '" + shown + "': there is no file " + printable(path_) + "; " + write + " to it");
        const std::string known = known_profiles();
        std::vector<std::string> names;
        for (const auto& [one, profile] : profiles_)
            names.push_back(one);
        const std::string near = nearest(name, names);
        return invalid(printable(path_) + " has no profile '" + shown + "', " +
                       (known.empty() ? "nor any other; " : "only " + known + "; ") +
                       (near.empty() ? write + " there" + (known.empty() ? "" : ", or name one of these")
                                     : "did you mean " + printable(near, 255) + "?"));
    }

    // "default, work", for messages; no more than fit a line or two.
    std::string known_profiles() const {
        constexpr std::size_t most = 12;
        std::string list;
        std::size_t told = 0;
        for (const auto& [name, profile] : profiles_)
            if (++told <= most)
                list += (list.empty() ? "" : ", ") + printable(name, 64);
        return told <= most ? list : list + " and " + std::to_string(told - most) + " more";
    }

    std::string profile_title(const std::string& name) const {
        return "profile '" + printable(name, 255) + "' in " + printable(path_);
    }

    Result<Url> endpoint_of(const Profile& profile, const std::string& name) const {
        if (profile.endpoint.empty())
            return invalid(profile_title(name) +
                           " has no api_endpoint; write api_endpoint = https://... there, or set " +
                           "the option endpoint, such as \"cavatica\"");
        return resolve_endpoint(profile.endpoint, "api_endpoint of " + profile_title(name));
    }

    Result<Credentials> finish(Result<Url> endpoint, Token token) {
        if (!endpoint.ok())
            return endpoint.error();
        return Credentials{std::move(*endpoint), std::move(token.secret), std::move(token.source), warnings_};
    }

    const CredentialOptions& options_;
    const CredentialSources& sources_;
    const std::string path_;
    bool loaded_ = false;
    std::map<std::string, Profile> profiles_;
    std::vector<std::string> warnings_;
};

} // namespace

Result<Credentials> resolve_credentials(const CredentialOptions& options, const CredentialSources& sources) {
    return Resolver(options, sources).run();
}

} // namespace ferry
