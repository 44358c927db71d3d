// The lines of a journal: what is known of a step's uploads, one fact a line, each with a checksum of its own. A line
// is "CRC32 JSON\n"; the first names the format. No token and no URL is ever among the facts.
#pragma once

#include "base/clock.hpp"
#include "hash/md5.hpp"
#include "platform/platform_api.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace ferry {

// What tells the source from a changed one across processes and machines: no inode and no device, which nodes number as
// they like. ctime_ns alone proves no change (chmod moves it); a part's MD5 then decides.
struct Fingerprint {
    std::uint64_t size = 0;
    std::int64_t mtime_ns = 0;
    std::int64_t ctime_ns = 0;

    bool same_content_expected(const Fingerprint& other) const {
        return size == other.size && mtime_ns == other.mtime_ns;
    }
    bool operator==(const Fingerprint&) const = default;
};

namespace journal {

inline constexpr int version = 1;

// The first line. Endpoint and target are for people and for `uploads-list`; the file's name holds the key.
struct Header {
    int version = journal::version;
    std::string endpoint;
    std::string project;
    std::string parent;
};

// The file numbers are the journal's own, from 0, given by `Begun`.
struct Begun { // before init: from here on the platform may have an upload of it
    std::uint32_t file = 0;
    std::string name;
    std::string path; // see source_path()
    Fingerprint source;
    WallTime at;            // by the platform's clock
    std::string as{};       // the name that was chosen for it, where `name` is taken by another file
    bool overwrite = false; // init asks that a file of that name gives way
};
struct Opened {
    std::uint32_t file = 0;
    std::string upload_id;
    std::uint64_t part_size = 0;
    bool parallel = true;
};
struct PartStored {
    std::uint32_t file = 0;
    PartReport report;
    std::uint64_t size = 0;
    std::optional<Md5> md5; // of the bytes sent
    bool verified = false;  // and it was the storage's ETag
};
struct PartLost { // the platform does not have it after all
    std::uint32_t file = 0;
    std::uint32_t part = 0;
};
struct Completing { // before complete: from here on the platform may have the file
    std::uint32_t file = 0;
    WallTime at;            // by the platform's clock
    std::string replaces{}; // id of the file that had the name until then
};
struct Done {
    std::uint32_t file = 0;
    std::string id;
    std::string name{}; // the platform's
    std::string project{};
    std::string parent{};
    std::string etag{};
    std::string described{}; // digest of the metadata and tags that have been set on it; empty: none
};
struct Described { // they have been set on what is done
    std::uint32_t file = 0;
    std::string digest;
};
struct Dropped { // nothing of it is open any more
    std::uint32_t file = 0;
};

using Record = std::variant<Header, Begun, Opened, PartStored, PartLost, Completing, Done, Described, Dropped>;

std::string to_line(const Record& record);
// Of one line without its end; nullopt if its checksum, its JSON or a field is wrong. A header of another version has
// that version and nothing else.
std::optional<Record> from_line(std::string_view line);

} // namespace journal

// A local path as the journal has it: as it is, or percent-encoded where it is not UTF-8. To be compared, not opened.
std::string source_path(const std::string& path);

std::optional<Md5> md5_from_hex(std::string_view text);

} // namespace ferry
