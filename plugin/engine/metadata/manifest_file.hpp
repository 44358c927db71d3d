// The table that names files with their metadata (contract 7.2): CSV, the first column the files, each other one a key.
#pragma once

#include "metadata/file_metadata.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace ferry {

struct ManifestRow {
    std::size_t line = 0; // where it begins, from 1
    std::string path;     // absolute, and never a pattern
    FileMetadata metadata;
};

// Told of each row in order. Sentences begin with the manifest and the line.
class ManifestSink {
  public:
    virtual ~ManifestSink() = default;
    virtual void row(ManifestRow row) = 0;
    virtual void bad_row(std::string sentence) = 0; // the manifest cannot be used
    virtual void oddity(std::string sentence) = 0;  // it can
    virtual bool enough() const = 0;                // nothing more is wanted: asked often, so cheap
};

// `path`: absolute. Goes on behind a bad row, so that all of them are told. Takes the memory of one row.
void read_manifest(const std::string& path, ManifestSink& sink);

// "samples.csv, line 3: "
std::string manifest_place(const std::string& path, std::size_t line);

} // namespace ferry
