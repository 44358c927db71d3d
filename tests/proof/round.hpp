// One upload step with files of many shapes, run again and again until it is done, and what must be true then.
#pragma once

#include "chance.hpp"
#include "workspace.hpp"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace ferry::test {

// What must not happen has happened.
struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

enum class Before { nothing, same, other }; // what the platform has under a file's name at the start

struct RoundFile {
    std::string name;
    std::uint64_t size = 0;
    std::uint32_t seed = 1; // of its bytes
    Before before = Before::nothing;
};

struct Plan {
    std::vector<RoundFile> files;
    std::string conflict = "fail";
    std::uint64_t parallel_parts = 8;
    std::string options{}; // further ones of the step, starting with a comma
    platform::PlatformSettings settings{};

    std::string text() const;
};

// Files, conflict, parallel_parts, and parts one after the other now and then.
Plan make_plan(Chance& chance, std::uint64_t most_parts);

class Round {
  public:
    explicit Round(Plan plan);

    const Plan& plan() const { return plan_; }
    platform::LocalPlatform& server() const { return space_.server(); }
    const std::filesystem::path& dir() const { return space_.dir(); }
    std::filesystem::path outputs_file() const { return dir() / "out.json"; }
    std::uint64_t parts() const { return parts_; }     // that have to be sent
    std::uint64_t bytes() const { return bytes_; }     // in them
    std::uint64_t uploads() const { return uploads_; } // that have to be begun
    std::uint64_t operations() { return server().counters().api_calls + server().counters().puts; }

    // The same command each time.
    std::unique_ptr<FerryProcess> start() const;

    // Of a run that answered 0. Throws Failure.
    void check_whole(const ProcessResult& result) const;
    // Of one that did not: it says so, and what it calls uploaded is there.
    void check_honest(const ProcessResult& result) const;

  private:
    void check_listed(const ProcessResult& result, bool all) const;
    const std::string& content_of(const std::string& name) const;

    const Plan plan_;
    mutable Workspace space_;           // looking at the platform changes nothing
    std::vector<std::string> contents_; // of the plan's files
    std::vector<std::string> command_;
    std::uint64_t parts_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t uploads_ = 0;
};

} // namespace ferry::test
