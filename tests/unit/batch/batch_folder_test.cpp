#include "batch/batch_folder.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace ferry;
using test::TempDir;

namespace {

std::string id(int second) {
    return "20260131T2359" + std::to_string(second) + "Z-1a2b3c4d";
}

} // namespace

TEST_CASE("a thousand rows have a folder") {
    CHECK(row_folder("f", 1) == "f/0");
    CHECK(row_folder("f", 999) == "f/0");
    CHECK(row_folder("f", 1000) == "f/1");
    CHECK(row_folder("f", 17042) == "f/17");
}

TEST_CASE("the last ten batches are kept, and those that still run") {
    const TempDir dir;
    const std::string state = dir.path().string();
    BatchFolder running(state, "x", id(10));
    running.begin();
    for (int second = 11; second < 30; ++second) {
        BatchFolder folder(state, "x", id(second));
        folder.begin();
        dir.write("runs/batch-x/" + id(second) + "/0/row-1.s.1.out", "printed");
        folder.forget_old();
    }
    dir.write("runs/batch-x/notes/mine", "");
    BatchFolder(state, "other", id(31)).begin();
    BatchFolder last(state, "x", id(30));
    last.begin();
    last.forget_old();
    CHECK(std::filesystem::exists(running.path()));
    CHECK(std::filesystem::exists(last.path()));
    CHECK(std::filesystem::exists(dir / "runs/batch-x/notes/mine"));
    for (int second = 11; second < 30; ++second)
        CHECK(std::filesystem::exists(dir / ("runs/batch-x/" + id(second))) == (second >= 21));
}
