#include "batch/shard.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace ferry;

namespace {

using Variables = std::map<std::string, std::string>;

std::variant<Shard, std::string> parsed(const std::string& text, const Variables& variables = {}) {
    return parse_shard(text, [&](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(std::string(name));
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
}

// "2/3", or the sentence.
std::string told(const std::variant<Shard, std::string>& shard) {
    if (const auto* reason = std::get_if<std::string>(&shard))
        return *reason;
    return std::to_string(std::get<Shard>(shard).index) + "/" + std::to_string(std::get<Shard>(shard).count);
}

Variables array(const std::string& id, const std::string& min, const std::string& count, Variables more = {}) {
    more["SLURM_ARRAY_TASK_ID"] = id;
    more["SLURM_ARRAY_TASK_MIN"] = min;
    more["SLURM_ARRAY_TASK_COUNT"] = count;
    return more;
}

} // namespace

TEST_CASE("every row is in one shard") {
    for (const std::uint64_t count : {1u, 2u, 3u, 7u})
        for (std::uint64_t row = 1; row <= 20; ++row) {
            int owners = 0;
            for (std::uint64_t index = 1; index <= count; ++index)
                owners += Shard{index, count}.has(row);
            CHECK(owners == 1);
            CHECK(Shard{(row - 1) % count + 1, count}.has(row));
        }
}

TEST_CASE("I/N, and what is none") {
    CHECK(told(parsed("1/1")) == "1/1");
    CHECK(told(parsed("3/8")) == "3/8");
    for (const char* text : {"", "0/3", "4/3", "1", "1/", "/2", "a/b", "1/2/3", "-1/2", "1/99999999", "01 /2", "SLURM"})
        CHECK(told(parsed(text)).find("is neither I/N") != std::string::npos);
}

TEST_CASE("a Slurm array without gaps") {
    CHECK(told(parsed("slurm", array("1", "1", "4"))) == "1/4");
    CHECK(told(parsed("slurm", array("4", "1", "4", {{"SLURM_ARRAY_TASK_MAX", "4"}}))) == "4/4");
    CHECK(told(parsed("slurm", array("0", "0", "10"))) == "1/10");
    CHECK(told(parsed("slurm", array("107", "100", "10", {{"SLURM_ARRAY_TASK_MAX", "109"}}))) == "8/10");
    CHECK(told(parsed("slurm",
                      array("9", "5", "3", {{"SLURM_ARRAY_TASK_MAX", "9"}, {"SLURM_ARRAY_TASK_STEP", "2"}}))) == "3/3");
}

TEST_CASE("what would leave rows out is refused") {
    for (const auto& variables :
         {array("7", "3", "2", {{"SLURM_ARRAY_TASK_MAX", "7"}}), array("3", "1", "2"), array("0", "1", "2"),
          array("6", "5", "3", {{"SLURM_ARRAY_TASK_MAX", "9"}, {"SLURM_ARRAY_TASK_STEP", "2"}})})
        CHECK(told(parsed("slurm", variables)).find("the array has gaps") != std::string::npos);
    CHECK(told(parsed("slurm")).find("SLURM_ARRAY_TASK_ID is not set") != std::string::npos);
    CHECK(told(parsed("slurm", array("1", "1", "0"))).find("no number that an array") != std::string::npos);
    CHECK(told(parsed("slurm", array("x", "1", "1"))).find("SLURM_ARRAY_TASK_ID is no number: 'x'") !=
          std::string::npos);
    CHECK(told(parsed("slurm", array("1", "", "1"))).find("_MIN is no number") != std::string::npos);
}
