// ferry-local-platform: the local platform as a program.
#include "document/strict_json.hpp"
#include "local_platform.hpp"
#include "model/json.hpp"

#include <boost/program_options.hpp>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>

namespace {

namespace po = boost::program_options;
using namespace ferry::platform;

po::options_description describe_options() {
    po::options_description options("Options");
    auto add = options.add_options();
    add("help,h", "show this help");
    add("root", po::value<std::string>(), "folder for contents and index; made if missing (required)");
    add("port", po::value<std::uint16_t>()->default_value(0), "API port; 0: any free one");
    add("storage-port", po::value<std::uint16_t>()->default_value(0), "storage port; 0: any free one");
    add("token", po::value<std::string>()->default_value(""), "the token to accept; none: a random one");
    add("project", po::value<std::string>()->default_value("me/my-project"), "OWNER/NAME of the project");
    add("tls-cert", po::value<std::string>()->default_value(""), "PEM certificate chain; both ports then speak TLS");
    add("tls-key", po::value<std::string>()->default_value(""), "PEM key of the certificate");
    add("rate-limit", po::value<std::string>()->default_value("1000/300"), "CALLS/SECONDS");
    add("faults", po::value<std::string>()->default_value(""), "file of fault rules; tests/platform/README.md");
    add("set", po::value<std::vector<std::string>>()->default_value({}, ""),
        "NAME=VALUE, repeatable: how the platform behaves; an unknown NAME lists them");
    return options;
}

void read_rate_limit(const std::string& text, PlatformSettings& settings) {
    const auto slash = text.find('/');
    try {
        std::size_t end = 0;
        const long long calls = std::stoll(text, &end);
        const double seconds = std::stod(text.substr(slash + 1));
        if (slash == std::string::npos || end != slash || calls < 1 || !(seconds > 0) || seconds > 1e6)
            throw std::invalid_argument(text);
        settings.rate_calls = static_cast<std::uint64_t>(calls);
        settings.rate_window = Milliseconds(static_cast<std::int64_t>(seconds * 1000));
    } catch (const std::logic_error&) {
        throw std::invalid_argument("--rate-limit must be CALLS/SECONDS, such as 1000/300");
    }
}

PlatformSettings read_settings(const po::variables_map& given) {
    if (given.count("root") == 0)
        throw std::invalid_argument("--root DIR is required");
    PlatformSettings settings;
    settings.root = given["root"].as<std::string>();
    settings.port = given["port"].as<std::uint16_t>();
    settings.storage_port = given["storage-port"].as<std::uint16_t>();
    settings.token = given["token"].as<std::string>();
    settings.project = given["project"].as<std::string>();
    settings.tls_certificate = given["tls-cert"].as<std::string>();
    settings.tls_key = given["tls-key"].as<std::string>();
    read_rate_limit(given["rate-limit"].as<std::string>(), settings);
    for (const std::string& assignment : given["set"].as<std::vector<std::string>>()) {
        const auto equals = assignment.find('=');
        const std::string name = assignment.substr(0, equals);
        set(settings, name, equals == std::string::npos ? "" : std::string_view(assignment).substr(equals + 1));
    }
    return settings;
}

std::string read_faults(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in)
        throw std::invalid_argument("cannot read the fault rules " + path);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string ready_line(const LocalPlatform& platform) {
    JsonObject::Ptr line = new_object();
    line->set("api", platform.api());
    line->set("storage", platform.storage());
    line->set("token", platform.token());
    line->set("project", platform.project());
    return ferry::to_json(line);
}

// Blocked before any thread begins, so that only the wait below takes them.
sigset_t block_signals() {
    sigset_t ends;
    sigemptyset(&ends);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction before {};
        sigaction(signal, nullptr, &before);
        if (before.sa_handler != SIG_IGN) // as nohup, or a shell's & in a script, wants it
            sigaddset(&ends, signal);
    }
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    return ends;
}

void serve(const po::variables_map& given) {
    const sigset_t ends = block_signals();
    LocalPlatform platform(read_settings(given));
    if (const std::string path = given["faults"].as<std::string>(); !path.empty())
        platform.add_faults(read_faults(path));
    platform.start();
    std::cout << ready_line(platform) << std::endl;
    int signal = 0;
    sigwait(&ends, &signal);
    platform.stop();
    for (const std::string& rule : platform.unused_faults())
        std::cerr << "ferry-local-platform: unused fault: " << rule << '\n';
}

} // namespace

int main(int argc, char** argv) {
    try {
        const po::options_description options = describe_options();
        po::variables_map given;
        po::store(po::command_line_parser(argc, argv).options(options).positional({}).run(), given);
        if (given.count("help") > 0) {
            std::cout << "Usage: ferry-local-platform --root DIR [options]\n"
                         "A stand-in for CAVATICA and its object store on 127.0.0.1.\n\n"
                      << options;
            return EXIT_SUCCESS;
        }
        serve(given);
        return EXIT_SUCCESS;
    } catch (const po::error& error) {
        std::cerr << "ferry-local-platform: " << error.what() << '\n';
        return 2;
    } catch (const std::invalid_argument& error) {
        std::cerr << "ferry-local-platform: " << error.what() << '\n';
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "ferry-local-platform: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
