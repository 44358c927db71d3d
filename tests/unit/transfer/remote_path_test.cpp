#include "transfer/remote_path.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace ferry::test {

TEST_CASE("folders are cleaned of slashes that say nothing, and of nothing else") {
    CHECK(clean_folder("").value() == "");
    CHECK(clean_folder("/").value() == "");
    CHECK(clean_folder("/runs//7/").value() == "runs/7");
    CHECK(clean_folder(" a /b c").value() == " a /b c");
    CHECK(clean_folder("a_/_b").value() == "a_/_b");
    CHECK(clean_folder("..a/b..").value() == "..a/b..");
}

TEST_CASE("what the platform would refuse in a folder's name is told with that name") {
    const std::vector<std::pair<std::string, std::string>> bad{
        {"a/../b", "\"..\""},
        {"./a", "\".\""},
        {"a/__pycache__", "__pycache__: the platform keeps names that begin with two underscores"},
        {"\xE4", "not valid UTF-8"},
        {"a/" + std::string(256, 'x') + "/b", "has 256 characters"},
    };
    for (const auto& [path, says] : bad) {
        CAPTURE(says);
        const auto folder = clean_folder(path);
        REQUIRE_FALSE(folder.ok());
        CHECK(folder.error().kind == ErrorKind::invalid);
        CHECK(folder.error().message.find(says) != std::string::npos);
    }
}

TEST_CASE("paths on the platform come apart as they were put together") {
    CHECK(remote_path("", "a") == "a");
    CHECK(remote_path("x/y", "a") == "x/y/a");
    CHECK(parent_folder("x/y/a") == "x/y");
    CHECK(parent_folder("a") == "");
    CHECK(last_name("x/y/a") == "a");
    CHECK(last_name("a") == "a");
}

} // namespace ferry::test
