#include "workflow/workflow_place.hpp"

#include "document/text.hpp"
#include "tasks/command_files.hpp"

#include <cstdlib>
#include <memory>

namespace ferry {

namespace {

constexpr std::size_t kLongestPath = 1u << 16; // as JSON takes it, whatever its bytes are

} // namespace

std::string workflow_place(const Workflow& workflow, const std::string& work_dir) {
    if (workflow.file.empty())
        return workflow.name;
    const std::string path = absolute_path(work_dir, workflow.file);
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
    return printable(real ? real.get() : path, kLongestPath);
}

} // namespace ferry
