#include "verify/verify_item.hpp"

#include "fake_platform.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test {
namespace {

const std::string digits = "0123456789abcdef0123456789abcdef";

Result<VerifyItem> receipt(const std::string& json) {
    const auto fields = JsonFields::parse(json);
    REQUIRE(fields.ok());
    return read_receipt(*fields);
}

VerifyItem item(const std::string& path, const std::string& id, const std::string& parent = {},
                const std::string& name = "n") {
    VerifyItem made{.path = path, .name = name};
    made.id = id;
    made.target.parent = parent;
    return made;
}

std::string ids(const VerifyList& list) {
    std::string text;
    for (std::size_t i = 0; i < list.size(); ++i)
        text += (i == 0 ? "" : " ") + list.at(i)->id;
    return text;
}

} // namespace

TEST_CASE("a receipt is read as upload writes it, and an etag has to fit its size and parts") {
    const std::string head = R"({"path":"/d/a","name":"b","id":"f1","size":25,"project":"me/p","parent":"p1",)"
                             R"("status":"uploaded","parts":3,"part_size":10,)";
    const auto whole = receipt(head + "\"etag\":\"" + digits + R"(-3","seconds":0.1})");
    REQUIRE(whole.ok());
    CHECK(whole->path == "/d/a");
    CHECK(whole->name == "b");
    CHECK(whole->id == "f1");
    CHECK(whole->size == 25u);
    CHECK(whole->target.project == "me/p");
    CHECK(whole->target.parent == "p1");
    CHECK(whole->part_size == 10);
    CHECK(whole->etag == digits + "-3");
    CHECK(receipt(head + R"("seconds":0})")->etag.empty());
    for (const std::string& etag : {digits + "-2", digits + "-03", digits + "-", digits, digits.substr(1) + "-3",
                                    "G" + digits.substr(1) + "-3", digits + "0-3", digits + "-3-3"}) {
        CAPTURE(etag);
        const auto read = receipt(head + "\"etag\":\"" + etag + "\"}");
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().message.starts_with("its \"etag\" is none that"));
    }
    CHECK(receipt(R"({"path":"/d/a","id":"f","size":0,"part_size":7,"etag":")" + digits + "-1\"}").ok());
    CHECK(receipt(R"({"path":"/d/a","id":"f","size":0})")->name == "a");
}

TEST_CASE("an entry without what it takes is refused, with the field") {
    for (const auto& [json, field] :
         std::vector<std::pair<std::string, std::string>>{{"{}", "path"},
                                                          {R"({"path":7,"id":"f","size":0})", "path"},
                                                          {R"({"path":"a","size":0})", "id"},
                                                          {R"({"path":"a","id":"f 1","size":0})", "id"},
                                                          {R"({"path":"a","id":"f"})", "size"},
                                                          {R"({"path":"a","id":"f","size":-1})", "size"},
                                                          {R"({"path":"a","id":"f","size":"1"})", "size"},
                                                          {R"({"path":"a","id":"f","size":1,"etag":7})", "etag"}}) {
        CAPTURE(json);
        const auto read = receipt(json);
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().message.starts_with("its \"" + field + "\" is "));
    }
}

TEST_CASE("of several entries of one file in one folder the last counts, also where there are more than memory holds") {
    for (const std::size_t memory : {std::size_t{64}, RecordSpool::default_memory}) {
        CAPTURE(memory);
        VerifyList list(memory);
        for (const VerifyItem& one : {item("/a", "a1"), item("/b", "b1"), item("/a", "a2"), item("/a", "other", "p2"),
                                      item("/c", "c1"), item("/a", "a3"), item("/b", "b2")})
            REQUIRE(list.add(one).ok());
        const auto dropped = list.keep_last();
        REQUIRE(dropped.ok());
        CHECK(*dropped == 3);
        CHECK(ids(list) == "other c1 a3 b2");
    }
}

TEST_CASE("a file that was uploaded under two names is two files of the platform, each with its last entry") {
    VerifyList list;
    for (const VerifyItem& one : {item("/a", "x1", "p", "x"), item("/a", "y1", "p", "y"), item("/a", "x2", "p", "x")})
        REQUIRE(list.add(one).ok());
    REQUIRE(list.keep_last().ok());
    CHECK(ids(list) == "y1 x2");
}

TEST_CASE("what is kept of a file is what was added") {
    VerifyList list(1);
    VerifyItem whole{.path = "/a\xFF", .name = "n", .folder = "f/g"};
    whole.target = {.project = "me/p", .parent = "p1"};
    whole.id = "i";
    whole.size = 0;
    whole.part_size = 1ull << 40u;
    whole.etag = "e";
    REQUIRE(list.add(whole).ok());
    REQUIRE(list.add({.path = "/b", .name = "m"}).ok());
    const auto first = list.at(0);
    REQUIRE(first.ok());
    CHECK(first->path == "/a\xFF");
    CHECK(first->folder == "f/g");
    CHECK(first->target.project == "me/p");
    CHECK(first->target.parent == "p1");
    CHECK(first->size == 0u);
    CHECK(first->part_size == 1ull << 40u);
    CHECK(first->etag == "e");
    CHECK_FALSE(list.at(1)->size);
}

} // namespace ferry::test
