#include "report/result_writer.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace ferry::test {

TEST_CASE("where an outputs file could not be written is known beforehand") {
    const TempDir dir;
    const auto problem = [&](const std::string& name) { return outputs_file_problem((dir / name).string()); };
    CHECK_FALSE(problem("new.json"));
    dir.write("old.json", "{}");
    CHECK_FALSE(problem("old.json"));
    CHECK_FALSE(outputs_file_problem("relative.json"));
    std::filesystem::create_symlink("old.json", dir / "link.json");
    REQUIRE(problem("link.json"));
    CHECK(problem("link.json")->find("something other than a regular file") != std::string::npos);
    CHECK(outputs_file_problem("/dev/null"));
    REQUIRE(problem("no/such.json"));
    CHECK(problem("no/such.json")->find("No such file") != std::string::npos);
    CHECK(problem("old.json/x")->find("Not a directory") != std::string::npos);
}

} // namespace ferry::test
