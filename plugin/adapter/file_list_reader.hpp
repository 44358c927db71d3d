// Reading the options that name local files and where they lie on the platform. The schema has admitted them before.
#pragma once

#include "common_options.hpp"
#include "transfer/upload_options.hpp"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <string>
#include <vector>

namespace ferry {

// Adds the entries of the array at `pointer`.
void read_files(const Poco::JSON::Array::Ptr& list, const std::string& pointer, OptionFields& fields,
                std::vector<FileRequest>& files);
// A folder below the target, clean.
std::string read_folder(const std::string& folder, const std::string& pointer, OptionFields& fields);
// The members `metadata` and `tags` of the object at `pointer`.
FileMetadata read_metadata(const Poco::JSON::Object& object, const std::string& pointer, OptionFields& fields);

} // namespace ferry
