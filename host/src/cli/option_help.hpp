// A task's options as text for people, from its JSON Schema.
#pragma once

#include "cli/wrap_text.hpp"

#include <Poco/JSON/Object.h>

#include <string>

namespace ferry {

// Which options are needed, then a block for each: name, type, default, description, examples. Those of nested objects
// have dotted names, those of the objects in an array NAME[].KEY. At most `columns` wide where words allow it.
std::string option_help(const Poco::JSON::Object::Ptr& schema, std::size_t columns = kScreenColumns);

// What the schema says that the task hands on; empty if it says nothing of that.
std::string output_help(const Poco::JSON::Object::Ptr& schema, std::size_t columns = kScreenColumns);

// The commands that run `task` with the examples of the schema's top; empty if there are none.
std::string example_help(const std::string& task, const Poco::JSON::Object::Ptr& schema,
                         std::size_t columns = kScreenColumns);

} // namespace ferry
