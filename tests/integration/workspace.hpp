// A user's working folder beside a running local platform: what every integration test starts from.
#pragma once

#include "ferry_process.hpp"
#include "local_platform.hpp"
#include "temp_dir.hpp"

#include <Poco/JSON/Object.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ferry::test {

class Workspace {
  public:
    static constexpr std::uint64_t part = 100'000; // bytes of a part: small, so that small files have many

    // A platform with parts of that size; the rest as `settings` say (root is set here).
    explicit Workspace(platform::PlatformSettings settings = {});

    // The same bytes for the same size and seed.
    static std::string bytes(std::uint64_t size, std::uint32_t seed = 1);
    // Writes a file with such bytes into the working folder.
    std::filesystem::path make_file(const std::string& name, std::uint64_t size, std::uint32_t seed = 1) const;
    // Writes a workflow of one upload step "publish" with those options (JSON members without braces).
    std::string upload_workflow(const std::string& options) const;

    ProcessSetup setup() const; // credentials in the environment, HOME in the folder
    ProcessResult ferry(const std::vector<std::string>& arguments) const { return run_ferry(arguments, setup()); }
    // Runs that one-step workflow.
    ProcessResult upload(const std::string& options) const;
    // True if the platform has the file with just those bytes.
    bool stored(const std::string& name, const std::string& content) const;

    platform::LocalPlatform& server() { return server_; }
    const std::filesystem::path& dir() const { return dir_.path(); }
    std::map<std::string, std::string> environment; // added to setup(); wins

  private:
    TempDir root_;
    TempDir dir_;
    platform::LocalPlatform server_;
};

// The outputs document on stdout; fails the test if it is none.
Poco::JSON::Object::Ptr document(const ProcessResult& result);
// Of the step's entry in the outputs document.
Poco::JSON::Object::Ptr step(const Poco::JSON::Object::Ptr& document, const std::string& id);
Poco::JSON::Object::Ptr outputs(const ProcessResult& result, const std::string& id);

} // namespace ferry::test
