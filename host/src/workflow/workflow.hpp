// A workflow as the checks admitted it: what the runner runs.
#pragma once

#include "plugins/task_registry.hpp"
#include "schema/validator.hpp"

#include <Poco/Dynamic/Var.h>
#include <Poco/JSON/Object.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ferry {

enum class When { success, failure, always };

struct RetryPlan {
    std::uint32_t attempts = 1; // the first try included
    std::chrono::milliseconds delay{0};
};

struct Step {
    std::string id;
    std::string pointer;              // into the file: "/steps/3"
    std::string with_pointer;         // of its options: "/steps/3/with"; "" if the file is the options (ferry task)
    std::string task;                 // its name
    const TaskEntry* entry = nullptr; // in the registry, which outlives the workflow; null only while it is checked
    std::shared_ptr<const Validator> validator;       // compiled from the task's schema; shared by the steps of a task
    std::vector<std::size_t> needs;                   // indices into Workflow::steps
    Poco::JSON::Object::Ptr with;                     // as written, references and all; never null; read only
    std::optional<std::chrono::milliseconds> timeout; // of one attempt
    RetryPlan retry;
    When when = When::success;
    bool allow_failure = false;
};

struct Workflow {
    std::string file;      // as given; for messages
    std::string directory; // absolute path of the file's folder: ${workflow.dir}
    std::string name;
    std::map<std::string, Poco::Dynamic::Var> vars;     // every variable with its value; --var values are strings
    std::vector<Step> steps;                            // in the file's order; needs form no cycle
    std::unordered_map<std::string, std::size_t> by_id; // index into steps
    std::vector<std::size_t> order; // steps so that each comes after its needs; else the file's order
    // SB_AUTH_TOKEN and the variables that a step's token_env names: what no step may inherit.
    std::set<std::string> token_variables;
};

// Answers the environment variable of that name, tokens too: it is also what answers secrets to tasks. Thread-safe.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

// The process's own environment (getenv; nothing may change it while steps run).
Environment process_environment();

} // namespace ferry
