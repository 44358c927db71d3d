#include "sink_process.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace ferry::bench {

namespace {

constexpr int patience_ms = 60'000;

std::size_t value_at(const std::string& json, const std::string& key) {
    const std::string name = '"' + key + "\":";
    const std::size_t at = json.find(name);
    return at == std::string::npos ? at : at + name.size();
}

} // namespace

std::uint64_t number_of(const std::string& json, const std::string& key) {
    const std::size_t at = value_at(json, key);
    return at == std::string::npos ? 0 : std::strtoull(json.c_str() + at, nullptr, 10);
}

std::string text_of(const std::string& json, const std::string& key) {
    const std::size_t at = value_at(json, key);
    return at == std::string::npos ? "" : json.substr(at + 1, json.find('"', at + 1) - at - 1);
}

Seen Seen::since(const Seen& before) const {
    return {api_calls - before.api_calls, refused - before.refused,         puts - before.puts,
            bytes - before.bytes,         connections - before.connections, cpu_us - before.cpu_us};
}

SinkProcess::SinkProcess(const std::vector<std::string>& options) {
    int pipe[2] = {-1, -1};
    if (::pipe2(pipe, O_CLOEXEC) != 0)
        throw std::runtime_error("cannot make a pipe");
    Command command;
    command.words = {BENCH_SINK};
    command.words.insert(command.words.end(), options.begin(), options.end());
    pid_ = spawn(command, pipe[1]);
    ::close(pipe[1]);
    out_ = pipe[0];
    const std::string ready = line();
    api_ = text_of(ready, "api");
    storage_ = text_of(ready, "storage");
    if (storage_.empty())
        throw std::runtime_error("bench_sink does not say where it listens");
}

SinkProcess::~SinkProcess() {
    ::close(out_);
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

Seen SinkProcess::seen() const {
    ::kill(pid_, SIGUSR1);
    const std::string told = line();
    return {number_of(told, "api_calls"), number_of(told, "refused"),     number_of(told, "puts"),
            number_of(told, "bytes"),     number_of(told, "connections"), number_of(told, "cpu_us")};
}

std::string SinkProcess::line() const {
    std::string text;
    while (!text.ends_with('\n')) {
        pollfd waiting{out_, POLLIN, 0};
        char piece[512];
        const ssize_t count = ::poll(&waiting, 1, patience_ms) > 0 ? ::read(out_, piece, sizeof piece) : 0;
        if (count <= 0)
            throw std::runtime_error("bench_sink has ended, or does not answer");
        text.append(piece, static_cast<std::size_t>(count));
    }
    return text;
}

} // namespace ferry::bench
