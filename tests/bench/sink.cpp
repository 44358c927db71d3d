// bench_sink: an API and an object store that take uploads as fast as the machine can, and keep nothing.
#include "sink/api.hpp"
#include "sink/listener.hpp"
#include "sink/storage.hpp"

#include <boost/program_options.hpp>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <sys/prctl.h>

namespace {

namespace po = boost::program_options;
using namespace ferry::bench;

po::options_description describe_options() {
    po::options_description options("Options");
    auto add = options.add_options();
    add("help,h", "show this help");
    add("tls-cert", po::value<std::string>()->default_value(""), "PEM certificate chain; both ports then speak TLS");
    add("tls-key", po::value<std::string>()->default_value(""), "PEM key of the certificate");
    add("api-latency", po::value<unsigned>()->default_value(0), "milliseconds before each answer of the API");
    add("storage-latency", po::value<unsigned>()->default_value(0), "milliseconds between a part and its answer");
    add("rate-limit", po::value<std::string>()->default_value("1000000000/300"), "CALLS/SECONDS");
    add("etag", po::value<std::string>()->default_value("md5"), "md5 (of as many zero bytes) or none (that is an MD5)");
    return options;
}

Quota read_quota(const std::string& text) {
    try {
        const auto slash = text.find('/');
        const unsigned long calls = std::stoul(text);
        const unsigned long seconds = std::stoul(text.substr(slash + 1));
        if (slash != std::string::npos && calls > 0 && seconds > 0)
            return {calls, seconds};
    } catch (const std::logic_error&) { // no numbers
    }
    throw std::invalid_argument("--rate-limit must be CALLS/SECONDS, such as 60/6");
}

bool read_etag(const std::string& text) {
    if (text != "md5" && text != "none")
        throw std::invalid_argument("--etag must be md5 or none");
    return text == "md5";
}

// Blocked before any thread begins, so that only the wait below takes them.
sigset_t block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1})
        sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return signals;
}

[[noreturn]] void serve(const po::variables_map& given) {
    const sigset_t signals = block_signals();
    const auto text = [&](const char* name) { return given[name].as<std::string>(); };
    const auto time = [&](const char* name) { return std::chrono::milliseconds(given[name].as<unsigned>()); };
    Quota quota = read_quota(text("rate-limit"));
    const TlsIdentity identity(text("tls-cert"), text("tls-key"));
    Counters counters;
    Listener api_port(identity, counters);
    Listener storage_port(identity, counters);
    const std::string host = identity.set() ? "https://127.0.0.1:" : "http://127.0.0.1:";
    const std::string api_base = host + std::to_string(api_port.port()) + "/v2";
    const std::string storage_base = host + std::to_string(storage_port.port());
    Api api(api_base, storage_base, quota, counters);
    Storage storage(read_etag(text("etag")), counters);
    api_port.start(api, time("api-latency"));
    storage_port.start(storage, time("storage-latency"));
    std::cout << "{\"api\":\"" << api_base << "\",\"storage\":\"" << storage_base << "\"}" << std::endl;
    for (int signal = 0; sigwait(&signals, &signal) == 0 && signal == SIGUSR1;)
        std::cout << to_json(counters) << std::endl;
    std::_Exit(EXIT_SUCCESS); // the threads are in the middle of their work
}

} // namespace

int main(int argc, char** argv) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM); // it is of no use to anybody without the one who measures
    try {
        const po::options_description options = describe_options();
        po::variables_map given;
        po::store(po::command_line_parser(argc, argv).options(options).positional({}).run(), given);
        if (given.count("help") > 0) {
            std::cout
                << "Usage: bench_sink [options]\n"
                   "Prints its addresses as one line of JSON; on SIGUSR1, or for GET /stats, what it has seen.\n\n"
                << options;
            return EXIT_SUCCESS;
        }
        serve(given);
    } catch (const std::exception& error) {
        std::cerr << "bench_sink: " << error.what() << '\n';
        return 2;
    }
}
