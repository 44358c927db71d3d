// A workflow while it is checked: as much of the model as the file gives, wrong as it may be.
#pragma once

#include "diagnostic.hpp"
#include "schema/json_value.hpp"
#include "workflow/graph.hpp"
#include "workflow/workflow.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace ferry {

// Where a step's `needs` names a step that there is not, or whatever else stands there, is left out of the model; the
// checks have said so.
struct Draft {
    Workflow workflow;
    Diagnostics diagnostics;

    void error(const std::string& pointer, std::string found, std::string allowed) {
        diagnostics.push_back({workflow.file, pointer, 0, 0, std::move(found), std::move(allowed), false});
    }
    // The nearest name is looked for only for the first few mistakes: each search goes over all names.
    bool takes_suggestions() { return suggestions_++ < 20; }
    void warn(const std::string& pointer, std::string found, std::string allowed) {
        diagnostics.push_back({workflow.file, pointer, 0, 0, std::move(found), std::move(allowed), true});
    }

  private:
    int suggestions_ = 0;
};

// Checks `document` against the workflow's schema and takes over what is usable: steps without needs, their options,
// the name. The variables are bound later.
void draft_workflow(const JsonObject::Ptr& document, Draft& draft);

// Ids, needs and circles; fills Step::needs and Workflow::order. `document` is the file's content.
Graph link_steps(const JsonObject::Ptr& document, Draft& draft);

} // namespace ferry
