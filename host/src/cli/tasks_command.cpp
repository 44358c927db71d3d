#include "cli/execute.hpp"

#include "cli/option_help.hpp"
#include "cli/session.hpp"
#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "report/result_writer.hpp"

#include <Poco/JSON/Array.h>

#include <algorithm>

namespace ferry {
namespace {

using Poco::JSON::Array;
using Poco::JSON::Object;

std::string list_as_json(const TaskRegistry& registry) {
    Array::Ptr tasks = new Array;
    for (const TaskEntry* entry : registry.list()) {
        Object::Ptr task = new Object(Poco::JSON_PRESERVE_KEY_ORDER);
        task->set("name", entry->name);
        task->set("version", entry->version);
        task->set("plugin", entry->plugin);
        task->set("summary", entry->summary);
        tasks->add(task);
    }
    Array::Ptr failures = new Array;
    for (const PluginFailure& failure : registry.failures()) {
        Object::Ptr told = new Object(Poco::JSON_PRESERVE_KEY_ORDER);
        told->set("file", printable(failure.file));
        told->set("reason", failure.reason);
        failures->add(told);
    }
    Object::Ptr whole = new Object(Poco::JSON_PRESERVE_KEY_ORDER);
    whole->set("tasks", tasks);
    whole->set("failures", failures);
    return to_json(whole) + "\n";
}

std::string list_as_text(const TaskRegistry& registry) {
    std::size_t width = 0;
    for (const TaskEntry* entry : registry.list())
        width = std::max(width, entry->name.size());
    std::string text;
    for (const TaskEntry* entry : registry.list())
        text += entry->name + std::string(width + 2 - entry->name.size(), ' ') + entry->summary + " (" + entry->plugin +
                ")\n";
    if (!registry.failures().empty())
        text += "\nNot loaded:\n";
    for (const PluginFailure& failure : registry.failures())
        text += "  " + printable(failure.file) + ": " + failure.reason + "\n";
    return text;
}

std::string details(const TaskEntry& entry) {
    const std::size_t columns = screen_columns();
    std::string text =
        wrapped(entry.name + " " + entry.version + " (" + entry.plugin + "): ", entry.summary, 2, columns);
    const auto add = [&text](const char* title, const std::string& section) {
        if (!section.empty())
            text += "\n" + std::string(title) + "\n" + section;
    };
    add("Options (of `with` in a workflow, or --set KEY=VALUE):", option_help(entry.schema, columns));
    add("Outputs:", output_help(entry.schema, columns));
    add("Example:", example_help(entry.name, entry.schema, columns));
    return text;
}

int unknown_task(const std::string& name, const Session& session, const Log& log) {
    std::vector<std::string> names;
    for (const TaskEntry* entry : session.registry().list())
        names.push_back(entry->name);
    const std::string near = nearest(name, names);
    session.tell_plugin_failures(FERRY_LOG_ERROR);
    log.error("there is no task '" + printable(name) + "'" +
              (near.empty() ? "; ferry tasks lists what there is" : "; did you mean " + near + "?"));
    return session.registry().failures().empty() ? exit_code::usage : exit_code::plugin;
}

} // namespace

int execute_tasks(const TasksCommand& command) {
    Session session(command.common);
    session.load_plugins();
    std::string text;
    if (command.task.empty()) {
        text = command.json ? list_as_json(session.registry()) : list_as_text(session.registry());
    } else {
        const TaskEntry* entry = session.registry().find(command.task);
        if (!entry)
            return unknown_task(command.task, session, session.log());
        text = command.json ? entry->schema_text + "\n" : details(*entry);
    }
    if (auto reason = write_stdout(text)) {
        session.log().error(*reason);
        return exit_code::failed;
    }
    return exit_code::done;
}

} // namespace ferry
