// From the options' JSON, which the schema has admitted, to the engine's typed struct.
#pragma once

#include "common_options.hpp"
#include "transfer/upload_options.hpp"

#include <string_view>
#include <vector>

namespace ferry {

struct ReadOptions {
    UploadOptions upload; // endpoint and token are not filled in yet
    CredentialOptions credentials;
    std::vector<OptionProblem> problems;
};

// `json` is complete: the host has filled in the schema's defaults. An Error means that it is not what the schema
// admits, which is a defect of the caller.
Result<ReadOptions> read_options(std::string_view json);

} // namespace ferry
