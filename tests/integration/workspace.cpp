#include "workspace.hpp"

#include <random>
#include <utility>

namespace ferry::test {

namespace {

platform::PlatformSettings with_root(platform::PlatformSettings settings, const std::filesystem::path& root) {
    settings.root = root;
    if (settings.part_size == platform::PartSizePolicy::echo) {
        settings.part_size = platform::PartSizePolicy::fixed;
        settings.fixed_part_size = Workspace::part;
    }
    settings.min_part_size = 1;
    return settings;
}

} // namespace

Workspace::Workspace(platform::PlatformSettings settings) : server_(with_root(std::move(settings), root_.path())) {
    server_.start();
}

std::string Workspace::bytes(std::uint64_t size, std::uint32_t seed) {
    std::mt19937 generator(seed);
    std::string content(size, '\0');
    for (char& byte : content)
        byte = static_cast<char>(generator());
    return content;
}

std::filesystem::path Workspace::make_file(const std::string& name, std::uint64_t size, std::uint32_t seed) const {
    return dir_.write(name, bytes(size, seed));
}

std::string Workspace::upload_workflow(const std::string& options) const {
    return dir_
        .write("upload.json",
               R"({"name":"upload-test","steps":[{"id":"publish","task":"upload","with":{)" + options + "}}]}")
        .string();
}

ProcessSetup Workspace::setup() const {
    ProcessSetup setup;
    setup.work_dir = dir_.path();
    setup.environment = environment;
    setup.environment.try_emplace("HOME", dir_.path().string());
    setup.environment.try_emplace("SB_API_ENDPOINT", server_.api());
    setup.environment.try_emplace("SB_AUTH_TOKEN", server_.token());
    return setup;
}

ProcessResult Workspace::upload(const std::string& options) const {
    return ferry({"run", upload_workflow(options)});
}

bool Workspace::stored(const std::string& name, const std::string& content) const {
    const platform::StoredFile file = server_.stored(server_.project(), name);
    return file && file.size == content.size() && read_file(file.content) == content;
}

} // namespace ferry::test
