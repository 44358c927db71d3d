// The task types on offer: unique name -> table. Made in main and passed down; no singleton.
#pragma once

#include "ferry_plugin.h"

#include <Poco/JSON/Object.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

// A loaded plugin (or the built-in tasks): its table and its open() context. Thread-safe.
class PluginHandle {
  public:
    virtual ~PluginHandle() = default;
    virtual const ferry_plugin& table() const = 0;
    // Calls the plugin's open() at the first use; the error is kept and answered every time.
    virtual int32_t context(void** context, ferry_error& error) = 0;
};

struct TaskEntry {
    std::string name;
    std::string version;
    std::string summary;
    std::string schema_text;
    Poco::JSON::Object::Ptr schema; // parsed schema_text; read only
    std::string plugin;             // the plugin's name, for messages
    const ferry_task_type* type = nullptr;
    std::shared_ptr<PluginHandle> handle; // keeps the table alive
};

// A plugin that could not be used; only workflows that need it fail.
struct PluginFailure {
    std::string file;
    std::string reason; // one sentence
};

class TaskRegistry {
  public:
    // Adds all tasks of a plugin or none: a name that is taken, or a schema that is no JSON object, is answered as a
    // sentence that names both plugins.
    std::optional<std::string> add(std::shared_ptr<PluginHandle> handle);
    void add_failure(PluginFailure failure) { failures_.push_back(std::move(failure)); }

    const TaskEntry* find(const std::string& name) const; // null: none
    std::vector<const TaskEntry*> list() const;           // by name
    const std::vector<PluginFailure>& failures() const { return failures_; }

  private:
    std::map<std::string, TaskEntry> tasks_;
    std::vector<PluginFailure> failures_;
};

} // namespace ferry
