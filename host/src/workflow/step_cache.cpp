#include "workflow/step_cache.hpp"

#include "document/text.hpp"
#include "state/digest.hpp"
#include "workflow/step_mark.hpp"
#include "workflow/workflow_place.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace ferry {

namespace {

using ByPath = std::unordered_map<std::string_view, const FilePrint*>;

ByPath by_path(const std::vector<FilePrint>& prints) {
    ByPath map;
    for (const FilePrint& print : prints)
        map.emplace(print.path, &print);
    return map;
}

// Empty if they are the same.
std::string difference(const std::vector<FilePrint>& before, const std::vector<FilePrint>& now,
                       const std::string& what) {
    if (before.size() == now.size() && std::equal(before.begin(), before.end(), now.begin(), same_file_as))
        return {};
    const auto named = [&](const FilePrint& print) { return what + " " + printable(print.path, 600); };
    const ByPath present = by_path(now);
    for (const FilePrint& print : before) {
        const auto found = present.find(print.path);
        const bool was_there = print.kind != FilePrint::Kind::missing;
        if (found == present.end() || (was_there && found->second->kind == FilePrint::Kind::missing))
            return named(print) + " is gone";
        if (!same_file_as(print, *found->second))
            return named(print) + " has changed";
    }
    const ByPath known = by_path(before);
    for (const FilePrint& print : now)
        if (known.count(print.path) == 0)
            return named(print) + " is new";
    return "the order of its " + what + "s has changed";
}

// Of a small file in the user's home folder that tasks are set up by; nullopt if there is none.
std::optional<std::string> settings_digest(const std::string& name, const Environment& environment) {
    const auto home = environment("HOME");
    if (!home || !name.starts_with("~/"))
        return std::nullopt;
    const auto print = print_of(*home + name.substr(1), true, [] { return false; });
    return print && print->kind == FilePrint::Kind::file ? std::optional(print->sha256) : std::nullopt;
}

// A file that the step itself makes is judged by what it was when the step ended.
void drop_made(std::vector<FilePrint>& inputs, const std::vector<FilePrint>& made) {
    const ByPath paths = by_path(made);
    std::erase_if(inputs, [&](const FilePrint& input) { return paths.count(input.path) > 0; });
}

} // namespace

StepCache::StepCache(const Workflow& workflow, std::string state_dir, std::string work_dir,
                     const Environment& environment)
    : workflow_(workflow)
    , state_dir_(std::move(state_dir))
    , work_dir_(std::move(work_dir))
    , place_(workflow_place(workflow, work_dir_))
    , environment_(environment) {}

std::string StepCache::key_of(const Step& step, const JsonObject& options) const {
    auto parts = new_object();
    parts->set("workflow", place_);
    parts->set("step", step.id);
    parts->set("task", step.task);
    parts->set("plugin", step.entry->plugin);
    parts->set("version", step.entry->version);
    parts->set("with", JsonObject::Ptr(new JsonObject(options)));
    parts->set("work_dir", work_dir_);
    auto variables = new_object();
    if (const auto names = array_of(step.entry->schema->get("x-environment")))
        for (const Json& name : *names)
            if (const auto value = environment_(text_of(name)))
                variables->set(text_of(name), *value);
    parts->set("environment", variables);
    auto settings = new_object();
    if (const auto names = array_of(step.entry->schema->get("x-files")))
        for (const Json& name : *names)
            if (const auto digest = settings_digest(text_of(name), environment_))
                settings->set(text_of(name), *digest);
    parts->set("settings", settings);
    return sha256(canonical_json(Json(parts)));
}

std::variant<StepRecord, NoRecord> StepCache::find(const Step& step, const JsonObject& options,
                                                   const std::vector<std::string>& stands_on,
                                                   const std::function<bool()>& stopped) const {
    auto read = read_record(state_dir_, key_of(step, options));
    const auto* record = std::get_if<StepRecord>(&read);
    if (!record)
        return read;
    if (const std::string need = changed_need(record->stood_on, stands_on); !need.empty())
        return NoRecord{"step " + in_quotes(need) + " has run anew"};
    const StepFiles files = files_of(step, options);
    auto outputs = prints_of(files.outputs, work_dir_, false, stopped);
    if (const auto* problem = std::get_if<NoPrints>(&outputs))
        return NoRecord{problem->reason};
    auto read_now = prints_of(files.inputs, work_dir_, files.by_content, stopped);
    if (const auto* problem = std::get_if<NoPrints>(&read_now))
        return NoRecord{problem->reason};
    const auto& made = std::get<std::vector<FilePrint>>(outputs);
    auto& inputs = std::get<std::vector<FilePrint>>(read_now);
    if (std::string reason = difference(record->made, made, "output"); !reason.empty())
        return NoRecord{std::move(reason)};
    drop_made(inputs, made);
    if (std::string reason = difference(record->inputs, inputs, "input"); !reason.empty())
        return NoRecord{std::move(reason)};
    return read;
}

StepCache::Begun StepCache::begin(const Step& step, const JsonObject& options, std::vector<std::string> stands_on,
                                  const std::function<bool()>& stopped) const {
    Begun begun{key_of(step, options), files_of(step, options), {}, std::move(stands_on), {}};
    begun.stale = remove_record(state_dir_, begun.key);
    begun.inputs = prints_of(begun.files.inputs, work_dir_, begun.files.by_content, stopped);
    return begun;
}

std::optional<std::string> StepCache::keep(const Step& step, const Begun& begun, const std::string& run_id,
                                           const std::string& mark, const JsonObject::Ptr& outputs) const {
    // What is done is noted even if the run shall stop.
    const auto made = prints_of(begun.files.outputs, work_dir_, false, [] { return false; });
    for (const auto* prints : {&begun.inputs, &made})
        if (const auto* problem = std::get_if<NoPrints>(prints))
            return problem->reason;
    StepRecord record{step.id,
                      step.task,
                      run_id,
                      mark,
                      begun.stands_on,
                      outputs,
                      std::get<std::vector<FilePrint>>(begun.inputs),
                      std::get<std::vector<FilePrint>>(made)};
    drop_made(record.inputs, record.made);
    return write_record(state_dir_, begun.key, record);
}

} // namespace ferry
