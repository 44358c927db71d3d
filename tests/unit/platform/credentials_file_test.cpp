#include "platform/credentials_file.hpp"
#include "temp_dir.hpp"

#include <doctest/doctest.h>

#include <string>
#include <sys/stat.h>
#include <vector>

namespace ferry::test {

TEST_CASE("a credentials file as documented, and as people write it") {
    const auto profiles = parse_credentials("\xef\xbb\xbf# mine\r\n"
                                            "[default]\r\n"
                                            "api_endpoint = https://api.sbgenomics.com/v2\r\n"
                                            "auth_token   = 0123\r\n"
                                            "advance_access = true\r\n"
                                            "\r\n"
                                            "; another\r\n"
                                            "  [ cavatica ]  \n"
                                            "\tauth_token:a=b:c\n"
                                            "api_endpoint=https://cavatica-api.sbgenomics.com/v2",
                                            "credentials");
    REQUIRE(profiles.ok());
    REQUIRE(profiles->size() == 2);
    CHECK(profiles->at("default").endpoint == "https://api.sbgenomics.com/v2");
    CHECK(profiles->at("default").token.reveal() == "0123");
    CHECK(profiles->at("cavatica").endpoint == "https://cavatica-api.sbgenomics.com/v2");
    CHECK(profiles->at("cavatica").token.reveal() == "a=b:c");
}

TEST_CASE("keys compare without case, as for the tools in Python") {
    const auto profiles = parse_credentials("[Lab]\nAPI_Endpoint = cgc\nAUTH_TOKEN = 0123\n", "c");
    REQUIRE(profiles.ok());
    CHECK(profiles->at("Lab").endpoint == "cgc");
    CHECK(profiles->at("Lab").token.reveal() == "0123");
    CHECK_FALSE(parse_credentials("[Lab]\nauth_token = 1\nAuth_Token = 2\n", "c").ok());
}

TEST_CASE("credentials files with little in them") {
    for (const std::string text : {"", "\n\n", "# nothing", "\xef\xbb\xbf"}) {
        const auto profiles = parse_credentials(text, "c");
        REQUIRE(profiles.ok());
        CHECK(profiles->empty());
    }
    const auto bare = parse_credentials("[default]\nauth_token =\n", "c");
    REQUIRE(bare.ok());
    CHECK(bare->at("default").token.empty());
    CHECK(bare->at("default").endpoint.empty());
}

TEST_CASE("a bad line is named by its number and never quoted") {
    struct Row {
        const char* text;
        const char* place;
    };
    const std::vector<Row> rows{
        {"[default]\nhush", "line 2"},
        {"auth_token = hush", "line 1"},
        {"[default\n", "line 1"},
        {"[a]\n\n[a]\n", "line 3"},
        {"[a]\nauth_token=x\nauth_token=hush\n", "line 3"},
        {"\n\xff\xfe hush\n", "line 2"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto profiles = parse_credentials(row.text, "/home/me/creds");
        REQUIRE_FALSE(profiles.ok());
        CHECK(profiles.error().kind == ErrorKind::invalid);
        CHECK(profiles.error().message.starts_with("/home/me/creds, " + std::string(row.place) + ": "));
        CHECK(profiles.error().message.find("hush") == std::string::npos);
    }
}

TEST_CASE("only small regular files are read") {
    const TempDir dir;
    const auto file = dir.write("file", "hello");
    const auto whole = read_small_file(file.string(), 5);
    REQUIRE(whole.ok());
    CHECK(whole->text == "hello");
    CHECK(read_small_file(file.string(), 4).status().error().message.find("longer than 4 bytes") != std::string::npos);
    CHECK(read_small_file((dir / "none").string(), 9).status().error().kind == ErrorKind::not_found);
    CHECK(read_small_file((file / "below").string(), 9).status().error().kind == ErrorKind::not_found);
    CHECK(read_small_file(dir.path().string(), 9).status().error().message.find("not a regular file") !=
          std::string::npos);
    const std::string fifo = (dir / "fifo").string();
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    CHECK(read_small_file(fifo, 9).status().error().message.find("not a regular file") != std::string::npos);
    CHECK_FALSE(read_small_file(std::string("/etc/passwd\0x", 13), 1u << 20).ok());
    CHECK_FALSE(read_small_file("", 9).ok());
}

TEST_CASE("it is told who else may look at a file") {
    const TempDir dir;
    const std::string file = dir.write("file", "").string();
    for (const auto& [mode, open] :
         std::vector<std::pair<mode_t, bool>>{{0600, false}, {0400, false}, {0640, true}, {0604, true}, {0620, true}}) {
        REQUIRE(::chmod(file.c_str(), mode) == 0);
        CHECK(read_small_file(file, 1)->open_to_others == open);
    }
}

} // namespace ferry::test
