#include "api/handlers.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace ferry::platform {
namespace {

// Values of one key: any of them. Different keys: all of them.
struct Filter {
    std::set<std::string> names;
    std::set<std::string> tags;
    std::map<std::string, std::set<std::string>> metadata;
    bool by_task = false; // files of tasks, of which there are none here

    bool passes(const Node& node) const {
        if (by_task || (!names.empty() && !names.contains(node.name)))
            return false;
        const auto wanted = [&](const std::string& tag) { return tags.contains(tag); };
        if (!tags.empty() && std::ranges::none_of(node.tags, wanted))
            return false;
        return std::ranges::all_of(metadata, [&](const auto& entry) {
            const auto found = node.metadata.find(entry.first);
            return found != node.metadata.end() && entry.second.contains(found->second);
        });
    }
};

Filter read_filter(const Query& query) {
    static constexpr std::string_view metadata = "metadata.";
    Filter filter;
    for (const auto& [key, value] : query) {
        if (key == "name")
            filter.names.insert(value);
        else if (key == "tag")
            filter.tags.insert(value);
        else if (key == "origin.task")
            filter.by_task = true;
        else if (key.starts_with(metadata))
            filter.metadata[key.substr(metadata.size())].insert(value);
    }
    return filter;
}

Reply list(Call& call, const std::string& folder, const Filter& filter) {
    std::vector<const Node*> found = call.state.tree.children(folder);
    std::erase_if(found, [&](const Node* node) { return !filter.passes(*node); });
    Reply reply = page(call, found, [&](const Node* node) { return show_node(call.state, *node); });
    reply.short_items = true;
    return reply;
}

} // namespace

Reply list_files(Call& call) {
    const std::string* project = call.query("project");
    const std::string* parent = call.query("parent");
    if (!project && !parent)
        throw ApiError{400, 5029, "Either parent or project must be given."};
    if (project && parent)
        throw ApiError{400, 5031, "Only one of parent and project may be given."};
    const std::string folder = parent ? need_folder(call, *parent).id : need_project_root(call, *project, 3012);
    return list(call, folder, read_filter(call.target.query));
}

Reply list_folder(Call& call) {
    return list(call, need_folder(call, call.captured[0]).id, {});
}

} // namespace ferry::platform
