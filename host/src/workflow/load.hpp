// A workflow file, read and checked as far as it can be before any step runs.
#pragma once

#include "diagnostic.hpp"
#include "plugins/task_registry.hpp"
#include "workflow/workflow.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace ferry {

// What the checks need to know besides the file.
struct LoadRequest {
    std::map<std::string, std::string> vars; // from --var or a manifest's row: text
    Environment environment = process_environment();
    std::string work_dir;  // absolute; what relative paths in options refer to
    std::string state_dir; // absolute
};

struct LoadResult {
    std::shared_ptr<const Workflow> workflow; // null if there is any error
    Diagnostics diagnostics;                  // errors and warnings, all of them, in the file's order
    std::set<std::string> token_variables;    // environment variables whose values must not be shown
    bool plugin_failed = false;               // a task is missing and a plugin could not be loaded that may have it

    // 0; 2: the file or the variables are wrong; 3: plugin_failed.
    int exit_code() const;
};

// A workflow file that is read once for many sets of variables, such as the rows of a batch.
class WorkflowTemplate {
  public:
    ~WorkflowTemplate();
    WorkflowTemplate(WorkflowTemplate&&) noexcept;
    WorkflowTemplate& operator=(WorkflowTemplate&&) noexcept;

    // Reads `file` and checks all that no variable has a part in. `registry` must outlive what is made from it.
    // nullopt, with the reason in `diagnostics`, if there is no JSON object to be had.
    static std::optional<WorkflowTemplate> read(const std::string& file, const TaskRegistry& registry,
                                                Diagnostics& diagnostics);

    // What load_workflow() would answer. Thread-safe.
    LoadResult load(const LoadRequest& request) const;
    // The same without looking at the steps' options: for variables that load() has found to be fine.
    LoadResult bind(const LoadRequest& request) const;
    // The declared variables; true: declared as null, so a value must be given.
    const std::map<std::string, bool>& declared() const;
    const Workflow& steps() const;       // of no row: without the values of its variables
    bool lacks_tasks() const;            // a step's task is unknown
    const Diagnostics& problems() const; // found without any variable; load() tells them, too

  private:
    struct Parts;
    explicit WorkflowTemplate(std::unique_ptr<const Parts> parts);
    std::unique_ptr<const Parts> parts_;
};

// Reads and checks `file`. `registry` must outlive the workflow. Never throws; touches nothing but the file and what
// the tasks' own checks look at.
LoadResult load_workflow(const std::string& file, const TaskRegistry& registry, const LoadRequest& request);

// `ferry task`: a workflow with the one step `task`, its id the task's name. The pointers of the diagnostics point into
// `options`; `file` names where those came from (empty: the command line).
LoadResult load_task(const std::string& task, const Poco::JSON::Object::Ptr& options, const std::string& file,
                     const TaskRegistry& registry, const LoadRequest& request);

// The text of a workflow file or of a file with options: a regular file of at most 64 MiB that holds a JSON object.
// Null if it is none, with the reason in `diagnostics`. `text`, if wanted: what the file holds.
Poco::JSON::Object::Ptr read_json_object(const std::string& file, Diagnostics& diagnostics,
                                         std::string* text = nullptr);

} // namespace ferry
