// What references mean: before a run, and in it.
#pragma once

#include "workflow/draft.hpp"
#include "workflow/graph.hpp"
#include "workflow/resolve.hpp"
#include "workflow/runner.hpp"

#include <set>
#include <string>
#include <vector>

namespace ferry {

// The name of the variable that holds the token where no option says otherwise.
inline constexpr const char* kTokenVariable = "SB_AUTH_TOKEN";

// Gives every declared variable its value: the text of `given`, else the declared one, in which ${env.X} and
// ${workflow.dir} are resolved. Reports what is given but not declared, and what is declared null and not given.
// Fills Workflow::token_variables as well, from the token_env options that are known by then.
void bind_variables(const JsonObject::Ptr& document, const std::map<std::string, std::string>& given,
                    const Environment& environment, Draft& draft);

// Before the run: outputs, status and the run's id are open; what can be known to lead nowhere is Wrong. All must
// outlive the lookup.
Lookup lookup_before_run(Draft& draft, const Graph& graph, std::size_t step, const Environment& environment);

struct RunScope {
    const Workflow& workflow;
    const Environment& environment;
    const std::string& run_id;
    const std::vector<StepResult>& results; // those of the steps upstream do not change any more
    bool dry_run;                           // what steps hand on is open, but for those that are cached
    bool hide_secrets;                      // tokens are open
};
// In the run. The scope must outlive the lookup.
Lookup lookup_in_run(const RunScope& scope);
// The step's options with that.
Resolved resolve_in_run(const Step& step, const RunScope& scope, bool hide_secrets);

} // namespace ferry
