// What earlier runs have left of a workflow's steps: looked up before a step, kept after it.
#pragma once

#include "workflow/step_files.hpp"
#include "workflow/step_record.hpp"
#include "workflow/workflow.hpp"

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ferry {

// Thread-safe; the workflow and the environment must outlive it. `options` are always those that people may see (tokens
// hidden), resolved and with defaults.
class StepCache {
  public:
    StepCache(const Workflow& workflow, std::string state_dir, std::string work_dir, const Environment& environment);

    // Of a step that is about to run.
    struct Begun {
        std::string key;
        StepFiles files;
        std::variant<std::vector<FilePrint>, NoPrints> inputs; // as they are now
        std::vector<std::string> stands_on;
        std::optional<std::string> stale; // why the record of an earlier run is still there: the step must not run
    };

    // Which record is the step's: by the workflow's file, the step's id, its task, that one's version, the options, the
    // working directory, and the variables and files that the task's schema lists in "x-environment" and "x-files".
    std::string key_of(const Step& step, const JsonObject& options) const;

    // The record, if the step stands on the same doings of what it needs as then, and no declared file has changed
    // since; else why the step has to run. `stands_on`: see Stand, as it is now.
    std::variant<StepRecord, NoRecord> find(const Step& step, const JsonObject& options,
                                            const std::vector<std::string>& stands_on,
                                            const std::function<bool()>& stopped) const;

    // A run goes by the record that find() has answered: it is kept on.
    void used(const Step& step, const JsonObject& options) const { touch_record(state_dir_, key_of(step, options)); }

    // Removes the record of an earlier run: a step that is cut off, or fails, must leave none.
    Begun begin(const Step& step, const JsonObject& options, std::vector<std::string> stands_on,
                const std::function<bool()>& stopped) const;
    // Why the record could not be kept; nullopt if it was.
    std::optional<std::string> keep(const Step& step, const Begun& begun, const std::string& run_id,
                                    const std::string& mark, const JsonObject::Ptr& outputs) const;

  private:
    const Workflow& workflow_;
    const std::string state_dir_;
    const std::string work_dir_;
    const std::string place_; // of the workflow
    const Environment& environment_;
};

} // namespace ferry
