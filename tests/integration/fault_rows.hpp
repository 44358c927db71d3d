// Tables of faults: what the platform does wrong during one upload, and how that run has to end.
#pragma once

#include "workspace.hpp"

#include <memory>
#include <string>
#include <vector>

namespace ferry::test {

enum class End {
    whole,   // exit 0: one file with the very bytes
    failed,  // exit 1: no file, and a message with its name and the cause
    refused, // exit 4: likewise, of token or rights
};

struct Row {
    std::string fault; // rules of the platform's fault script
    End end = End::whole;
    std::string told{};        // part of what standard error must say; empty: nothing in particular
    std::size_t open = 0;      // uploads that stay open on the platform; for `whole` only
    std::string options{};     // of the upload task besides the usual, starting with a comma
    std::uint64_t parts = 3;   // of the file
    std::uint64_t part_size{}; // 0: the workspace's
};

// One run for each row, some at once. `settings` apply to all of them.
void check_rows(const std::vector<Row>& rows, const platform::PlatformSettings& settings = {});
// Likewise, but the source changes while a part is on its way, so that each run has to abort its upload; `open` counts
// here, too.
void check_changed_source(const std::vector<Row>& rows);

// The faults that pass, whatever the call of the API: every one must end whole. `before`: the call that comes right
// before it, for faults of the port.
std::vector<Row> passing(const std::string& operation, const std::string& before);

} // namespace ferry::test
