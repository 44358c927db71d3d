// Records as bytes, and the prints of files.
#include "workflow/step_record.hpp"

#include "document/strict_json.hpp"
#include "state/digest.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <sys/stat.h>

using namespace ferry;
using namespace ferry::test;

namespace {

const std::string kKey(64, 'a');

StepRecord sample() {
    StepRecord record{"align", "command", "run-1", "0a1b", {"trim 77", "when 78"}, new_object(), {}, {}};
    record.outputs->set("bam", std::string("/x/\xc3\xa4.bam"));
    record.inputs.push_back({"/in", FilePrint::Kind::file, 3, -5, std::string(64, 'b')});
    record.inputs.push_back({"/dev/null", FilePrint::Kind::other, 0, 0, {}});
    record.made.push_back({"/out", FilePrint::Kind::missing, 0, 0, {}});
    return record;
}

std::string why(const std::variant<StepRecord, NoRecord>& read) {
    return std::holds_alternative<NoRecord>(read) ? std::get<NoRecord>(read).reason : "a record";
}

bool never() {
    return false;
}

// A body with its right checksum.
std::string sealed(const std::string& body) {
    return R"({"sha256":")" + sha256(body) + R"(","record":)" + body + "}\n";
}

Json parsed(const std::string& text) {
    return std::get<Json>(parse_json(text));
}

} // namespace

TEST_CASE("a record is read as it was written, and is JSON") {
    const std::string text = to_text(sample(), kKey);
    CHECK(std::holds_alternative<Json>(parse_json(text)));
    const auto read = record_from(text, kKey);
    REQUIRE(std::holds_alternative<StepRecord>(read));
    const auto& record = std::get<StepRecord>(read);
    CHECK(record.step == "align");
    CHECK(record.task == "command");
    CHECK(record.run_id == "run-1");
    CHECK(record.mark == sample().mark);
    CHECK(record.stood_on == sample().stood_on);
    CHECK(record.inputs == sample().inputs);
    CHECK(record.made == sample().made);
    CHECK(canonical_json(record.outputs) == canonical_json(sample().outputs));
}

TEST_CASE("every cut and every changed byte of a record is seen") {
    const std::string text = to_text(sample(), kKey);
    for (std::size_t size = 0; size < text.size(); ++size)
        CHECK(why(record_from(text.substr(0, size), kKey)) == "its record is damaged");
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::string bad = text;
        bad[at] = static_cast<char>(bad[at] ^ 1);
        CHECK(why(record_from(bad, kKey)) == "its record is damaged");
    }
    CHECK(why(record_from(text + "\n", kKey)) == "its record is damaged");
    CHECK(why(record_from(text, std::string(64, 'c'))) == "its record is damaged");
}

TEST_CASE("a whole record of another kind or version is none") {
    CHECK(why(record_from(sealed("{}"), kKey)) == "its record was written by another version of Ferry");
    CHECK(why(record_from(sealed(R"({"version":1})"), kKey)) == "its record was written by another version of Ferry");
    const std::string begin =
        R"({"version":2,"key":")" + kKey + R"(","mark":"m","stood_on":[],"outputs":{},"made":[],)";
    CHECK(why(record_from(sealed(begin + R"("inputs":[]})"), kKey)) == "a record");
    for (const char* inputs :
         {"7", "null", "[7]", "[{}]", R"([{"path":"/x"}])", R"([{"path":"/x","size":-1,"mtime_ns":1}])",
          R"([{"path":"/x","size":1.5,"mtime_ns":1}])", R"([{"path":"","missing":true}])",
          R"([{"path":"/x","size":1,"mtime_ns":1,"sha256":"short"}])"}) {
        CAPTURE(inputs);
        CHECK(why(record_from(sealed(begin + "\"inputs\":" + inputs + "}"), kKey)) == "its record is damaged");
    }
    for (const char* body : {"", "[]", "7", "{\"version\":2}", "nonsense"})
        CHECK(why(record_from(sealed(body), kKey)) != "a record");
}

TEST_CASE("records lie below steps, by the first two digits of their key, for the user alone") {
    const TempDir dir;
    CHECK(why(read_record(dir.path(), kKey)).empty());
    REQUIRE_FALSE(write_record(dir.path(), kKey, sample()));
    const auto file = dir / ("steps/aa/" + kKey + ".json");
    struct stat info {};
    REQUIRE(::stat(file.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    CHECK(why(read_record(dir.path(), kKey)) == "a record");
    remove_record(dir.path(), kKey);
    remove_record(dir.path(), kKey);
    CHECK(why(read_record(dir.path(), kKey)).empty());
}

TEST_CASE("what is no file in a record's place is not read, and a FIFO holds nobody up") {
    const TempDir dir;
    REQUIRE_FALSE(write_record(dir.path(), kKey, sample()));
    const auto file = dir / ("steps/aa/" + kKey + ".json");
    std::filesystem::remove(file);
    REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
    CHECK(why(read_record(dir.path(), kKey)).find("it is no file of the user's") != std::string::npos);
    std::filesystem::remove(file);
    dir.write("steps/aa/" + kKey + ".json", "");
    std::filesystem::resize_file(file, kLargestRecord + 1);
    CHECK(why(read_record(dir.path(), kKey)).find("too large") != std::string::npos);
}

TEST_CASE("canonical JSON: keys sorted at every depth, arrays in their order") {
    CHECK(canonical_json(parsed(R"({"b":[{"z":1,"a":null},2],"a":"x\n","":true})")) ==
          R"({"":true,"a":"x\n","b":[{"a":null,"z":1},2]})");
    CHECK(canonical_json(parsed("[]")) == "[]");
    CHECK(canonical_json(parsed("{}")) == "{}");
}

TEST_CASE("the print of a file: size and time, the content where asked for, and nothing of a folder") {
    const TempDir dir;
    dir.write("f", "abc");
    const auto plain = print_of(dir / "f", false, never);
    REQUIRE(plain);
    CHECK(plain->kind == FilePrint::Kind::file);
    CHECK(plain->size == 3);
    CHECK(plain->sha256.empty());
    const auto read = print_of(dir / "f", true, never);
    REQUIRE(read);
    CHECK(read->sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(print_of(dir.path(), true, never)->kind == FilePrint::Kind::other);
    CHECK(print_of(dir / "none", true, never)->kind == FilePrint::Kind::missing);
    CHECK(print_of(dir / "f/below", true, never)->kind == FilePrint::Kind::missing);
    CHECK_FALSE(print_of(dir / "f", true, [] { return true; })); // a stop ends the reading
    CHECK(print_of(dir / "f", false, [] { return true; }));
}

TEST_CASE("two prints of a file: the contents decide where both are known") {
    const FilePrint one{"/f", FilePrint::Kind::file, 3, 7, std::string(64, 'a')};
    FilePrint other = one;
    other.mtime_ns = 8;
    CHECK(same_file_as(one, other));
    other.sha256.clear();
    CHECK_FALSE(same_file_as(one, other));
    other = one;
    other.sha256[0] = 'b';
    CHECK_FALSE(same_file_as(one, other));
    other = one;
    other.size = 4;
    CHECK_FALSE(same_file_as(one, other));
    other = {"/f", FilePrint::Kind::missing, 0, 0, {}};
    CHECK_FALSE(same_file_as(one, other));
}
