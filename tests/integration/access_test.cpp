// As whom and on which way: profiles, proxies and certificates, as the other tools of a site have them set.
#include "connect_proxy.hpp"
#include "tls_fixture.hpp"
#include "workspace.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>

namespace ferry::test {

namespace {

const std::string upload_a = R"("project":"me/my-project","files":["a.bin"],)"
                             R"("retry":{"attempts":2,"max_elapsed":"20s"},"timeouts":{"connect":5})";
constexpr std::uint64_t size = 5 * Workspace::part + 3;

platform::PlatformSettings behind_proxy(const TlsFixture& tls) {
    platform::PlatformSettings settings;
    settings.tls_certificate = tls.wrong_host_certificate(); // other.example's
    settings.tls_key = tls.wrong_host_key();
    settings.advertised_host = "other.example"; // which no look-up knows: only the proxy leads there
    return settings;
}

// A platform under a name that is reached through the proxy alone, over TLS.
struct ProxiedSite {
    TlsFixture tls;
    Workspace space{behind_proxy(tls)};
    ConnectProxy proxy;

    explicit ProxiedSite(const std::string& log_in = {}) : proxy(log_in) {
        space.environment["SSL_CERT_FILE"] = tls.authority().string();
        space.make_file("a.bin", size);
    }
    std::filesystem::path write_home(const std::string& name, const std::string& text, bool open = false) const {
        const auto path = space.dir() / ".sevenbridges" / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
        using std::filesystem::perms;
        std::filesystem::permissions(path, open ? perms(0644) : perms(0600));
        return path;
    }
    std::filesystem::path write_config(const std::string& line, bool open = false) const {
        return write_home("sevenbridges-python/config", "[proxies]\n" + line + "\n", open);
    }
    bool all_through_proxy() const {
        const auto targets = proxy.targets();
        const auto to_site = [](const std::string& target) { return target.starts_with("other.example:"); };
        return !targets.empty() && std::ranges::all_of(targets, to_site);
    }
};

bool says(const ProcessResult& result, const std::string& part) {
    return result.err.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("an upload through a proxy with a password: API and storage, TLS from end to end") {
    ProxiedSite site("me:p@ss/word");
    site.space.environment["HTTPS_PROXY"] = "http://me:p%40ss%2Fword@" + site.proxy.address();
    const ProcessResult result = site.space.upload(upload_a);
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK(site.space.stored("a.bin", Workspace::bytes(size)));
    CHECK(site.all_through_proxy());
    const auto targets = site.proxy.targets();
    CHECK(std::ranges::any_of(targets, [&](const std::string& one) { return one != targets.front(); })); // two ports
    CHECK(site.space.server().counters().token_leaks == 0);
    CHECK(site.proxy.refused() == 0);
}

TEST_CASE("profile and proxy from the files that sevenbridges-python reads") {
    ProxiedSite site("me:p@ss");
    site.write_home("credentials", "[lab]\napi_endpoint = " + site.space.server().api() +
                                       "\nauth_token = " + site.space.server().token() + "\nadvance_access = true\n");
    const auto config = site.write_config("https_proxy = me:p%%40ss@" + site.proxy.address(), true);
    site.space.environment["SB_API_ENDPOINT"] = "https://elsewhere.example/v2";
    const ProcessResult result = site.space.upload(upload_a + R"(,"profile":"lab")");
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK(site.space.stored("a.bin", Workspace::bytes(size)));
    CHECK(site.all_through_proxy());
    CHECK(says(result, config.string() + " can be read by others and holds a proxy's password"));
    CHECK_FALSE(says(result, "p%%40ss"));
}

TEST_CASE("a file that others can read is warned about once, however many steps take their token from it") {
    ProxiedSite site;
    site.space.environment["HTTPS_PROXY"] = site.proxy.address();
    const auto credentials = site.write_home("credentials",
                                             "[default]\napi_endpoint = " + site.space.server().api() +
                                                 "\nauth_token = " + site.space.server().token() + "\n",
                                             true);
    site.space.environment["SB_AUTH_TOKEN"] = "";
    site.write_home("two.json", R"({"name":"two","steps":[
      {"id":"one","task":"upload","with":{"project":"me/my-project","files":["a.bin"]}},
      {"id":"two","task":"upload","needs":["one"],
       "with":{"project":"me/my-project","files":[{"path":"a.bin","name":"b.bin"}]}}]})");
    const ProcessResult result = site.space.ferry({"run", ".sevenbridges/two.json"});
    REQUIRE_MESSAGE(result.status == 0, result.err);
    const std::string warning = credentials.string() + " can be read by others and holds a token: chmod 600 it";
    REQUIRE(says(result, warning));
    CHECK(result.err.find(warning) == result.err.rfind(warning));
}

TEST_CASE("the environment's proxy wins over the config's, and NO_PROXY over both") {
    ProxiedSite site;
    site.write_config("https_proxy = 127.0.0.1:9");
    site.space.environment["https_proxy"] = site.proxy.address();
    const ProcessResult result = site.space.upload(upload_a);
    CHECK_MESSAGE(result.status == 0, result.err);
    CHECK(site.all_through_proxy());
    const std::size_t before = site.proxy.targets().size();
    site.space.environment["NO_PROXY"] = "near.example, .Other.Example";
    const ProcessResult direct = site.space.upload(
        R"("project":"me/my-project","files":["a.bin"],"retry":{"max_elapsed":"1s"},"timeouts":{"connect":1})");
    CHECK(direct.status == 1); // nobody knows where that is
    CHECK(site.proxy.targets().size() == before);
}

TEST_CASE("a password that the proxy refuses ends the step at once, and is named by where it stands") {
    ProxiedSite site("me:right");
    const auto config = site.write_config("https_proxy = http://me:hush@" + site.proxy.address());
    const ProcessResult result = site.space.upload(upload_a);
    CHECK(result.status == 1);
    CHECK(says(result, "HTTP 407"));
    CHECK(says(result, "https_proxy (" + config.string() + ", line 2)"));
    CHECK_FALSE(says(result, "hush"));
    CHECK(site.proxy.refused() == 1);
    CHECK(site.space.server().counters().api_calls == 0);
}

TEST_CASE("a config that makes no sense is told before any step, but not where no proxy is asked for") {
    ProxiedSite site;
    const auto config = site.write_config("https_proxy me:hush@host:3128");
    const ProcessResult refused = site.space.upload(upload_a);
    CHECK(refused.status == 2);
    CHECK(says(refused, config.string() + ", line 2: "));
    CHECK_FALSE(says(refused, "hush"));
    site.space.environment["HTTPS_PROXY"] = site.proxy.address();
    const ProcessResult named = site.space.upload(upload_a);
    CHECK_MESSAGE(named.status == 0, named.err);
}

TEST_CASE("a proxy that would be spoken to over TLS is refused before any step") {
    ProxiedSite site;
    site.space.environment["HTTPS_PROXY"] = "https://me:hush@" + site.proxy.address();
    const ProcessResult result = site.space.upload(upload_a);
    CHECK(result.status == 2);
    CHECK(says(result, "HTTPS_PROXY is not a usable proxy address: TLS to the proxy itself"));
    CHECK_FALSE(says(result, "hush"));
}

TEST_CASE("the certificates of requests and curl are believed, and missing ones told before any step") {
    for (const char* name : {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}) {
        CAPTURE(name);
        ProxiedSite site;
        site.space.environment["HTTPS_PROXY"] = site.proxy.address();
        site.space.environment.erase("SSL_CERT_FILE");
        site.space.environment[name] = site.tls.authority().string();
        const ProcessResult result = site.space.upload(upload_a);
        CHECK_MESSAGE(result.status == 0, result.err);
        site.space.environment[name] = "/nowhere/at/all.pem";
        const ProcessResult missing = site.space.upload(upload_a);
        CHECK(missing.status == 2);
        CHECK(says(missing, "'/nowhere/at/all.pem', which " + std::string(name) + " names"));
    }
}

} // namespace ferry::test
