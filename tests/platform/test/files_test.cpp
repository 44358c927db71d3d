// Files, folders and lists (contract, section 5).
#include "client.hpp"

#include <doctest/doctest.h>

using namespace ferry::test;
using namespace ferry::platform;

namespace {

JsonObject::Ptr object(const Heard& heard) {
    return as_object(heard.json());
}

std::string names(const Heard& heard) {
    CHECK(heard.status == 200);
    std::string text;
    JsonArray::Ptr items = as_array(object(heard)->get("items"));
    for (const Json& item : *items)
        text += (text.empty() ? "" : " ") + text_of(*as_object(item), "name").value_or("?");
    return text;
}

const std::string in_project = "/files?project=me%2Fmy-project";

} // namespace

TEST_CASE("lists are one level, in short unless asked") {
    Fixture fixture;
    fixture.platform.add_file("me/my-project", "b.txt", "bb");
    fixture.platform.add_file("me/my-project", "runs/a.txt", "a");
    const Heard heard = fixture.client.get(in_project);
    CHECK(names(heard) == "b.txt runs");
    CHECK(heard.header("X-Total-Matching-Query") == "2");
    JsonObject::Ptr item = as_array(object(heard)->get("items"))->getObject(0);
    CHECK_FALSE(item->has("size"));
    CHECK(item->has("href"));
    const Heard full = fixture.client.get(in_project + "&fields=_all");
    item = as_array(object(full)->get("items"))->getObject(0);
    CHECK(integer_of(*item, "size") == 2);
    CHECK(text_of(*as_object(item->get("storage")), "type") == "PLATFORM");
    CHECK(object(full)->has("links"));

    const std::string folder = fixture.platform.stored("me/my-project", "runs/a.txt").parent;
    CHECK(names(fixture.client.get("/files/" + folder + "/list")) == "a.txt");
    CHECK(names(fixture.client.get("/files?parent=" + folder)) == "a.txt");
}

TEST_CASE("lists are filtered by names, tags and metadata") {
    Fixture fixture;
    for (const char* name : {"a", "b", "c d&e"})
        fixture.platform.add_file("me/my-project", name, "x");
    const auto id = [&](const char* name) { return fixture.platform.stored("me/my-project", name).id; };
    fixture.client.api("PUT", "/files/" + id("a") + "/tags", R"(["red","test 1b"])");
    fixture.client.api("PUT", "/files/" + id("b") + "/metadata", R"({"sample_id":"s1","case":"k"})");
    fixture.client.api("PUT", "/files/" + id("a") + "/metadata", R"({"sample_id":"s2","case":"k"})");
    const auto listed = [&](const std::string& query) { return names(fixture.client.get(in_project + query)); };
    CHECK(listed("&name=a&name=c%20d%26e") == "a c d&e");
    CHECK(listed("&name=c+d%26e") == "c d&e");
    CHECK(listed("&name=none").empty());
    CHECK(listed("&tag=test%201b&tag=other") == "a");
    CHECK(listed("&metadata.case=k") == "a b");
    CHECK(listed("&metadata.case=k&metadata.sample_id=s1&metadata.sample_id=s3") == "b");
    CHECK(listed("&origin.task=1").empty());
}

TEST_CASE("pages with links, totals and limits") {
    Fixture fixture;
    for (int i = 10; i < 17; ++i)
        fixture.platform.add_file("me/my-project", "f" + std::to_string(i), "x");
    const Heard first = fixture.client.get(in_project + "&limit=3");
    CHECK(names(first) == "f10 f11 f12");
    CHECK(first.header("X-Total-Matching-Query") == "7");
    JsonArray::Ptr links = as_array(object(first)->get("links"));
    REQUIRE(links->size() == 1);
    CHECK(text_of(*links->getObject(0), "rel") == "next");
    const std::string next = *text_of(*links->getObject(0), "href");
    CHECK(names(fixture.client.get(next.substr(fixture.platform.api().size()))) == "f13 f14 f15");
    const Heard last = fixture.client.get(in_project + "&limit=3&offset=6");
    CHECK(names(last) == "f16");
    CHECK(text_of(*as_array(object(last)->get("links"))->getObject(0), "rel") == "prev");
    for (const char* query : {"&limit=0", "&limit=101", "&limit=x", "&offset=-1"})
        CHECK(fixture.client.get(in_project + query).status == 400);
}

TEST_CASE("fields choose, exclude and reach inside") {
    Fixture fixture;
    const std::string id = fixture.platform.add_file("me/my-project", "a", "x").id;
    fixture.client.api("PUT", "/files/" + id + "/metadata", R"({"sample_id":"s1","case":"k"})");
    CHECK(fixture.client.get("/files/" + id + "?fields=id,size").body == R"({"id":")" + id + R"(","size":1})");
    CHECK(fixture.client.get("/files/" + id + "?fields=metadata.sample_id").body ==
          R"({"metadata":{"sample_id":"s1"}})");
    const Heard without = fixture.client.get("/files/" + id + "?fields=_all,!metadata.case,!tags");
    CHECK_FALSE(object(without)->has("tags"));
    CHECK(object(without)->getObject("metadata")->size() == 1);
    CHECK(names(fixture.client.get(in_project + "&fields=name")) == "a");
}

TEST_CASE("folders are made once, below a project or a folder") {
    const Fixture fixture;
    const Client& client = fixture.client;
    const Heard made = client.post("/files", R"({"name":"my runs","type":"FOLDER","project":"me/my-project"})");
    CHECK(made.status == 200);
    CHECK(made.text("type") == "folder");
    const std::string id = made.text("id");
    const std::string inner = R"({"name":"inner","type":"folder","parent":")" + id + "\"}";
    CHECK(client.post("/files", inner).text("parent") == id);
    CHECK(client.post("/files", inner).status == 409);
    CHECK(client.post("/files", inner).code() == 5030);
    CHECK(std::filesystem::is_directory(fixture.dir / "projects/me/my-project/my runs/inner"));
    const auto code = [&](const std::string& body) { return client.post("/files", body).code(); };
    CHECK(code(R"({"name":"x","type":"file","project":"me/my-project"})") == 5012);
    CHECK(code(R"({"name":"x","type":"folder"})") == 5029);
    CHECK(code(R"({"name":"x","type":"folder","parent":"a","project":"b/c"})") == 5031);
    CHECK(code(R"({"name":"__x","type":"folder","project":"me/my-project"})") == 5024);
    CHECK(code(R"({"name":"a/b","type":"folder","project":"me/my-project"})") == 5024);
    CHECK(code(R"({"name":"x","type":"folder","parent":"none"})") == 5026);
}

TEST_CASE("a file is no folder") {
    Fixture fixture;
    const std::string id = fixture.platform.add_file("me/my-project", "a", "x").id;
    CHECK(fixture.client.get("/files?parent=" + id).code() == 5022);
    CHECK(fixture.client.get("/files/" + id + "/list").code() == 5022);
    CHECK(fixture.client.post("/upload/multipart", R"({"parent":")" + id + R"(","name":"x"})").code() == 5022);
}

TEST_CASE("files and folders are renamed, moved and deleted, and the index follows") {
    Fixture fixture;
    const Client& client = fixture.client;
    const StoredFile file = fixture.platform.add_file("me/my-project", "runs/a.txt", "content");
    const std::string root = fixture.platform.add_file("me/my-project", "other", "x").parent;
    const auto index = [&](const char* path) { return fixture.dir / (std::string("projects/me/my-project/") + path); };

    CHECK(client.api("PATCH", "/files/" + file.id, R"({"name":"b.txt"})").text("name") == "b.txt");
    CHECK(read_file(index("runs/b.txt")) == "content");
    CHECK(client.api("PATCH", "/files/" + file.parent, R"({"name":"walks"})").status == 200);
    CHECK(read_file(index("walks/b.txt")) == "content");
    CHECK(client.api("DELETE", "/files/" + file.parent).code() == 5021);
    CHECK(client.post("/files/" + file.id + "/actions/move", R"({"parent":")" + root + R"(","name":"other"})").code() ==
          5003);
    CHECK(client.post("/files/" + file.id + "/actions/move", R"({"parent":")" + root + "\"}").status == 200);
    CHECK(fixture.stored("b.txt") == "content");
    CHECK(read_file(index("b.txt")) == "content");
    CHECK(client.post("/files/" + file.parent + "/actions/move", R"({"parent":")" + file.parent + "\"}").code() ==
          5022);
    CHECK(client.api("DELETE", "/files/" + file.parent).status == 204);
    CHECK(client.api("DELETE", "/files/" + file.id).status == 204);
    CHECK(client.api("DELETE", "/files/" + file.id).code() == 5002);
    CHECK_FALSE(std::filesystem::exists(file.content));
    CHECK_FALSE(std::filesystem::exists(index("b.txt")));
    CHECK(client.api("DELETE", "/files/" + root).status == 403);
}

TEST_CASE("projects answer with their root folder") {
    Fixture fixture;
    fixture.platform.add_project("you/second");
    const Heard heard = fixture.client.get("/projects/me/my-project");
    CHECK(heard.status == 200);
    CHECK(heard.text("root_folder") == fixture.platform.add_file("me/my-project", "x", "").parent);
    CHECK(fixture.client.get("/projects/you/second/").status == 200);
    CHECK(fixture.client.get("/projects/me/none").code() == 3002);
    CHECK(fixture.client.get("/projects/me").code() == 3012);
    CHECK(fixture.client.get("/projects/me/My%20Title").code() == 3012);
    CHECK(fixture.client.get("/files?project=me").code() == 3012);
    CHECK(fixture.client.get("/files").code() == 5029);
    CHECK(fixture.client.get("/files?project=me/my-project&parent=x").code() == 5031);
    CHECK(names(fixture.client.get("/projects")) == "my-project second");
}

TEST_CASE("odd names are safe in the index and whole on the platform") {
    const Fixture fixture(small_parts());
    const auto path = [&](const std::string& name) { return fixture.dir / ("projects/me/my-project/" + name); };
    for (const std::string& name : {std::string(".."), std::string("."), std::string("a\nb"), std::string("100%41"),
                                    std::string("100%.txt"), std::string("nul\0byte", 8)}) {
        CHECK(fixture.client.upload(name, {name}).text("name") == name);
        CHECK(fixture.stored(name) == name);
    }
    CHECK(read_file(path("%2E%2E")) == "..");
    CHECK(read_file(path("%2E")) == ".");
    CHECK(read_file(path("a%0Ab")) == "a\nb");
    CHECK(read_file(path("100%2541")) == "100%41");
    CHECK(read_file(path("100%.txt")) == "100%.txt");
}
