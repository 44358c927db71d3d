// A platform with uploads that were cut off, and the journals of the steps that began them.
#pragma once

#include "job_fixture.hpp"
#include "unfinished/abort_uploads.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <utility>

namespace ferry::test {

// The clock stands at 2026-01-01T00:00:00Z.
struct UnfinishedFixture : JobFixture {
    UnfinishedFixture() { keep_state(); }

    // Begins an upload of five parts in a step of its own, which is stopped at the fourth that is sent; answers its id.
    std::string leave(const std::string& name, const std::string& initiated) {
        options.files.clear();
        add(name, 50);
        platform.initiated = initiated;
        options.parallel_parts = 1;
        CancelToken stopped;
        std::atomic<int> puts{0}; // parts may overtake each other
        platform.hook = [&](const Call& call, CancelToken&) -> std::optional<HttpOutcome> {
            if (call.kind != "put" || ++puts != 4)
                return std::nullopt;
            stopped.cancel();
            return no_reply(FailureKind::cancelled);
        };
        const UploadEnvironment environment{platform, arena, quota, pace, clock, random, log};
        CHECK(run_upload(options, environment, listener, stopped).status.error().kind == ErrorKind::cancelled);
        platform.hook = {};
        return "upload-" + std::to_string(++begun_);
    }

    // Runs the step of that file again, to its end.
    UploadSummary go_on(const std::string& name) {
        options.files = {{.path = name, .name = std::nullopt}};
        return run_again();
    }

    PlatformEnvironment environment() { return {platform, quota, clock, random, log}; }
    template <class Options> Options with_access() const {
        Options made;
        static_cast<PlatformOptions&>(made) = options;
        made.target.project = "me/project";
        return made;
    }

    ListSummary list(const Target& target = {.project = "me/project", .parent = {}}) {
        auto asked = with_access<ListOptions>();
        asked.target = target;
        return list_uploads(asked, environment(), cancel);
    }
    AbortSummary abort(const AbortOptions& asked) { return abort_uploads(asked, environment(), cancel); }
    AbortSummary abort_ids(std::vector<std::string> ids, bool dry_run = false) {
        auto asked = with_access<AbortOptions>();
        asked.upload_ids = std::move(ids);
        asked.dry_run = dry_run;
        return abort(asked);
    }
    AbortSummary abort_older(Duration age, bool dry_run = false, KnownPolicy known = KnownPolicy::drop) {
        auto asked = with_access<AbortOptions>();
        asked.older_than = age;
        asked.known = known;
        asked.dry_run = dry_run;
        return abort(asked);
    }

    // All that is on disk, as text.
    std::string disk() const {
        std::string text;
        std::map<std::string, std::string> files;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(dir / "uploads"))
            files[entry.path().string()] = entry.is_symlink() ? std::filesystem::read_symlink(entry.path()).string()
                                           : entry.is_regular_file() ? read_file(entry.path())
                                                                     : std::string();
        for (const auto& [path, content] : files)
            text += path + "\n" + content + "\n";
        return text;
    }

  private:
    int begun_ = 0;
};

inline HttpOutcome refused(int status, int code) {
    return reply(status, R"({"status":)" + std::to_string(status) + R"(,"code":)" + std::to_string(code) +
                             R"(,"message":"why"})");
}

} // namespace ferry::test
