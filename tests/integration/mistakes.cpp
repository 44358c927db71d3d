#include "mistakes.hpp"

#include "connect_proxy.hpp"
#include "tls_fixture.hpp"
#include "workspace.hpp"

#include <Poco/RegularExpression.h>
#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace ferry::test {

namespace {

constexpr const char* password = "hush";

void replace_all(std::string& text, const std::string& what, const std::string& with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

// A user with one file, and a platform for it.
class Scene {
  public:
    explicit Scene(platform::PlatformSettings settings = {}) : space(std::move(settings)) {
        space.make_file("S1.bam", 3 * Workspace::part);
        const std::string api = space.server().api();
        const std::string address = api.substr(api.find("//") + 2, api.rfind('/') - api.find("//") - 2);
        show("http://" + address, "https://cavatica-api.sbgenomics.com");
        show(address, "cavatica-api.sbgenomics.com");
        show(space.dir().string(), "/home/me");
    }

    void show(std::string real, std::string example) { shown_.emplace_back(std::move(real), std::move(example)); }
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories((space.dir() / name).parent_path());
        std::ofstream(space.dir() / name) << text;
    }

    std::vector<std::string> upload_words(const std::vector<std::string>& options) const {
        std::vector<std::string> words{
            "task", "upload", "--set", "project=me/my-project", "--set", R"(files=["S1.bam"])"};
        for (const std::string& option : options)
            words.insert(words.end(), {"--set", option}); // the last of a key counts
        return words;
    }
    Printed upload(const std::vector<std::string>& options = {}) const {
        return printed(space.ferry(upload_words(options)));
    }
    // A way that is no way must not be tried for hours.
    Printed upload_impatiently(const std::string& endpoint) const {
        return upload({"endpoint=" + endpoint, R"(retry={"max_elapsed":"300ms"})"});
    }
    Printed run(const std::string& workflow) const {
        write("workflow.json", workflow);
        return printed(space.ferry({"run", "workflow.json"}));
    }

    Printed printed(const ProcessResult& result) const {
        std::string err = result.err;
        CHECK(err.find(space.server_token()) == std::string::npos);
        CHECK(err.find(password) == std::string::npos);
        for (const auto& [real, example] : shown_)
            replace_all(err, real, example);
        return {result.status, err};
    }

    struct Space : Workspace {
        using Workspace::Workspace;
        std::string server_token() const { return const_cast<Space*>(this)->server().token(); }
    } space;

  private:
    std::vector<std::pair<std::string, std::string>> shown_;
};

platform::PlatformSettings with_certificate(const std::filesystem::path& certificate,
                                            const std::filesystem::path& key) {
    platform::PlatformSettings settings;
    settings.tls_certificate = certificate;
    settings.tls_key = key;
    return settings;
}

Printed no_token() {
    Scene scene;
    scene.space.environment["SB_AUTH_TOKEN"] = scene.space.environment["SB_API_ENDPOINT"] = "";
    return scene.upload();
}

Printed wrong_token() {
    Scene scene;
    scene.space.environment["SB_AUTH_TOKEN"] = "0123456789abcdef0123456789abcdef";
    return scene.upload();
}

Printed endpoint_without_version() {
    Scene scene;
    const std::string api = scene.space.server().api();
    scene.space.environment["SB_API_ENDPOINT"] = api.substr(0, api.rfind('/'));
    return scene.upload();
}

Printed other_project(const std::string& project) {
    return Scene().upload({"project=" + project});
}

Printed read_only() {
    platform::PlatformSettings settings;
    settings.may_write = false;
    return Scene(settings).upload();
}

Printed files(const std::string& json) {
    Scene scene;
    scene.write("lane1/S2.bam", "1");
    scene.write("lane2/S2.bam", "2");
    return scene.upload({"files=" + json});
}

Printed name_taken() {
    Scene scene;
    scene.space.server().add_file("me/my-project", "S1.bam", "older");
    return scene.upload();
}

Printed semicolons() {
    Scene scene;
    scene.write("samples.csv", "File name;sample_id\nS1.bam;S1\n");
    return scene.upload({"manifest=samples.csv"});
}

Printed fault(const std::string& rule) {
    Scene scene;
    scene.space.server().add_faults(rule);
    return scene.upload();
}

// What an expired certificate is to the right time, a good one is to a wrong time.
Printed clock_off() {
    const TlsFixture tls;
    Scene scene(with_certificate(tls.expired_certificate(), tls.expired_key()));
    scene.space.environment["SSL_CERT_FILE"] = tls.authority().string();
    return scene.upload();
}

Printed unknown_authority() {
    const TlsFixture tls;
    return Scene(with_certificate(tls.certificate(), tls.key())).upload();
}

Printed misspelt_host() {
    Scene scene;
    scene.show("cavatica-api.ferry.invalid", "cavatica-ap.sbgenomics.com");
    scene.show("Temporary failure in name resolution", "Name or service not known"); // of a machine without a net
    return scene.upload_impatiently("https://cavatica-api.ferry.invalid/v2");
}

// An address of this machine that is not known for one, and where nothing listens.
Printed no_way_out() {
    Scene scene;
    scene.show("0.0.0.0:9", "cavatica-api.sbgenomics.com:443");
    return scene.upload_impatiently("https://0.0.0.0:9/v2");
}

Printed proxy_password() {
    const ConnectProxy proxy("me:right");
    Scene scene;
    scene.show(proxy.address(), "proxy.site:3128");
    scene.space.environment["HTTPS_PROXY"] = "http://me:" + std::string(password) + "@" + proxy.address();
    return scene.upload_impatiently("https://cavatica-api.sbgenomics.com/v2");
}

Printed full_disk() {
    const Scene scene;
    scene.write("workflow.json", R"({"steps":[{"id":"a","task":"command","with":{"command":["true"]}}]})");
    ProcessSetup setup = scene.space.setup();
    setup.under = {"/bin/sh", "-c", R"(exec "$0" "$@" > /dev/full)"};
    return scene.printed(run_ferry({"run", "workflow.json"}, setup));
}

Printed shell_braces() {
    return Scene().run(R"json({"steps":[{"id":"count","task":"command",
        "with":{"command":["bash","-c","wc -l < \"$F\" > \"${F%.fq}.txt\""]}}]})json");
}

Printed changed_source() {
    Scene scene;
    scene.space.server().add_faults(R"({"operation":"put","fault":"stall","ms":500})");
    FerryProcess process(scene.upload_words({}), scene.space.setup());
    for (int i = 0; scene.space.server().counters().puts < 1; ++i) {
        REQUIRE_MESSAGE(i < 3000, "no part was ever sent");
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    std::ofstream(scene.space.dir() / "S1.bam", std::ios::app) << "more";
    return scene.printed(process.wait());
}

std::map<std::string, std::function<Printed()>> of_local_things() {
    return {
        {"a file that is not there", [] { return files(R"(["reads/S1.fastq"])"); }},
        {"a pattern that matches nothing", [] { return files(R"(["results/*.cram"])"); }},
        {"a folder in the place of files", [] { return files(R"(["lane1"])"); }},
        {"two files with one name", [] { return files(R"(["lane1/S2.bam","lane2/S2.bam"])"); }},
        {"brackets that the shell has taken apart", [] { return files("[S1.bam]"); }},
        {"a manifest with semicolons", semicolons},
        {"an option misspelt", [] { return Scene().upload({"paralel_parts=4"}); }},
        {"a file that is still written to", changed_source},
        {"a full disk", full_disk},
        {"braces for the shell in a workflow", shell_braces},
    };
}

std::map<std::string, std::function<Printed()>> of_the_platform() {
    return {
        {"no token", no_token},
        {"a wrong token", wrong_token},
        {"an endpoint without `/v2`", endpoint_without_version},
        {"the project's title", [] { return other_project("My Project"); }},
        {"a project id in upper case", [] { return other_project("me/My-Project"); }},
        {"a project that is not yours", [] { return other_project("you/secret"); }},
        {"no right to write", read_only},
        {"a name that is taken", name_taken},
        {"the quota used up",
         [] { return fault(R"({"operation":"init","fault":"rate_limited","reset_in_ms":1000})"); }},
        {"no funds",
         [] {
             return fault(R"({"operation":"init","fault":"status","status":403,"code":90002,)"
                          R"("message":"The billing group has no funds."})");
         }},
    };
}

std::map<std::string, std::function<Printed()>> of_the_way_there() {
    return {
        {"a clock that is wrong", clock_off},
        {"a host name misspelt", misspelt_host},
        {"a proxy that nobody has set", no_way_out},
        {"a proxy's password that is wrong", proxy_password},
        // As that of a proxy that looks into what passes.
        {"a certificate of the site's own", unknown_authority},
    };
}

} // namespace

std::map<std::string, std::function<Printed()>> all_mistakes() {
    auto all = of_local_things();
    all.merge(of_the_platform());
    all.merge(of_the_way_there());
    return all;
}

std::string without_chance(const std::string& text) {
    // POCO's, as GCC 12 warns inside its own <regex> in a build with the address sanitizer.
    const auto replace_all = [](std::string& in, const char* pattern, const char* with) {
        Poco::RegularExpression(pattern).subst(in, with, Poco::RegularExpression::RE_GLOBAL);
    };
    std::string out = text;
    replace_all(out, R"(\d{4}-\d\d-\d\d \d\d:\d\d UTC)", "DATE");
    replace_all(out, R"(\d+(\.\d+)? (ms|s|min|h)\b)", "TIME");
    replace_all(out, ":443", "");
    return out;
}

} // namespace ferry::test
