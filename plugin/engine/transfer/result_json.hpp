// How others read what became of a file.
#pragma once

#include "transfer/upload_job.hpp"

#include <string>

namespace ferry {

// The entry of a file in the output `files`, and its line in the receipts: one line of compact JSON.
std::string to_json(const FileResult& result);

// The entry's `path`: JSON holds no bytes that are not UTF-8, so these are written out.
std::string path_text(const std::string& path);

} // namespace ferry
