// A name that is taken (contract, section 3).
#include "client.hpp"

#include <doctest/doctest.h>

using namespace ferry::test;
using namespace ferry::platform;

namespace {
const std::string init_body = R"({"project":"me/my-project","name":"x","size":3,"part_size":3})";

PlatformSettings with(ConflictPolicy policy) {
    PlatformSettings settings = small_parts();
    settings.conflict = policy;
    return settings;
}
} // namespace

TEST_CASE("a taken name is refused at init") {
    Fixture fixture(small_parts());
    const StoredFile old = fixture.platform.add_file("me/my-project", "x", "old");
    const Heard heard = fixture.client.post("/upload/multipart", init_body);
    CHECK(heard.status == 409);
    CHECK(heard.code() == 8005);
    CHECK(fixture.stored("x") == "old");
}

TEST_CASE("overwrite leaves the old file until complete, which gives a new id") {
    Fixture fixture(small_parts());
    const StoredFile old = fixture.platform.add_file("me/my-project", "x", "old");
    const std::string id = fixture.client.init("x", 3, 3, "?overwrite=TRUE");
    const std::string etag = fixture.client.put_part(id, 1, "new");
    CHECK(fixture.stored("x") == "old");
    const Heard done = fixture.client.complete(id, {etag});
    CHECK(done.status == 200);
    CHECK(done.text("name") == "x");
    CHECK(done.text("id") != old.id);
    CHECK(fixture.stored("x") == "new");
    CHECK(fixture.client.get("/files/" + old.id).code() == 5002);
    CHECK_FALSE(std::filesystem::exists(old.content));
    CHECK(read_file(fixture.dir / "projects/me/my-project/x") == "new");
    CHECK(fixture.client.post("/upload/multipart?overwrite=maybe", init_body).status == 400);
}

TEST_CASE("a folder of that name is never overwritten") {
    Fixture fixture(small_parts());
    fixture.platform.add_file("me/my-project", "x/inner", "old");
    CHECK(fixture.client.post("/upload/multipart?overwrite=true", init_body).code() == 8005);
}

TEST_CASE("a name that is taken between init and complete is refused at complete") {
    Fixture fixture(small_parts());
    const std::string id = fixture.client.init("x", 3, 3);
    const std::string etag = fixture.client.put_part(id, 1, "new");
    fixture.platform.add_file("me/my-project", "x", "old");
    const Heard heard = fixture.client.complete(id, {etag});
    CHECK(heard.status == 409);
    CHECK(heard.code() == 8005);
    CHECK(fixture.stored("x") == "old");
    CHECK(fixture.platform.open_upload_count() == 1);
}

TEST_CASE("the setting at-complete lets init pass") {
    Fixture fixture(with(ConflictPolicy::at_complete));
    fixture.platform.add_file("me/my-project", "x", "old");
    CHECK(fixture.client.upload("x", {"new"}).code() == 8005);
    CHECK(fixture.stored("x") == "old");
}

TEST_CASE("the setting rename finds the next free _N_ name") {
    const Fixture fixture(with(ConflictPolicy::rename));
    CHECK(fixture.client.upload("x", {"one"}).text("name") == "x");
    CHECK(fixture.client.upload("x", {"two"}).text("name") == "_1_x");
    CHECK(fixture.client.upload("x", {"three"}).text("name") == "_2_x");
    CHECK(fixture.stored("x") == "one");
    CHECK(fixture.stored("_2_x") == "three");
}

TEST_CASE("the setting refuse_twin allows one open upload of a name") {
    PlatformSettings settings = small_parts();
    settings.refuse_twin = true;
    const Fixture fixture(settings);
    const std::string id = fixture.client.init("x", 3, 3);
    const Heard heard = fixture.client.post("/upload/multipart", init_body);
    CHECK(heard.status == 409);
    CHECK(heard.code() == 8006);
    fixture.client.api("DELETE", "/upload/multipart/" + id);
    CHECK(fixture.client.post("/upload/multipart", init_body).status == 200);
}
