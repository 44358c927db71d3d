#include "load.hpp"

#include <fstream>

namespace ferry::bench {

namespace {

namespace fs = std::filesystem;

void write_curl_config(const fs::path& path, const Load& load, const Place& place, const SinkProcess& sink,
                       const std::vector<fs::path>& files) {
    std::ofstream config(path, std::ios::trunc);
    // Without `Expect`, as ferry: storage would be asked first whether it wants the part.
    config << "silent\nshow-error\nfail\nhttp1.1\nparallel\nparallel-immediate\nparallel-max = " << load.slots
           << "\nheader = \"Expect:\"\n";
    if (load.tls)
        config << "cacert = \"" << place.certificate() << "\"\n";
    for (std::size_t i = 0; i < files.size(); ++i)
        config << "url = \"" << sink.storage() << "/bucket/curl?partNumber=" << i + 1
               << "&uploadId=curl&Signature=none\"\nupload-file = \"" << files[i].string()
               << "\"\noutput = \"/dev/null\"\n";
}

} // namespace

void make_certificate(const Place& place) {
    Command command;
    command.words = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"};
    for (const std::string& word :
         {std::string("-keyout"), place.key(), std::string("-out"), place.certificate(), std::string("-subj"),
          std::string("/CN=localhost"), std::string("-addext"), std::string("subjectAltName=IP:127.0.0.1")})
        command.words.push_back(word);
    command.err = (place.dir / "openssl.err").string();
    run(command);
}

std::vector<fs::path> make_files(const Place& place, const std::string& folder, std::uint64_t count,
                                 std::uint64_t size) {
    std::vector<fs::path> files;
    fs::create_directories(place.dir / folder);
    for (std::uint64_t i = 0; i < count; ++i) {
        files.push_back(place.dir / folder / ("part" + std::to_string(i) + ".bin"));
        std::ofstream(files.back()).close();
        fs::resize_file(files.back(), size);
    }
    return files;
}

std::vector<std::string> sink_options(const Load& load, const Place& place) {
    const std::string latency = std::to_string(load.latency_ms);
    std::vector<std::string> options{"--api-latency", latency, "--storage-latency", latency};
    if (load.tls)
        options.insert(options.end(), {"--tls-cert", place.certificate(), "--tls-key", place.key()});
    return options;
}

Command ferry_command(const Load& load, const Place& place, const SinkProcess& sink, const std::string& folder,
                      int runner) {
    const fs::path own = place.dir / ("ferry" + std::to_string(runner));
    fs::remove_all(own);
    fs::create_directories(own);
    Command command;
    command.words = {FERRY_BINARY, "task", "upload", "--progress", "none", "--log-level", "warn"};
    for (const std::string& word : {std::string("--state-dir"), (own / "state").string()})
        command.words.push_back(word);
    std::vector<std::string> sets{"project=me/bench", "files=[\"" + (place.dir / folder).string() + "/*.bin\"]",
                                  "parallel_parts=" + std::to_string(load.slots), std::string("verify=") + load.verify,
                                  R"(retry={"attempts":3,"max_elapsed":"5m"})"};
    if (load.part_size != 0)
        sets.push_back("part_size=" + std::to_string(load.part_size));
    for (const std::string& set : sets)
        command.words.insert(command.words.end(), {"--set", set});
    command.environment = {"HOME=" + own.string(), "SB_API_ENDPOINT=" + sink.api(), "SB_AUTH_TOKEN=bench",
                           "SSL_CERT_FILE=" + place.certificate()};
    command.out = (own / "outputs.json").string();
    command.err = (own / "stderr").string();
    return command;
}

Command curl_command(const Load& load, const Place& place, const SinkProcess& sink,
                     const std::vector<fs::path>& files) {
    const fs::path config = place.dir / "curl.conf";
    write_curl_config(config, load, place, sink, files);
    Command command;
    command.words = {"curl", "-q", "--no-progress-meter", "-K", config.string()};
    command.environment = {"HOME=" + place.dir.string()};
    command.err = (place.dir / "curl.err").string();
    return command;
}

} // namespace ferry::bench
