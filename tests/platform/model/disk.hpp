// What the platform keeps below its root: files/ID (contents), records/ID.json, uploads/ID/ (unfinished ones) and
// projects/OWNER/NAME/... (the same contents by path, for people and scripts). Failures are std::system_error.
#pragma once

#include "model/json.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace ferry::platform {

namespace fs = std::filesystem;

class Disk {
  public:
    // Makes the folders, and refuses a root where others of those names are: what is below them is ours to delete.
    explicit Disk(const fs::path& root);

    fs::path content(const std::string& id) const { return root_ / "files" / id; }
    fs::path record(const std::string& id) const { return root_ / "records" / (id + ".json"); }
    fs::path upload_folder(const std::string& id) const { return root_ / "uploads" / id; }
    fs::path projects() const { return root_ / "projects"; }
    std::vector<fs::path> contents() const;
    std::vector<fs::path> records() const;
    std::vector<fs::path> upload_folders() const;

  private:
    fs::path root_;
};

void write_json(const fs::path& path, const Json& value); // whole or not at all
Json read_json(const fs::path& path);                     // throws std::runtime_error if it is no JSON
void append_line(const fs::path& path, const std::string& line);
void write_bytes(const fs::path& path, std::string_view bytes);

// A second name for the content: a hard link, or a symbolic one where the file system has none.
void link_content(const fs::path& content, const fs::path& name);

// Makes `target` of the parts in their order, without touching them: one part costs nothing.
void assemble(const std::vector<fs::path>& parts, const fs::path& target);

// A file being written, gone again unless kept.
class NewFile {
  public:
    explicit NewFile(fs::path path);
    ~NewFile();
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    void write(std::span<const char> bytes);
    void append_file(const fs::path& source);
    void keep_as(const fs::path& name); // renames over what is there

  private:
    fs::path path_;
    int descriptor_ = -1;
};

} // namespace ferry::platform
