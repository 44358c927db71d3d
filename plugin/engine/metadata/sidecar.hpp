// FILE.meta: metadata that lie beside a file (contract 7.3).
#pragma once

#include "metadata/file_metadata.hpp"

#include <functional>
#include <string>

namespace ferry {

// The pairs in the JSON object of `path`.meta; none if there is no such file. What of it cannot be used is told as a
// warning and left out: it never stops an upload.
FileMetadata read_sidecar(const std::string& path, const std::function<void(std::string)>& warn);

} // namespace ferry
