#include "unfinished_options.hpp"

#include <Poco/JSON/Array.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace ferry {

namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

void read_ids(const Array::Ptr& list, OptionFields& fields, std::vector<std::string>& ids) {
    for (const Var& entry : *list) {
        if (entry.type() == typeid(Array::Ptr)) {
            read_ids(entry.extract<Array::Ptr>(), fields, ids); // as deep as the JSON reader lets it be
            continue;
        }
        const std::string& id = entry.extract<std::string>();
        const bool visible = std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~'; });
        // It becomes one segment of a URL's path: dots alone would lead to another call.
        if (!visible || id.find_first_not_of('.') == std::string::npos)
            fields.problem("/upload_ids", id, "an upload id as uploads-list tells it, without spaces");
        ids.push_back(id);
    }
}

void read_older_than(OptionFields& fields, AbortOptions& abort) {
    if (fields.options().has("older_than"))
        abort.older_than = fields.duration(fields.options(), "", "older_than");
    const std::string known = fields.text("known").value_or("keep");
    abort.known = known == "drop" ? KnownPolicy::drop : known == "only" ? KnownPolicy::only : KnownPolicy::keep;
}

template <class Options> void read_shared(OptionFields& fields, ReadTask<Options>& task) {
    fields.read_target(task.options.target);
    fields.read_patience(task.options);
    fields.read_credentials(task.credentials);
}

} // namespace

Result<ReadTask<ListOptions>> read_list_options(std::string_view json) {
    ReadTask<ListOptions> task;
    const Status good = read_with(json, "uploads-list", [&](const Object& options) {
        OptionFields fields(options, task.problems);
        read_shared(fields, task);
    });
    return good ? Result<ReadTask<ListOptions>>(std::move(task)) : good.error();
}

Result<ReadTask<AbortOptions>> read_abort_options(std::string_view json) {
    ReadTask<AbortOptions> task;
    const Status good = read_with(json, "uploads-abort", [&](const Object& options) {
        OptionFields fields(options, task.problems);
        if (options.has("upload_ids"))
            read_ids(options.getArray("upload_ids"), fields, task.options.upload_ids);
        read_older_than(fields, task.options);
        read_shared(fields, task);
    });
    return good ? Result<ReadTask<AbortOptions>>(std::move(task)) : good.error();
}

} // namespace ferry
