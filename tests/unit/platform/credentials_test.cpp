#include "platform/credentials.hpp"
#include "platform/endpoints.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <vector>

namespace ferry::test {
namespace {

const std::string two_profiles = "[default]\napi_endpoint = https://default.example/v2\nauth_token = default-token\n"
                                 "[work]\napi_endpoint = https://work.example/v2/\nauth_token = work-token\n"
                                 "[bare]\nauth_token = bare-token\n"
                                 "[poor]\napi_endpoint = https://poor.example/v2\n";

struct Home {
    TempDir dir;
    std::map<std::string, std::string, std::less<>> variables;

    void write(const std::string& content, mode_t mode = 0600) const {
        const auto file = dir.write(".sevenbridges/credentials", content);
        REQUIRE(::chmod(file.c_str(), mode) == 0);
    }
    Result<Credentials> resolve(const CredentialOptions& options = {}) const {
        CredentialSources sources;
        sources.home = dir.path().string();
        sources.work_dir = dir.path().string();
        sources.variable = [this](std::string_view name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            return found == variables.end() ? std::nullopt : std::optional(found->second);
        };
        return resolve_credentials(options, sources);
    }
    std::string refused(const CredentialOptions& options = {}) const {
        const auto result = resolve(options);
        REQUIRE_FALSE(result.ok());
        CHECK(result.error().kind == ErrorKind::invalid);
        CHECK(result.error().message.find("-token") == std::string::npos); // every token here ends so
        return result.error().message;
    }
};

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("endpoints by name and by URL") {
    const std::vector<std::pair<std::string, std::string>> known{
        {"cavatica", "https://cavatica-api.sbgenomics.com:443/v2"},
        {"sbg-us", "https://api.sbgenomics.com:443/v2"},
        {"sbg-eu", "https://eu-api.sbgenomics.com:443/v2"},
        {"sbg-cn", "https://api.sevenbridges.cn:443/v2"},
        {"cgc", "https://cgc-api.sbgenomics.com:443/v2"},
        {"biodatacatalyst", "https://api.sb.biodatacatalyst.nhlbi.nih.gov:443/v2"},
        {"https://a.example/v2///", "https://a.example:443/v2"},
        {"https://a.example", "https://a.example:443"},
        {"http://127.0.0.1:8080/v2/", "http://127.0.0.1:8080/v2"},
        {"http://localhost/v2", "http://localhost:80/v2"},
        {"http://[::1]:9/v2", "http://[::1]:9/v2"},
    };
    for (const auto& [text, whole] : known) {
        CAPTURE(text);
        const auto url = resolve_endpoint(text, "endpoint");
        REQUIRE(url.ok());
        CHECK(url->origin() + url->target == whole);
    }
}

TEST_CASE("endpoints that are none") {
    for (const std::string text : {"", "cavatcia", "CAVATICA", "api.example/v2", "http://api.example/v2",
                                   "http://10.0.0.1/v2", "http://localhost.example/v2", "ftp://a.example/",
                                   "https://user:hush@a.example/v2", "https://a.example/v2?x=hush", "https://"}) {
        CAPTURE(text);
        const auto url = resolve_endpoint(text, "SB_API_ENDPOINT");
        REQUIRE_FALSE(url.ok());
        CHECK(url.error().kind == ErrorKind::invalid);
        CHECK(url.error().message.starts_with("SB_API_ENDPOINT: "));
        CHECK_FALSE(has(url.error().message, "hush"));
    }
    const auto message = [](const char* text) { return resolve_endpoint(text, "endpoint").status().error().message; };
    CHECK(has(message("cavatcia"), "did you mean cavatica?"));
    CHECK(has(message("CAVATICA"), "did you mean cavatica?"));
    CHECK(has(message("api.example/v2"), "did you mean https://api.example/v2?"));
    CHECK(has(message("https://cavatica.sbgenomics.com/u/me"), "https://cavatica-api.sbgenomics.com/v2"));
    CHECK_FALSE(has(message("zzzzzz"), "did you mean"));
}

TEST_CASE("nothing set at all says what to set") {
    const Home home;
    const std::string message = home.refused();
    CHECK(has(message, "set SB_API_ENDPOINT, and SB_AUTH_TOKEN to a token from the platform's Developer page"));
    CHECK(has(message, ".sevenbridges/credentials"));
}

TEST_CASE("the two variables come before the file") {
    Home home;
    home.write(two_profiles);
    home.variables = {{"SB_API_ENDPOINT", "cavatica"}, {"SB_AUTH_TOKEN", "env-token"}};
    const auto found = home.resolve();
    REQUIRE(found.ok());
    CHECK(found->endpoint.host == "cavatica-api.sbgenomics.com");
    CHECK(found->token.reveal() == "env-token");
    CHECK(found->source == "the variable SB_AUTH_TOKEN");
    CHECK(found->warnings.empty());
}

TEST_CASE("one variable without the other leaves it to the file") {
    Home home;
    home.variables = {{"SB_AUTH_TOKEN", "env-token"}};
    CHECK(has(home.refused(), "SB_API_ENDPOINT is not"));
    home.variables = {{"SB_API_ENDPOINT", "cavatica"}, {"SB_AUTH_TOKEN", ""}}; // empty is as good as unset
    CHECK(has(home.refused(), "SB_AUTH_TOKEN is not"));
    home.write(two_profiles);
    home.variables = {{"SB_AUTH_TOKEN", "env-token"}};
    const auto found = home.resolve();
    REQUIRE(found.ok());
    CHECK(found->token.reveal() == "default-token");
    CHECK(found->endpoint.host == "default.example");
    CHECK(found->warnings.size() == 1);
}

TEST_CASE("the endpoint option completes the token's variable") {
    Home home;
    home.variables = {{"SB_AUTH_TOKEN", "env-token"}, {"SB_API_ENDPOINT", "cgc"}};
    const auto found = home.resolve({.endpoint = "cavatica", .profile = {}, .token_env = {}, .token_file = {}});
    REQUIRE(found.ok());
    CHECK(found->endpoint.host == "cavatica-api.sbgenomics.com");
    CHECK(found->token.reveal() == "env-token");
}

TEST_CASE("a named profile skips the environment") {
    Home home;
    home.write(two_profiles);
    home.variables = {{"SB_API_ENDPOINT", "cavatica"}, {"SB_AUTH_TOKEN", "env-token"}};
    const CredentialOptions work{.endpoint = {}, .profile = "work", .token_env = {}, .token_file = {}};
    const auto found = home.resolve(work);
    REQUIRE(found.ok());
    CHECK(found->endpoint.origin() + found->endpoint.target == "https://work.example:443/v2");
    CHECK(found->token.reveal() == "work-token");
    CHECK(has(found->source, "profile 'work' in "));
    const auto moved = home.resolve({.endpoint = "cgc", .profile = "work", .token_env = {}, .token_file = {}});
    REQUIRE(moved.ok());
    CHECK(moved->endpoint.host == "cgc-api.sbgenomics.com");
}

TEST_CASE("profiles that lack something") {
    Home home;
    const auto named = [](const char* name) {
        return CredentialOptions{.endpoint = {}, .profile = name, .token_env = {}, .token_file = {}};
    };
    CHECK(has(home.refused(named("work")), "there is no file"));
    CHECK(has(home.refused(named("work")), "write a section [work]"));
    home.write(two_profiles);
    CHECK(has(home.refused(named("worx")), "did you mean work?"));
    CHECK(has(home.refused(named("zzzzzz")), "has no profile 'zzzzzz', only bare, default, poor, work; write a section "
                                             "[zzzzzz] with api_endpoint and auth_token there, or name one of these"));
    CHECK(has(home.refused(named("bare")), "has no api_endpoint"));
    CHECK(has(home.refused(named("poor")), "has no auth_token; write auth_token"));
    home.write("[default]\nnonsense");
    CHECK(has(home.refused(named("work")), "credentials, line 2: "));
    CHECK(has(home.refused(), "credentials, line 2: ")); // not "no credentials"
    home.write("[default]\napi_endpoint = http://api.example/v2\nauth_token = a-token\n");
    CHECK(has(home.refused(), "api_endpoint of profile 'default'"));
}

TEST_CASE("the default profile's token goes to no other platform") {
    Home home;
    home.write(two_profiles);
    const CredentialOptions elsewhere{
        .endpoint = "https://evil.example/v2", .profile = {}, .token_env = {}, .token_file = {}};
    CHECK(has(home.refused(elsewhere), "https://default.example:443"));
    CHECK(home.resolve({.endpoint = "https://default.example/other", .profile = {}, .token_env = {}, .token_file = {}})
              .ok());
}

TEST_CASE("a token's own variable") {
    Home home;
    home.variables = {{"MY_TOKEN", "my-token"}, {"SB_API_ENDPOINT", "cgc"}, {"SB_AUTH_TOKEN", "env-token"}};
    const CredentialOptions options{.endpoint = {}, .profile = {}, .token_env = "MY_TOKEN", .token_file = {}};
    const auto found = home.resolve(options);
    REQUIRE(found.ok());
    CHECK(found->token.reveal() == "my-token");
    CHECK(found->endpoint.host == "cgc-api.sbgenomics.com");
    CHECK(found->source == "the variable MY_TOKEN");
    home.variables.erase("MY_TOKEN"); // falling back to another token would be a surprise
    CHECK(has(home.refused(options), "MY_TOKEN is not set"));
}

TEST_CASE("the endpoint for a token option: option, profile, variable, default profile") {
    Home home;
    home.variables = {{"T", "my-token"}};
    const auto host = [&](const CredentialOptions& options) {
        const auto found = home.resolve(options);
        return found.ok() ? found->endpoint.host : found.error().message;
    };
    const CredentialOptions plain{.endpoint = {}, .profile = {}, .token_env = "T", .token_file = {}};
    CHECK(has(home.refused(plain), "no API endpoint"));
    home.write(two_profiles);
    CHECK(host(plain) == "default.example");
    home.variables["SB_API_ENDPOINT"] = "https://env.example/v2";
    CHECK(host(plain) == "env.example");
    CHECK(host({.endpoint = {}, .profile = "work", .token_env = "T", .token_file = {}}) == "work.example");
    CHECK(host({.endpoint = "https://opt.example", .profile = "work", .token_env = "T", .token_file = {}}) ==
          "opt.example");
    CHECK(has(host({.endpoint = {}, .profile = "bare", .token_env = "T", .token_file = {}}), "has no api_endpoint"));
}

TEST_CASE("a token file: its first line, below the working directory") {
    Home home;
    home.dir.write("secrets/token", "file-token \r\nsecond line\n");
    CredentialOptions options{.endpoint = "cavatica", .profile = {}, .token_env = {}, .token_file = "secrets/token"};
    const auto found = home.resolve(options);
    REQUIRE(found.ok());
    CHECK(found->token.reveal() == "file-token");
    options.token_file = (home.dir / "secrets/token").string();
    CHECK(home.resolve(options).ok());
    options.token_file = "secrets/none";
    CHECK(has(home.refused(options), "secrets/none"));
    options.token_file = "secrets";
    CHECK(has(home.refused(options), "not a regular file"));
    home.dir.write("empty", "\nfile-token\n");
    options.token_file = "empty";
    CHECK(has(home.refused(options), "is empty"));
    options.token_env = "X";
    CHECK(has(home.refused(options), "keep one"));
}

TEST_CASE("a token that cannot be one is refused without being shown") {
    for (const std::string token :
         {"a -token", "a\t-token", "a-token\n", "\xc3\xbc-token", "a\x7f-token", "a\x01-token"}) {
        Home home;
        home.variables = {{"SB_API_ENDPOINT", "cavatica"}, {"SB_AUTH_TOKEN", token}};
        CHECK(has(home.refused(), "SB_AUTH_TOKEN"));
    }
    Home home;
    home.variables = {{"SB_API_ENDPOINT", "cavatica"}, {"SB_AUTH_TOKEN", std::string(10'000, 'x') + "-token"}};
    CHECK(has(home.refused(), "longer than 4096 bytes"));
}

TEST_CASE("a credentials file that others can read is warned about") {
    Home home;
    home.write(two_profiles, 0644);
    const auto open = home.resolve();
    REQUIRE(open.ok());
    REQUIRE(open->warnings.size() == 1);
    CHECK(has(open->warnings.at(0), "chmod 600"));
    home.write(two_profiles, 0600);
    CHECK(home.resolve()->warnings.empty());
}

TEST_CASE("a token file that others can read is warned about") {
    Home home;
    const std::string file = home.dir.write("token", "file-token\n").string();
    const CredentialOptions options{.endpoint = "cavatica", .profile = {}, .token_env = {}, .token_file = "token"};
    for (const mode_t mode : {0600, 0640}) {
        REQUIRE(::chmod(file.c_str(), mode) == 0);
        const auto found = home.resolve(options);
        REQUIRE(found.ok());
        CHECK(found->warnings.size() == (mode == 0600 ? 0 : 1));
    }
}

TEST_CASE("where nothing is set, the profiles that could be named are told") {
    Home home;
    home.write("[cavatica]\nauth_token = a-token\n[work]\nauth_token = b-token\n");
    CHECK(has(home.refused(), "let the option profile name one of those there: cavatica, work"));
    std::string many;
    for (int i = 0; i < 15; ++i)
        many += "[p" + std::to_string(i) + "]\n";
    home.write(many + "[\x1b[31m]\n");
    CHECK(has(home.refused(), " and 4 more"));
    CHECK_FALSE(has(home.refused(), "\x1b"));
    home.write("# none yet\n");
    const CredentialOptions work{.endpoint = {}, .profile = "work", .token_env = {}, .token_file = {}};
    CHECK(has(home.refused(work), "nor any other; write a section [work]"));
}

TEST_CASE("without a home folder a profile cannot be found") {
    CredentialSources sources;
    const auto found =
        resolve_credentials({.endpoint = {}, .profile = "work", .token_env = {}, .token_file = {}}, sources);
    REQUIRE_FALSE(found.ok());
    CHECK(has(found.error().message, "HOME"));
    CHECK_FALSE(resolve_credentials({}, sources).ok());
}

} // namespace ferry::test
