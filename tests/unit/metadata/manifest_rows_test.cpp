#include "metadata/manifest_rows.hpp"

#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace ferry::test {
namespace {

ManifestRow row(std::size_t line, std::string path) {
    return {.line = line, .path = std::move(path), .metadata = {.pairs = {{"line", std::to_string(line)}}, .tags = {}}};
}

std::vector<std::size_t> lines_left(ManifestRows& rows) {
    std::vector<std::size_t> lines;
    for (auto next = rows.next_left(); next.ok() && *next; next = rows.next_left())
        lines.push_back((*next)->line);
    return lines;
}

} // namespace

TEST_CASE("rows are found by their files, once each, and the others come in their order") {
    ManifestRows rows;
    for (std::size_t line = 2; line < 7; ++line)
        REQUIRE(rows.add(row(line, "/nowhere/f" + std::to_string(9 - line))).ok());
    REQUIRE(rows.sort()->empty());
    const auto found = rows.take("/nowhere/f5");
    REQUIRE(found.ok());
    REQUIRE(*found);
    CHECK((*found)->line == 4);
    CHECK((*found)->metadata.pairs.at("line") == "4");
    CHECK_FALSE(*rows.take("/nowhere/f5x"));
    CHECK(lines_left(rows) == std::vector<std::size_t>{2, 3, 5, 6});
}

TEST_CASE("a file is the same by whatever way its folder is reached") {
    const TempDir dir;
    dir.write("data/a", "1");
    std::filesystem::create_directory(dir / "tables");
    std::filesystem::create_directory_symlink(dir / "data", dir / "link");
    std::filesystem::create_symlink("a", dir / "data/b");
    ManifestRows rows;
    REQUIRE(rows.add(row(2, (dir / "tables").string() + "/../data/a")).ok());
    REQUIRE(rows.add(row(3, (dir / "link/a").string())).ok());
    REQUIRE(rows.add(row(4, (dir / "data/b").string())).ok()); // a link to the file has a name of its own
    const auto doubled = rows.sort();
    REQUIRE(doubled.ok());
    REQUIRE(doubled->size() == 1);
    CHECK(doubled->front().row.line == 3);
    CHECK(doubled->front().first_line == 2);
    const auto found = rows.take((dir / "data/a").string());
    REQUIRE(*found);
    CHECK((*found)->line == 2);
    CHECK((*found)->path == std::filesystem::canonical(dir / "data/a").string());
    CHECK(lines_left(rows) == std::vector<std::size_t>{4});
}

TEST_CASE("many rows, beyond what memory keeps") {
    ManifestRows rows;
    constexpr std::size_t many = 60'000; // some 10 MiB
    for (std::size_t i = 0; i < many; ++i)
        REQUIRE(rows.add(row(i, "/nowhere/" + std::string(60, 'x') + std::to_string(i))).ok());
    REQUIRE(rows.sort()->empty());
    for (std::size_t i = 0; i < many; i += 2) {
        const auto found = rows.take("/nowhere/" + std::string(60, 'x') + std::to_string(i));
        REQUIRE(found.ok());
        REQUIRE(*found);
        REQUIRE((*found)->line == i);
    }
    const auto left = lines_left(rows);
    CHECK(left.size() == many / 2);
    CHECK(left.front() == 1);
    CHECK(left.back() == many - 1);
}

} // namespace ferry::test
