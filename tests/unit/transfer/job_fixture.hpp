// One upload step against the platform inside the test.
#pragma once

#include "fake_clock.hpp"
#include "fake_platform.hpp"
#include "platform/quota_gate.hpp"
#include "recording_log.hpp"
#include "temp_dir.hpp"
#include "transfer/slot_arena.hpp"
#include "transfer/storage_pace.hpp"
#include "transfer/upload_job.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::test {

// Keeps what it is told. Used by the job's thread alone, and read after it.
struct RecordingListener final : UploadListener {
    std::vector<FileResult> files;
    std::vector<UploadProgress> progress_calls;
    int finals = 0;
    std::vector<std::pair<std::string, std::string>> events;

    void file_done(const FileResult& result) override { files.push_back(result); }
    void progress(const UploadProgress& progress, bool final) override {
        progress_calls.push_back(progress);
        finals += final ? 1 : 0;
    }
    void event(const std::string& type, const std::string& json) override { events.emplace_back(type, json); }

    std::size_t count(std::string_view type) const {
        std::size_t found = 0;
        for (const auto& [of, json] : events)
            found += of == type ? 1u : 0u;
        return found;
    }
};

struct JobFixture {
    TempDir dir;
    FakePlatform platform;
    FakeClock clock;
    FixedRandom random{0.5};
    RecordingLog log;
    SlotArena arena;
    QuotaGate quota{clock, random};
    StoragePace pace;
    CancelToken cancel;
    RecordingListener listener;
    UploadOptions options;

    JobFixture() {
        platform.part_size = 10;
        options.target.project = "me/project";
        options.work_dir = dir.path().string();
        options.parallel_parts = 4;
        options.retry.attempts = 4;
        options.endpoint = FakePlatform::base();
        options.token = Secret(std::string(FakePlatform::token));
    }

    // A file of `size` bytes, no two parts of which are alike, to be uploaded.
    std::string add(const std::string& name, std::size_t size) {
        std::string content;
        for (std::size_t i = 0; i < size; ++i)
            content += static_cast<char>('!' + (i * 7 + i / 10 + name.size()) % 90);
        dir.write(name, content);
        options.files.push_back({.path = name, .name = std::nullopt});
        return content;
    }

    // Keeps a journal from now on, as a process with a state directory does.
    void keep_state() { options.state_dir = dir.path().string(); }

    // The same step in a new process.
    UploadSummary run_again() {
        listener = {};
        CancelToken fresh;
        const UploadEnvironment environment{platform, arena, quota, pace, clock, random, log};
        return run_upload(options, environment, listener, fresh);
    }

    UploadSummary run() {
        const UploadEnvironment environment{platform, arena, quota, pace, clock, random, log};
        return run_upload(options, environment, listener, cancel);
    }
};

} // namespace ferry::test
