// What one measurement sends, and the commands that send it.
#pragma once

#include "child.hpp"
#include "sink_process.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ferry::bench {

constexpr std::uint64_t kib = 1u << 10;
constexpr std::uint64_t mib = 1u << 20;
constexpr std::uint64_t gib = 1u << 30;

struct Load {
    std::string name;
    std::uint64_t files = 1;
    std::uint64_t file_size = 0;
    std::uint64_t part_size = 0; // 0: ferry's own choice
    unsigned slots = 8;
    bool tls = false;
    const char* verify = "etag";
    unsigned latency_ms = 0; // of API and storage alike
    unsigned pairs = 11;

    std::uint64_t bytes() const { return files * file_size; }
};

// The folder that measurements share, with a certificate for both ends of TLS.
struct Place {
    std::filesystem::path dir;

    std::string certificate() const { return (dir / "certificate.pem").string(); }
    std::string key() const { return (dir / "key.pem").string(); }
};

void make_certificate(const Place& place); // throws std::runtime_error

// Files of zero bytes, which take no room on the disk, in a folder of that name.
std::vector<std::filesystem::path> make_files(const Place& place, const std::string& folder, std::uint64_t count,
                                              std::uint64_t size);

std::vector<std::string> sink_options(const Load& load, const Place& place);

// Uploads all of the folder, with nothing known from earlier runs. `runner` tells those apart that run at once.
Command ferry_command(const Load& load, const Place& place, const SinkProcess& sink, const std::string& folder,
                      int runner = 0);
// PUTs the files, as many at once as there are slots.
Command curl_command(const Load& load, const Place& place, const SinkProcess& sink,
                     const std::vector<std::filesystem::path>& files);

} // namespace ferry::bench
