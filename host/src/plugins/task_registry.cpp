#include "plugins/task_registry.hpp"

#include "document/strict_json.hpp"
#include "plugins/abi_text.hpp"
#include "schema/validator.hpp"

namespace ferry {
namespace {

// nullptr with the reason if the schema is unusable.
Poco::JSON::Object::Ptr read_schema(const TaskEntry& entry, std::string& reason) {
    const std::string what = "the options schema of task '" + entry.name + "' of plugin '" + entry.plugin + "'";
    const JsonResult parsed = parse_json(entry.schema_text);
    if (const auto* error = std::get_if<JsonError>(&parsed)) {
        reason = what + " is no JSON: line " + std::to_string(error->line) + ", column " +
                 std::to_string(error->column) + ": " + error->message;
        return {};
    }
    const auto& value = std::get<Poco::Dynamic::Var>(parsed);
    if (value.type() != typeid(Poco::JSON::Object::Ptr)) {
        reason = what + " is no JSON object";
        return {};
    }
    auto schema = value.extract<Poco::JSON::Object::Ptr>();
    if (auto problem = schema_problem(schema)) {
        reason = what + " is broken: " + *problem;
        return {};
    }
    return schema;
}

// The table has passed check_table(): its texts are there and UTF-8.
TaskEntry make_entry(const std::shared_ptr<PluginHandle>& handle, const ferry_task_type& type) {
    TaskEntry entry;
    entry.name = *from_abi(type.name);
    entry.version = printable_abi(type.version);
    entry.summary = printable_abi(type.summary);
    entry.schema_text = *from_abi(type.options_schema);
    entry.plugin = printable_abi(handle->table().name);
    entry.type = &type;
    entry.handle = handle;
    return entry;
}

} // namespace

std::optional<std::string> TaskRegistry::add(std::shared_ptr<PluginHandle> handle) {
    const ferry_plugin& table = handle->table();
    const std::string plugin = printable_abi(table.name);
    for (const auto& [name, entry] : tasks_)
        if (entry.plugin == plugin)
            return "a plugin named '" + plugin + "' is already loaded; keep one of the two";
    std::map<std::string, TaskEntry> added;
    for (std::size_t i = 0; i < table.task_count; ++i) {
        TaskEntry entry = make_entry(handle, *table.tasks[i]);
        if (const TaskEntry* taken = find(entry.name))
            return "its plugin '" + plugin + "' offers task '" + entry.name + "', which plugin '" + taken->plugin +
                   "' already offers";
        if (added.count(entry.name) != 0)
            return "its plugin '" + plugin + "' offers task '" + entry.name + "' twice";
        std::string reason;
        entry.schema = read_schema(entry, reason);
        if (!entry.schema)
            return reason;
        std::string name = entry.name;
        added.emplace(std::move(name), std::move(entry));
    }
    tasks_.merge(added);
    return std::nullopt;
}

const TaskEntry* TaskRegistry::find(const std::string& name) const {
    const auto it = tasks_.find(name);
    return it == tasks_.end() ? nullptr : &it->second;
}

std::vector<const TaskEntry*> TaskRegistry::list() const {
    std::vector<const TaskEntry*> entries;
    for (const auto& [name, entry] : tasks_)
        entries.push_back(&entry);
    return entries;
}

} // namespace ferry
