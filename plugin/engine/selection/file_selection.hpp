// From the entries of `files` to the local files that they name.
#pragma once

#include "base/status.hpp"
#include "transfer/upload_options.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

class LocalTree;
class OwnFiles;

struct SelectedFile {
    std::string path;                    // absolute
    std::string name;                    // remote
    std::optional<std::string> folder{}; // of its own, see FileRequest
    FileMetadata metadata{};             // the request's own
};

// Told of each file in the order of the entries, those of a glob sorted by bytes.
class SelectionSink {
  public:
    virtual ~SelectionSink() = default;
    virtual void file(SelectedFile file) = 0;
    virtual void problem(std::string sentence) = 0; // the selection cannot be used
    virtual void warning(std::string sentence) = 0;
    virtual void note(std::string sentence) = 0;      // as it should be, and good to know
    virtual OwnFiles* own_files() { return nullptr; } // which no pattern finds; null: there are none
    virtual bool stopped() const = 0;                 // nothing more is wanted: asked often, so cheap
};

// An entry is a literal path if it exists, must be one (`literal`) or is no pattern; else a glob. Whether a literal
// path can be read is not looked at here.
void select_files(const std::vector<FileRequest>& requests, const std::string& work_dir, SelectionSink& sink);

// The file's folder below the target: its own, else `folder`, with the local tree below it where there is one to keep.
Result<std::string> remote_folder(const SelectedFile& file, const std::string& folder, LocalTree* tree);

} // namespace ferry
