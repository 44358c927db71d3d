#include "recording_log.hpp"
#include "transfer/job_outcome.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test {
namespace {

struct Listener final : UploadListener {
    std::vector<FileResult> files;

    void file_done(const FileResult& result) override { files.push_back(result); }
    void progress(const UploadProgress&, bool) override {}
    void event(const std::string&, const std::string&) override {}

    std::string order() const {
        std::string text;
        for (const FileResult& file : files)
            text += file.name + " ";
        return text;
    }
};

FileResult result(std::size_t position) {
    FileResult made;
    made.position = position;
    made.name = std::to_string(position);
    return made;
}

} // namespace

TEST_CASE("results are passed on in the order of the files, whichever end first") {
    Listener listener;
    InOrder order(listener);
    order.done(result(3));
    order.done(result(1));
    CHECK(listener.files.empty());
    order.done(result(0));
    CHECK(listener.order() == "0 1 ");
    order.failed(2);
    CHECK(listener.order() == "0 1 3 ");
    order.done(result(4));
    order.done(result(6));
    CHECK(listener.order() == "0 1 3 4 ");
    order.flush(); // 5 neither ended well nor failed
    CHECK(listener.order() == "0 1 3 4 6 ");
    CHECK_FALSE(order.lost());
}

TEST_CASE("the first files get a line each, so that a night of them can be read; skipped ones are counted, those of "
          "earlier runs are not") {
    Listener listener;
    RecordingLog log;
    JobOutcome outcome(listener, log);
    for (std::size_t i = 0; i < most_files_told + 5; ++i) {
        FileResult file = result(i);
        file.skipped = i == 0;
        file.before = i == 1;
        outcome(file);
    }
    CHECK(log.count(LogLevel::info) == most_files_told + 1);
    CHECK(log.contains(LogLevel::info, "further files are told only at the log level debug"));
    CHECK(log.count(LogLevel::debug) == 5);
    CHECK(outcome.skipped() == 1);
    CHECK(listener.files.size() == most_files_told + 5);
}

TEST_CASE("a result that had to wait comes out as it went in") {
    Listener listener;
    InOrder order(listener);
    FileResult waited = result(1);
    waited.path = "/data/\xff";
    waited.id = "id";
    waited.size = 12;
    waited.project = "me/p";
    waited.parent = "folder";
    waited.skipped = true;
    waited.before = true;
    waited.parts = 3;
    waited.part_size = 5;
    waited.etag = "e-3";
    waited.upload_id = "up";
    waited.seconds = Duration(1500);
    order.done(waited);
    order.done(result(0));
    REQUIRE(listener.files.size() == 2);
    const FileResult& back = listener.files[1];
    CHECK(back.position == 1);
    CHECK(back.path == waited.path);
    CHECK(back.name == "1");
    CHECK(back.id == "id");
    CHECK(back.size == 12);
    CHECK(back.project == "me/p");
    CHECK(back.parent == "folder");
    CHECK(back.skipped);
    CHECK(back.before);
    CHECK(back.parts == 3);
    CHECK(back.part_size == 5);
    CHECK(back.etag == "e-3");
    CHECK(back.upload_id == "up");
    CHECK(back.seconds == Duration(1500));
}

} // namespace ferry::test
