// The life of an upload (contract, sections 3 and 4).
#include "client.hpp"

#include <doctest/doctest.h>

using namespace ferry::test;
using namespace ferry::platform;

namespace {
const std::string project = R"("project":"me/my-project")";

JsonArray::Ptr items(const Heard& heard) {
    return as_array(as_object(heard.json())->get("items"));
}
} // namespace

TEST_CASE("a file of three parts arrives whole in N+2 calls") {
    const Fixture fixture(small_parts());
    const Heard done = fixture.client.upload("sample.bam", {"aaaa", "bbbb", "cc"});
    CHECK(done.status == 200);
    CHECK(done.number("size") == 10);
    CHECK(done.text("name") == "sample.bam");
    CHECK(done.text("project") == "me/my-project");
    CHECK(done.text("type") == "file");
    CHECK(done.text("id").size() == 24);
    CHECK(fixture.stored("sample.bam") == "aaaabbbbcc");
    CHECK(fixture.platform.counters().api_calls == 3 + 2);
    CHECK(fixture.platform.counters().of("sign") == 3);
    CHECK(fixture.platform.counters().stored_parts == 3);
    CHECK(fixture.platform.open_upload_count() == 0);
    CHECK(read_file(fixture.dir / "projects/me/my-project/sample.bam") == "aaaabbbbcc");
    CHECK(std::filesystem::is_empty(fixture.dir / "uploads"));
}

TEST_CASE("init answers what the contract shows") {
    const Fixture fixture;
    const Heard heard = fixture.client.post(
        "/upload/multipart", "{" + project + R"(,"name":"x.fa.gz","size":433759572,"part_size":5242880})");
    CHECK(heard.status == 200);
    CHECK(heard.text("upload_id").size() == 64);
    CHECK(heard.text("href") == fixture.platform.api() + "/upload/multipart/" + heard.text("upload_id"));
    CHECK(heard.number("part_size") == 5242880);
    CHECK(heard.number("size") == 433759572);
    CHECK(as_bool(as_object(heard.json())->get("parallel_uploads")) == true);
}

TEST_CASE("the server has the last word on the part size") {
    PlatformSettings settings;
    const auto given = [&](std::uint64_t asked, std::uint64_t size) {
        const Fixture fixture(settings);
        const std::string id = fixture.client.init("f", size, asked);
        return fixture.platform.open_uploads().front().part_size;
    };
    constexpr std::uint64_t mib = 1u << 20;
    CHECK(given(5 * mib, 1) == 5 * mib);
    CHECK(given(4 * mib, 1) == 32 * mib);
    CHECK(given(0, 5'497'558'138'880) == 525 * mib);
    settings.part_size = PartSizePolicy::large;
    CHECK(given(5 * mib, 1) == 256 * mib);
    CHECK(given(64 * mib, 1) == 64 * mib);
    settings.part_size = PartSizePolicy::fixed;
    settings.fixed_part_size = 7;
    CHECK(given(64 * mib, 1) == 7);
}

TEST_CASE("init refuses what is no upload") {
    const Fixture fixture;
    const auto refused = [&](const std::string& body) {
        const Heard heard = fixture.client.post("/upload/multipart", body);
        return std::pair(heard.status, heard.code());
    };
    CHECK(refused(R"({"name":"x"})") == std::pair(400, 8013));
    CHECK(refused("{" + project + R"(,"parent":"abc","name":"x"})") == std::pair(400, 8013));
    CHECK(refused("{" + project + "}") == std::pair(400, 8013));
    CHECK(refused("{" + project + R"(,"name":"a/b"})") == std::pair(400, 8013));
    CHECK(refused("{" + project + R"(,"name":"x","size":-1})") == std::pair(400, 8013));
    CHECK(refused("{" + project + R"(,"name":"x","size":5497558138881})") == std::pair(400, 8013));
    CHECK(refused("{" + project + R"(,"name":")" + std::string(256, 'x') + "\"}") == std::pair(400, 8013));
    CHECK(refused("[]") == std::pair(400, 8013));
    CHECK(refused("{") == std::pair(500, 90009));
    CHECK(refused(R"({"project":"My Project","name":"x"})") == std::pair(400, 8010));
    CHECK(refused(R"({"project":"me/other","name":"x"})") == std::pair(404, 3002));
    CHECK(refused(R"({"parent":"0123","name":"x"})") == std::pair(404, 5026));
    CHECK(fixture.platform.open_upload_count() == 0);
    // 255 characters of two bytes each are fine.
    std::string wide;
    for (int i = 0; i < 255; ++i)
        wide += "\xc3\xa9";
    CHECK(fixture.client.upload(wide, {"x"}).status == 200);
    CHECK(fixture.stored(wide) == "x");
}

TEST_CASE("a folder as the target") {
    Fixture fixture(small_parts());
    const std::string folder = fixture.platform.add_file("me/my-project", "runs/old.txt", "old").parent;
    const Heard begun =
        fixture.client.post("/upload/multipart", R"({"parent":")" + folder + R"(","name":"new.txt","size":3})");
    CHECK(begun.text("parent") == folder);
    const std::string id = begun.text("upload_id");
    CHECK(fixture.client.complete(id, {fixture.client.put_part(id, 1, "new")}).status == 200);
    CHECK(fixture.stored("runs/new.txt") == "new");
    CHECK(fixture.stored("new.txt") == "none");
}

TEST_CASE("open uploads are listed, and their reported parts told") {
    const Fixture fixture(small_parts());
    const std::string id = fixture.client.init("x", 8, 4);
    const std::string etag = fixture.client.put_part(id, 1, "aaaa");
    fixture.client.put_part(id, 2, "bbbb");
    const Heard list = fixture.client.get("/upload/multipart");
    REQUIRE(items(list)->size() == 1);
    CHECK(text_of(*items(list)->getObject(0), "upload_id") == id);
    CHECK(text_of(*items(list)->getObject(0), "initiated")->ends_with("Z"));

    CHECK(fixture.client.get("/upload/multipart/" + id + "?list_parts=true").number("uploaded_parts_count") == 0);
    CHECK(fixture.client.post("/upload/multipart/" + id + "/part", part_json(1, etag)).status == 200);
    const Heard details = fixture.client.get("/upload/multipart/" + id + "?list_parts=true");
    CHECK(details.number("uploaded_parts_count") == 1);
    const JsonArray::Ptr parts = as_array(as_object(details.json())->get("parts"));
    REQUIRE(parts->size() == 1);
    CHECK(parts->getObject(0)->getValue<int>("part_number") == 1);
    const auto headers = parts->getObject(0)->getObject("response")->getObject("headers");
    CHECK("\"" + headers->getValue<std::string>("ETag") + "\"" == etag);
    CHECK_FALSE(as_object(fixture.client.get("/upload/multipart/" + id).json())->has("parts"));
    CHECK_FALSE(as_object(details.json())->has("size"));
    CHECK(fixture.platform.open_uploads().front().reported == std::vector<std::uint32_t>{1});
    CHECK(fixture.platform.open_uploads().front().stored == std::map<std::uint32_t, std::uint64_t>{{1, 4}, {2, 4}});
}

TEST_CASE("complete refuses an upload with holes, and takes it once they are filled") {
    const Fixture fixture(small_parts());
    const std::string id = fixture.client.init("x", 10, 4);
    const auto refused = [&](const std::vector<std::string>& etags) {
        const Heard heard = fixture.client.complete(id, etags);
        return heard.status == 409 && heard.code() == 8007;
    };
    const std::string one = fixture.client.put_part(id, 1, "aaaa");
    const std::string three = fixture.client.put_part(id, 3, "cc");
    CHECK(refused({}));
    CHECK(refused({one}));
    CHECK(refused({one, "0123456789abcdef0123456789abcdef", three}));
    const std::string two = fixture.client.put_part(id, 2, "bbbb");
    CHECK(refused({one, one, three}));
    CHECK(fixture.client.complete(id, {one, two, three}).status == 200);
    CHECK(fixture.stored("x") == "aaaabbbbcc");
    const Heard again = fixture.client.complete(id, {one, two, three});
    CHECK(again.status == 404);
    CHECK(again.code() == 8003);
}

TEST_CASE("every part but the last has the least size") {
    PlatformSettings settings;
    settings.min_part_size = 4;
    settings.part_size = PartSizePolicy::fixed;
    settings.fixed_part_size = 4;
    const Fixture fixture(settings);
    const std::string id = fixture.client.init("x", 6);
    std::vector<std::string> etags{fixture.client.put_part(id, 1, "aaa"), fixture.client.put_part(id, 2, "bbb")};
    CHECK(fixture.client.complete(id, etags).code() == 8007);
    etags = {fixture.client.put_part(id, 1, "aaaa"), fixture.client.put_part(id, 2, "bb")};
    CHECK(fixture.client.complete(id, etags).status == 200);
    CHECK(fixture.stored("x") == "aaaabb");
}

TEST_CASE("a part sent again replaces the first") {
    const Fixture fixture(small_parts());
    const std::string id = fixture.client.init("x", 4, 4);
    const std::string old_etag = fixture.client.put_part(id, 1, "aaaa");
    const std::string etag = fixture.client.put_part(id, 1, "bbbb");
    CHECK(old_etag != etag);
    CHECK(fixture.client.complete(id, {old_etag}).code() == 8007);
    CHECK(fixture.client.complete(id, {etag}).status == 200);
    CHECK(fixture.stored("x") == "bbbb");
}

TEST_CASE("reports in bad shapes have codes of their own") {
    const Fixture fixture(small_parts());
    const std::string id = fixture.client.init("x", 4, 4);
    const auto code = [&](const std::string& path, const std::string& body) {
        const Heard heard = fixture.client.post("/upload/multipart/" + id + path, body);
        CHECK(heard.status == 400);
        return heard.code();
    };
    CHECK(code("/part", R"({"part_number":1})") == 8014);
    CHECK(code("/part", part_json(1, "")) == 8014);
    CHECK(code("/part", part_json(1, "a\nb")) == 8014);
    CHECK(code("/part", part_json(0, "a")) == 8012);
    CHECK(code("/part", part_json(10001, "a")) == 8012);
    CHECK(code("", "[]") == 8015);
    CHECK(code("", R"({"parts":{}})") == 8015);
    CHECK(code("/complete", R"({"parts":3})") == 8015);
    CHECK(fixture.client.get("/upload/multipart/" + id + "/part/0").code() == 8012);
    CHECK(fixture.client.get("/upload/multipart/" + id + "/part/10001").code() == 8012);
    CHECK(fixture.client.get("/upload/multipart/" + id + "/part/1x").code() == 8012);
    CHECK(fixture.client.get("/upload/multipart/none/part/1").code() == 8003);
}

TEST_CASE("an aborted upload is gone with its parts") {
    const Fixture fixture(small_parts());
    const std::string id = fixture.client.init("x", 4, 4);
    const SignedUrl url = fixture.client.sign(id, 1);
    CHECK(fixture.client.put(url, "aaaa").status == 200);
    const Heard aborted = fixture.client.api("DELETE", "/upload/multipart/" + id, "{}");
    CHECK(aborted.status == 204);
    CHECK(aborted.body.empty());
    CHECK(fixture.client.api("DELETE", "/upload/multipart/" + id).code() == 8003);
    CHECK(fixture.client.put(url, "aaaa").status == 404);
    CHECK(std::filesystem::is_empty(fixture.dir / "uploads"));
}

TEST_CASE("files and unfinished uploads outlive the platform") {
    const TempDir dir;
    PlatformSettings settings = small_parts();
    settings.root = dir.path();
    std::string open_id;
    std::string first_etag;
    std::string file_id;
    {
        LocalPlatform platform(settings);
        platform.start();
        const Client client(platform);
        file_id = client.upload("done.txt", {"done"}).text("id");
        open_id = client.init("open.txt", 8, 4);
        first_etag = client.put_part(open_id, 1, "aaaa");
        CHECK(client.post("/upload/multipart/" + open_id + "/part", part_json(1, first_etag)).status == 200);
    }
    LocalPlatform platform(settings);
    platform.start();
    const Client client(platform);
    CHECK(platform.stored("me/my-project", "done.txt").id == file_id);
    CHECK(read_file(dir / "projects/me/my-project/done.txt") == "done");
    CHECK(client.get("/upload/multipart/" + open_id).number("uploaded_parts_count") == 1);
    const std::string second = client.put_part(open_id, 2, "bbbb");
    CHECK(client.post("/upload/multipart/" + open_id + "/complete", R"({"parts":[)" + part_json(2, second) + "]}")
              .status == 200);
    CHECK(read_file(platform.stored("me/my-project", "open.txt").content) == "aaaabbbb");
}

TEST_CASE("stopping and starting keeps ports and state") {
    Fixture fixture(small_parts());
    const std::string api = fixture.platform.api();
    const std::string id = fixture.client.init("x", 4, 4);
    const SignedUrl url = fixture.client.sign(id, 1);
    fixture.platform.stop_storage();
    CHECK_THROWS(fixture.client.put(url, "aaaa"));
    fixture.platform.start_storage();
    CHECK(fixture.client.put(url, "aaaa").status == 200);
    fixture.platform.stop();
    CHECK_THROWS(fixture.client.get("/user"));
    fixture.platform.start();
    CHECK(fixture.platform.api() == api);
    CHECK(fixture.client.get("/upload/multipart/" + id).status == 200);
}
