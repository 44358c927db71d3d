#include "temp_dir.hpp"
#include "transfer/file_source.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace ferry::test {
namespace {

namespace fs = std::filesystem;

std::string rest_of(PartReader& reader) {
    std::string text;
    for (;;) {
        const auto piece = reader.read();
        REQUIRE(piece.ok());
        if (piece->empty())
            return text;
        text.append(reinterpret_cast<const char*>(piece->data()), piece->size());
    }
}

} // namespace

TEST_CASE("a file's identity is its size, its time of change and its place on disk") {
    const TempDir dir;
    const fs::path file = dir.write("a", "12345");
    const auto identity = identify_file(file.string());
    REQUIRE(identity.ok());
    CHECK(identity->size == 5);
    CHECK(check_unchanged(file.string(), *identity).ok());

    fs::last_write_time(file, fs::last_write_time(file) + std::chrono::milliseconds(1));
    Status changed = check_unchanged(file.string(), *identity);
    REQUIRE_FALSE(changed.ok());
    CHECK(changed.error().kind == ErrorKind::changed);
    CHECK(changed.error().message.find("changed while uploading") != std::string::npos);

    fs::remove(file);
    changed = check_unchanged(file.string(), *identity);
    REQUIRE_FALSE(changed.ok());
    CHECK(changed.error().kind == ErrorKind::changed);
}

TEST_CASE("another file of the same size and time in its place is told as changed") {
    const TempDir dir;
    const fs::path file = dir.write("a", "12345");
    const fs::path other = dir.write("b", "67890");
    fs::last_write_time(other, fs::last_write_time(file));
    const auto identity = identify_file(file.string());
    REQUIRE(identity.ok());
    fs::rename(other, file);
    const Status changed = check_unchanged(file.string(), *identity);
    REQUIRE_FALSE(changed.ok());
    CHECK(changed.error().message.find("another file is in its place") != std::string::npos);
}

TEST_CASE("only regular files: folders, devices and FIFOs are refused at once, links are followed") {
    const TempDir dir;
    dir.write("a", "1");
    fs::create_symlink("a", dir / "link");
    fs::create_symlink("nowhere", dir / "dangling");
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    CHECK(identify_file((dir / "link").string()).ok());
    CHECK(identify_file((dir / "dangling").string()).error().kind == ErrorKind::not_found);
    CHECK(identify_file((dir / "a/b").string()).error().kind == ErrorKind::not_found);
    CHECK(identify_file((dir / "fifo").string()).error().message.find("not a regular file") != std::string::npos);
    CHECK(identify_file("/dev/null").error().kind == ErrorKind::invalid);
    CHECK(identify_file(dir.path().string()).error().message.find("is a folder") != std::string::npos);
}

TEST_CASE("a reader gives its range and nothing else, in pieces of its buffer, as often as asked") {
    const TempDir dir;
    const fs::path file = dir.write("a", "0123456789");
    const auto identity = identify_file(file.string());
    std::vector<std::byte> buffer(3);
    auto reader = PartReader::open(file.string(), *identity, {2, 7});
    REQUIRE(reader.ok());
    reader->use(buffer);
    CHECK(reader->size() == 7);
    CHECK(reader->read()->size() == 3);
    CHECK(rest_of(*reader) == "5678");
    REQUIRE(reader->rewind().ok());
    CHECK(rest_of(*reader) == "2345678");
    auto empty = PartReader::open(file.string(), *identity, {10, 0});
    empty->use(buffer);
    CHECK(rest_of(*empty).empty());
}

TEST_CASE("a file that shrinks under a reader, or changed before it, is told as changed") {
    const TempDir dir;
    const fs::path file = dir.write("a", "0123456789");
    const auto identity = identify_file(file.string());
    std::vector<std::byte> buffer(4);
    auto reader = PartReader::open(file.string(), *identity, {0, 10});
    REQUIRE(reader.ok());
    reader->use(buffer);
    REQUIRE(reader->read().ok());
    fs::resize_file(file, 6);
    CHECK(reader->read()->size() == 2);
    const auto missing = reader->read();
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().kind == ErrorKind::changed);
    CHECK(reader->failure().error().kind == ErrorKind::changed);
    CHECK(PartReader::open(file.string(), *identity, {0, 6}).error().kind == ErrorKind::changed);
    fs::remove(file);
    CHECK(PartReader::open(file.string(), *identity, {0, 6}).error().kind == ErrorKind::changed);
}

} // namespace ferry::test
