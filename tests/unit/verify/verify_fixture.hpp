// A platform with files that a step has uploaded, and what is kept of it here.
#pragma once

#include "job_fixture.hpp"
#include "transfer/result_json.hpp"
#include "verify/verify_files.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::test {

// Keeps what it is told.
struct RecordingVerifyListener final : VerifyListener {
    std::uint64_t begun = 0;
    std::vector<VerifiedFile> files;
    UploadProgress last{};
    int finals = 0;

    void begin(std::uint64_t count) override { begun = count; }
    void file(const VerifiedFile& file) override { files.push_back(file); }
    void progress(const UploadProgress& progress, bool final) override {
        CHECK(progress.bytes_done >= last.bytes_done);
        CHECK(progress.bytes_done <= progress.bytes_total);
        last = progress;
        finals += final ? 1 : 0;
    }
};

// Parts have 10 bytes.
struct VerifyFixture : JobFixture {
    RecordingVerifyListener told;
    VerifyOptions asked;

    VerifyFixture() {
        options.receipts = "receipts.ndjson";
        static_cast<PlatformOptions&>(asked) = options;
        asked.work_dir = options.work_dir;
        asked.receipts = "receipts.ndjson";
        asked.parallel = 3;
    }

    // Uploads what was added.
    void upload() {
        REQUIRE(run().status.ok());
        options.files.clear();
    }
    // Changes one byte, and neither size nor time.
    void change_in_place(const std::string& name) const {
        const auto time = std::filesystem::last_write_time(dir / name);
        std::string content = read_file(dir / name);
        content.back() = content.back() == 'x' ? 'y' : 'x';
        dir.write(name, content);
        std::filesystem::last_write_time(dir / name, time);
    }
    VerifySummary verify() {
        told = {};
        const VerifyEnvironment environment{{platform, quota, clock, random, log}, arena};
        VerifySummary summary = verify_files(asked, environment, told, cancel);
        CHECK(platform.wrongs().empty());
        return summary;
    }
    const VerifiedFile& found(const std::string& name) const {
        for (const VerifiedFile& file : told.files)
            if (file.path == (dir / name).string())
                return file;
        FAIL("no word of " << name);
        return told.files.front();
    }
};

inline std::string ways(const VerifiedFile& file) {
    std::string text;
    for (const char* way : file.checked)
        text += (text.empty() ? "" : " ") + std::string(way);
    return text;
}

inline bool has_text(const std::string& text, std::string_view piece) {
    return text.find(piece) != std::string::npos;
}

} // namespace ferry::test
