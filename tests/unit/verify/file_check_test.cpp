#include "verify_fixture.hpp"

#include <chrono>

namespace ferry::test {
namespace {

// One file of 25 bytes in parts of 10, as its receipt and the platform have it.
struct CheckFixture {
    TempDir dir;
    RecordingLog log;
    CancelToken cancel;
    std::string content = "0123456789abcdefghijklmno";
    VerifyItem item;
    RemoteRecord record;
    CheckBy by;
    std::uint64_t hashed = 0;

    CheckFixture() {
        dir.write("a", content);
        item.path = (dir / "a").string();
        item.name = "a";
        item.id = "f1";
        item.size = content.size();
        item.part_size = 10;
        item.etag = etag();
        record.state = RecordState::found;
        record.file.id = "f1";
        record.file.name = "a on it";
        record.file.size = content.size();
    }
    std::string etag() const {
        const auto identity = identify_file((dir / "a").string());
        return *hash_file((dir / "a").string(), *identity, *PartPlan::make(identity->size, 10), cancel);
    }
    VerifiedFile check() {
        hashed = 0;
        auto done = check_file(item, record, by, log, cancel, [this](std::uint64_t bytes) { hashed += bytes; });
        REQUIRE(done.ok());
        CHECK((done->status == VerifyStatus::same) == done->reason.empty());
        CHECK(hashed <= bytes_to_hash(item, by));
        return std::move(*done);
    }
    void write_same_size(const std::string& other) {
        REQUIRE(other.size() == content.size());
        dir.write("a", other);
    }
};

} // namespace

TEST_CASE("a file is the same by all that there is to compare with") {
    CheckFixture f;
    VerifiedFile done = f.check();
    CHECK(done.status == VerifyStatus::same);
    CHECK(ways(done) == "size etag");
    CHECK(done.name == "a on it");
    CHECK(done.id == "f1");
    CHECK(done.size == 25);
    CHECK(f.hashed == 25);
    f.dir.write("a.md5", md5_hex(f.content) + "  a\n");
    done = f.check();
    CHECK(ways(done) == "size etag md5");
    CHECK(f.hashed == 50);
    f.item.etag.clear();
    done = f.check();
    CHECK(ways(done) == "size md5");
    CHECK(done.status == VerifyStatus::same);
    std::filesystem::remove(f.dir / "a.md5");
    CHECK(ways(f.check()) == "size");
    CHECK(f.hashed == 0);
    CHECK(f.log.count(LogLevel::warn) == 0);
}

TEST_CASE("a file of one part is hashed once, and an empty one is no exception") {
    CheckFixture f;
    f.item.part_size = 25;
    f.item.etag = *hash_file(f.item.path, *identify_file(f.item.path), *PartPlan::make(25, 25), f.cancel);
    f.dir.write("a.md5", md5_hex(f.content) + "\n");
    CHECK(ways(f.check()) == "size etag md5");
    CHECK(f.hashed == 25);
    f.dir.write("a", "");
    f.dir.write("a.md5", md5_hex("") + "\n");
    f.item.size = 0;
    f.record.file.size = 0;
    f.item.etag = f.etag();
    CHECK(ways(f.check()) == "size etag md5");
    f.item.etag.clear();
    CHECK(ways(f.check()) == "size md5");
    CHECK(f.check().status == VerifyStatus::same);
}

TEST_CASE("one byte that has changed under the same size is told as just that") {
    CheckFixture f;
    f.write_same_size("0123456789abcdefghijklmnX");
    const VerifiedFile done = f.check();
    CHECK(done.status == VerifyStatus::different);
    CHECK_MESSAGE(has_text(done.reason, "the local file has changed since its upload, though not its size"),
                  done.reason);
    CHECK(has_text(done.reason, f.item.etag));
    CHECK(has_text(done.reason, f.etag()));
    f.by.etag = false;
    CHECK(f.check().status == VerifyStatus::same);
}

TEST_CASE("sizes say which of the two sides has changed, and nothing is hashed then") {
    CheckFixture f;
    const auto reason = [&f] {
        const VerifiedFile done = f.check();
        CHECK(done.status == VerifyStatus::different);
        CHECK(f.hashed == 0);
        return done.reason;
    };
    f.dir.write("a", "longer than it was when it was sent");
    CHECK(reason() == "the local file has changed since its upload: it had 25 bytes then, and has 35 bytes now");
    f.record.file.size = 35;
    CHECK(reason() == "has 35 bytes here and on the platform, but its receipt tells of 25 bytes");
    f.record.file.size = 7;
    CHECK(reason() == "has 35 bytes here, and 7 bytes on the platform, where 25 bytes were uploaded");
    f.dir.write("a", f.content);
    CHECK(reason() == "has 25 bytes here, and 7 bytes on the platform, where 25 bytes were uploaded");
    f.item.size.reset();
    CHECK(reason() == "has 25 bytes here, and 7 bytes on the platform");
}

TEST_CASE("an MD5 that is wrong is told with where it stands, an older sidecar is compared all the same") {
    CheckFixture f;
    f.dir.write("a.md5", md5_hex(f.content) + "  a\n");
    std::filesystem::last_write_time(f.dir / "a.md5",
                                     std::filesystem::last_write_time(f.dir / "a") - std::chrono::hours(1));
    CHECK(f.check().status == VerifyStatus::same);
    const std::string wrong(32, '0');
    f.dir.write("a.md5", wrong + "  a\n");
    std::filesystem::last_write_time(f.dir / "a.md5",
                                     std::filesystem::last_write_time(f.dir / "a") - std::chrono::hours(1));
    f.record.file.md5 = std::string(32, '1');
    const VerifiedFile done = f.check();
    CHECK(done.status == VerifyStatus::different);
    CHECK(has_text(done.reason, "a.md5 tells " + wrong +
                                    " (and is older than the file), which no upload mends: write "
                                    "that anew with md5sum if what is here is right"));
    CHECK(has_text(done.reason, "; its MD5 is " + md5_hex(f.content) + ", and the platform was told 1111"));
    f.by.md5 = false;
    CHECK(f.check().status == VerifyStatus::same);
}

TEST_CASE("what is asked for by name has to be there, and what is not is passed over") {
    CheckFixture f;
    f.item.etag.clear();
    f.dir.write("a.md5", "nonsense\n");
    VerifiedFile done = f.check();
    CHECK(done.status == VerifyStatus::same);
    CHECK(ways(done) == "size");
    CHECK(f.log.contains(LogLevel::warn, "has no line for a; write it anew with md5sum a; the file is not compared"));
    f.by.named = true;
    done = f.check();
    CHECK(done.status == VerifyStatus::unchecked);
    CHECK(has_text(done.reason, "its receipt has no etag to compare with; "));
    CHECK(has_text(done.reason, "a.md5: has no line for a"));
    std::filesystem::remove(f.dir / "a.md5");
    f.by.etag = false;
    CHECK(has_text(f.check().reason, "there is no " + (f.dir / "a.md5").string() + " to compare it with"));
    f.by = {.size = true, .etag = false, .md5 = false, .named = true};
    CHECK(f.check().status == VerifyStatus::same);
    f.record.file.size.reset();
    CHECK(f.check().reason == "the platform does not tell its size");
    f.by.named = false;
    CHECK(f.check().reason == "there is nothing to compare it with");
}

TEST_CASE("what is missing, on either side, or not to be seen, is told as such") {
    CheckFixture f;
    f.record = {.state = RecordState::missing, .why = "is not on the platform any more"};
    VerifiedFile done = f.check();
    CHECK(done.status == VerifyStatus::missing);
    CHECK(done.name == "a");
    CHECK(done.reason == "is not on the platform any more");
    std::filesystem::remove(f.dir / "a");
    done = f.check();
    CHECK(done.status == VerifyStatus::missing);
    CHECK(has_text(done.reason, "; the local file cannot be read either"));
    f.record.state = RecordState::found;
    f.record.file.size = 25;
    done = f.check();
    CHECK(done.status == VerifyStatus::missing_local);
    CHECK(done.size == 25);
    std::filesystem::create_directory(f.dir / "a");
    CHECK(f.check().status == VerifyStatus::unchecked);
    std::filesystem::remove(f.dir / "a");
    f.dir.write("a", f.content);
    f.record = {.state = RecordState::not_told, .why = "cannot be looked up"};
    done = f.check();
    CHECK(done.status == VerifyStatus::unchecked);
    CHECK(done.reason == "cannot be looked up");
}

TEST_CASE("a file that changes while it is hashed counts as neither, and a stop ends the hashing") {
    CheckFixture f;
    f.item.etag.clear();
    const std::string large(3u << 20, 'x');
    f.dir.write("a", large);
    f.dir.write("a.md5", md5_hex(large) + "\n");
    f.item.size = f.record.file.size = large.size();
    auto done = check_file(f.item, f.record, f.by, f.log, f.cancel, [&](std::uint64_t) {
        std::filesystem::last_write_time(f.dir / "a",
                                         std::filesystem::file_time_type::clock::now() - std::chrono::hours(5));
    });
    REQUIRE(done.ok());
    CHECK(done->status == VerifyStatus::unchecked);
    CHECK(has_text(done->reason, "changed while it was compared"));
    std::uint64_t pieces = 0;
    done = check_file(f.item, f.record, f.by, f.log, f.cancel, [&](std::uint64_t) {
        ++pieces;
        f.cancel.cancel();
    });
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().kind == ErrorKind::cancelled);
    CHECK(pieces == 1);
}

} // namespace ferry::test
