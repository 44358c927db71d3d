// Which files a step reads and makes, as far as its options say.
#pragma once

#include "schema/json_value.hpp"
#include "workflow/file_print.hpp"
#include "workflow/workflow.hpp"

#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace ferry {

// What the task's schema marks with "x-file": "input" or "output". A path, or with "format": "glob" a pattern.
struct DeclaredFile {
    std::string text;
    bool glob = false;
};

struct StepFiles {
    std::vector<DeclaredFile> inputs;
    std::vector<DeclaredFile> outputs;
    bool by_content = false; // the option "fingerprint" says "content": it is what counts of the inputs
};

// `options`: resolved, with defaults.
StepFiles files_of(const Step& step, const JsonObject& options);

// The prints of all files that are meant now, each once, in the order of the options; patterns are expanded. Else why
// not: `stopped` ended it, a file cannot be looked at, or its name is no UTF-8.
struct NoPrints {
    std::string reason;
};
std::variant<std::vector<FilePrint>, NoPrints> prints_of(const std::vector<DeclaredFile>& files,
                                                         const std::string& work_dir, bool by_content,
                                                         const std::function<bool()>& stopped);

} // namespace ferry
