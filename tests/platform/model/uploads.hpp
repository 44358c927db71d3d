// The unfinished uploads. Not thread-safe: under State::mutex.
#pragma once

#include "model/disk.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ferry::platform {

struct StoredPart {
    std::string etag; // without quotes
    std::uint64_t size = 0;
};

struct Upload {
    std::string id; // 64 characters
    std::string project;
    std::string parent;     // folder id
    bool by_parent = false; // whether the client named the folder rather than the project
    std::string name;
    std::optional<std::uint64_t> size; // as announced
    std::uint64_t part_size = 0;
    std::string md5;
    bool overwrite = false;
    bool rename = false; // a fault: the platform will pick another name
    std::int64_t initiated_ms = 0;
    std::map<std::uint32_t, StoredPart> stored;
    std::map<std::uint32_t, std::string> reported; // number to ETag
    bool completing = false;                       // the parts are being put together
    int puts_under_way = 0;
};

class UploadTable {
  public:
    explicit UploadTable(const Disk& disk); // reads what is there

    Upload& add(Upload upload); // gives it an id
    Upload* find(const std::string& id);
    void remove(std::string id);            // with its parts; by value, since the caller's may be the upload's own
    std::vector<const Upload*> all() const; // by age
    bool name_taken(const std::string& parent, const std::string& name) const;

    void report(Upload& upload, std::uint32_t part, const std::string& etag); // the last one counts
    fs::path new_part_path(const Upload& upload, std::uint32_t part) const;   // to write to
    fs::path part_path(const Upload& upload, std::uint32_t part) const;       // stored already
    // Takes the written file in place of an earlier one of that number.
    void store(Upload& upload, std::uint32_t part, const StoredPart& stored, NewFile& file);

  private:
    void load(const fs::path& folder);

    const Disk& disk_;
    std::map<std::string, Upload> uploads_;
};

} // namespace ferry::platform
