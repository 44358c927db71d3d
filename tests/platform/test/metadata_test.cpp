// Metadata, tags and the bulk calls (contract, sections 5 and 8).
#include "client.hpp"

#include <doctest/doctest.h>

using namespace ferry::test;
using namespace ferry::platform;

namespace {

struct OneFile {
    explicit OneFile(PlatformSettings settings = {}) : fixture(std::move(settings)) {
        id = fixture.platform.add_file("me/my-project", "a", "x").id;
    }
    Heard patch(const std::string& body) { return fixture.client.api("PATCH", "/files/" + id + "/metadata", body); }
    StoredFile now() const { return fixture.platform.stored("me/my-project", "a"); }
    Fixture fixture;
    std::string id;
};

// "resource" or the code of the error, item by item.
std::string outcomes(const Heard& heard) {
    CHECK(heard.status == 200);
    std::string text;
    JsonArray::Ptr items = as_array(as_object(heard.json())->get("items"));
    for (const Json& item : *items) {
        JsonObject::Ptr error = as_object(as_object(item)->get("error"));
        text += (text.empty() ? "" : " ") +
                (error ? std::to_string(integer_of(*error, "code").value_or(-1)) : std::string("resource"));
    }
    return text;
}

} // namespace

TEST_CASE("PATCH merges, PUT replaces, null removes") {
    OneFile one;
    CHECK(one.patch(R"({"a":"1","b":"2"})").body == R"({"a":"1","b":"2"})");
    CHECK(one.patch(R"({"b":"3","c":"4"})").body == R"({"a":"1","b":"3","c":"4"})");
    CHECK(one.patch(R"({"a":null})").body == R"({"b":"3","c":"4"})");
    CHECK(one.fixture.client.api("PUT", "/files/" + one.id + "/metadata", R"({"z":"9"})").body == R"({"z":"9"})");
    CHECK(one.now().metadata == std::map<std::string, std::string>{{"z", "9"}});
    CHECK(one.fixture.client.get("/files/" + one.id + "/metadata").body == R"({"z":"9"})");
}

TEST_CASE("null can be ignored instead") {
    PlatformSettings settings;
    set(settings, "patch_null", "ignore");
    OneFile one(settings);
    one.patch(R"({"a":"1"})");
    CHECK(one.patch(R"({"a":null})").body == R"({"a":"1"})");
}

TEST_CASE("metadata has limits in bytes") {
    OneFile one;
    const auto refused = [&](const std::string& key, const std::string& value) {
        const Heard heard = one.patch("{\"" + key + "\":" + value + "}");
        return heard.status == 400 && heard.code() == 5006;
    };
    CHECK(refused("a.b", "\"x\""));
    CHECK(refused("a$b", "\"x\""));
    CHECK(refused("", "\"x\""));
    CHECK(refused("n", "1"));
    CHECK(refused(std::string(101, 'k'), "\"x\""));
    CHECK(refused("v", "\"" + std::string(301, 'v') + "\""));
    CHECK_FALSE(refused(std::string(100, 'k'), "\"" + std::string(300, 'v') + "\""));
    std::string many;
    for (int i = 0; i < 1001; ++i)
        many += (many.empty() ? "\"" : ",\"") + std::to_string(i) + "\":\"x\"";
    CHECK(one.fixture.client.api("PUT", "/files/" + one.id + "/metadata", "{" + many + "}").code() == 5006);
    CHECK(one.patch("[]").code() == 5006);
    CHECK(one.now().metadata.size() == 1);
}

TEST_CASE("tags are replaced as a bare array") {
    OneFile one;
    const auto put = [&](const std::string& body) {
        return one.fixture.client.api("PUT", "/files/" + one.id + "/tags", body);
    };
    CHECK(put(R"(["a","test 1b"])").body == R"(["a","test 1b"])");
    CHECK(one.now().tags == std::vector<std::string>{"a", "test 1b"});
    CHECK(put(R"({"tags":[]})").status == 400);
    CHECK(put("[1]").status == 400);
    CHECK(one.fixture.client.get("/files/" + one.id + "/tags").body == R"(["a","test 1b"])");
}

TEST_CASE("PATCH on a file sets the full set") {
    OneFile one;
    one.patch(R"({"a":"1","b":"2"})");
    const Heard heard =
        one.fixture.client.api("PATCH", "/files/" + one.id, R"({"metadata":{"c":"3"},"tags":["t"],"name":"a"})");
    CHECK(heard.status == 200);
    CHECK(one.now().metadata == std::map<std::string, std::string>{{"c", "3"}});
    CHECK(one.now().tags == std::vector<std::string>{"t"});
}

TEST_CASE("folders have neither") {
    Fixture fixture;
    const std::string folder = fixture.platform.add_file("me/my-project", "d/a", "x").parent;
    CHECK(fixture.client.api("PATCH", "/files/" + folder + "/metadata", R"({"a":"1"})").code() == 5025);
    CHECK(fixture.client.api("PUT", "/files/" + folder + "/tags", "[]").code() == 5027);
}

TEST_CASE("bulk calls answer 200 with an outcome for each item") {
    OneFile one;
    const Client& client = one.fixture.client;
    one.patch(R"({"keep":"1"})");
    const std::string items = R"({"items":[{"id":")" + one.id + R"(","metadata":{"a":"1"},"tags":["t"]},)" +
                              R"({"file_id":"none","tags":[]},{"id":")" + one.id + R"(","metadata":{"b":7}}]})";
    CHECK(outcomes(client.post("/bulk/files/edit", items)) == "resource 5002 5006");
    CHECK(one.now().metadata == std::map<std::string, std::string>{{"a", "1"}, {"keep", "1"}});
    CHECK(outcomes(client.post("/bulk/files/update", R"({"items":[{"id":")" + one.id + R"(","tags":["u"]}]})")) ==
          "resource");
    CHECK(one.now().metadata.empty());
    CHECK(one.now().tags == std::vector<std::string>{"u"});
    const std::string ids = R"({"file_ids":[")" + one.id + R"(","none"]})";
    CHECK(outcomes(client.post("/bulk/files/get", ids)) == "resource 5002");
    CHECK(outcomes(client.post("/bulk/files/delete", ids)) == "resource 5002");
    CHECK_FALSE(one.now());
}

TEST_CASE("a fault refuses single items of a bulk call") {
    OneFile one;
    const std::string item = R"({"id":")" + one.id + R"(","tags":["t"]})";
    one.fixture.platform.add_faults(R"([{"operation":"bulk_edit","fault":"item_error","item":2},
        {"operation":"bulk_edit","fault":"item_error","status":403,"code":5009}])");
    const std::string two = R"({"items":[)" + item + "," + item + "]}";
    CHECK(outcomes(one.fixture.client.post("/bulk/files/edit", two)) == "resource 5006");
    CHECK(outcomes(one.fixture.client.post("/bulk/files/edit", two)) == "5009 5009");
    CHECK(outcomes(one.fixture.client.post("/bulk/files/edit", two)) == "resource resource");
}

TEST_CASE("bulk calls take 1 to 100 items, with the key that is set") {
    PlatformSettings settings;
    set(settings, "bulk_key", "file_id");
    OneFile one(settings);
    const auto edit = [&](const std::string& items) {
        return one.fixture.client.post("/bulk/files/edit", R"({"items":[)" + items + "]}").status;
    };
    CHECK(edit(R"({"id":")" + one.id + "\"}") == 400);
    CHECK(edit(R"({"file_id":")" + one.id + "\"}") == 200);
    CHECK(edit("") == 400);
    std::string many;
    for (int i = 0; i < 101; ++i)
        many += std::string(many.empty() ? "" : ",") + R"({"file_id":"x"})";
    CHECK(edit(many) == 400);
}
