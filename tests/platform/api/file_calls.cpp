// Files and folders one by one (contract, section 5).
#include "api/handlers.hpp"

namespace ferry::platform {
namespace {

Reply reply_node(const Call& call, const Node& node) {
    Reply reply;
    reply.body = show_node(call.state, node);
    return reply;
}

// The folder that {"parent"} or {"project"} names.
std::string read_folder(const Call& call, const JsonObject& body) {
    const auto project = text_of(body, "project");
    const auto parent = text_of(body, "parent");
    if (!project && !parent)
        throw ApiError{400, 5029, "Either parent or project must be given."};
    if (project && parent)
        throw ApiError{400, 5031, "Only one of parent and project may be given."};
    return parent ? need_folder(call, *parent).id : need_project_root(call, *project, 3012);
}

bool is_below(const FileTree& tree, const Node& node, const std::string& ancestor) {
    for (const Node* at = &node; at; at = tree.find(at->parent))
        if (at->id == ancestor)
            return true;
    return false;
}

void need_not_root(const Node& node) {
    if (node.parent.empty())
        throw ApiError{403, 5001, "The root folder of a project stays as it is."};
}

} // namespace

const Node& need_node(const Call& call, const std::string& id) {
    const Node* node = call.state.tree.find(id);
    if (!node)
        throw ApiError{404, 5002, "Requested file does not exist."};
    return *node;
}

const Node& need_folder(const Call& call, const std::string& id) {
    const Node* node = call.state.tree.find(id);
    if (!node)
        throw ApiError{404, 5026, "Destination folder not found."};
    if (!node->folder)
        throw ApiError{400, 5022, "The parent is not a folder."};
    return *node;
}

std::string need_project_root(const Call& call, const std::string& project, int malformed_code) {
    if (!is_project_id(project))
        throw ApiError{400, malformed_code, "The project id must be owner/project."};
    if (!call.state.tree.has_project(project))
        throw ApiError{404, 3002, "Requested project or member does not exist."};
    return call.state.tree.root_of(project);
}

void need_right_to_write(const Call& call) {
    if (!call.state.settings.may_write)
        throw ApiError{403, 3001, "Insufficient permissions on this project."};
}

void check_file_name(const std::string& name) {
    if (name.empty() || name.find('/') != std::string::npos || characters(name) > 255)
        throw ApiError{400, 5024, "Invalid name: 1 to 255 characters and no '/'."};
}

void check_free(const Call& call, const std::string& parent, const std::string& name) {
    const Node* taken = call.state.tree.child(parent, name);
    if (taken && taken->folder)
        throw ApiError{409, 5030, "Folder already exists."};
    if (taken)
        throw ApiError{409, 5003, "File already exists."};
}

Reply get_file(Call& call) {
    return reply_node(call, need_node(call, call.captured[0]));
}

Reply create_folder(Call& call) {
    JsonObject::Ptr body = call.object(90000);
    if (!same_without_case(text_of(*body, "type").value_or(""), "folder"))
        throw ApiError{400, 5012, "The type must be folder."};
    const std::string parent = read_folder(call, *body);
    need_right_to_write(call);
    const std::string name = text_of(*body, "name").value_or("");
    check_file_name(name);
    if (name.starts_with("__"))
        throw ApiError{400, 5024, "Invalid name: a folder's must not begin with '__'."};
    check_free(call, parent, name);
    return reply_node(call, call.state.tree.add_folder(parent, name));
}

Reply update_file(Call& call) {
    JsonObject::Ptr body = call.object(90000);
    Node node = need_node(call, call.captured[0]);
    need_not_root(node);
    if (has_value(*body, "metadata"))
        change_metadata(call, node, body->get("metadata"), false);
    if (has_value(*body, "tags"))
        change_tags(node, body->get("tags"));
    if (const auto name = text_of(*body, "name"); name && *name != node.name) {
        check_file_name(*name);
        check_free(call, node.parent, *name);
        call.state.tree.move(node.id, node.parent, *name);
    }
    call.state.tree.change(node);
    return reply_node(call, need_node(call, node.id));
}

void erase_node(Call& call, const std::string& id) {
    const Node& node = need_node(call, id);
    need_not_root(node);
    if (!call.state.tree.children(id).empty())
        throw ApiError{400, 5021, "The folder is not empty."};
    call.state.tree.remove(id);
}

Reply delete_file(Call& call) {
    erase_node(call, call.captured[0]);
    Reply reply;
    reply.status = 204;
    reply.empty = true;
    return reply;
}

Reply move_file(Call& call) {
    JsonObject::Ptr body = call.object(90000);
    const Node& node = need_node(call, call.captured[0]);
    need_not_root(node);
    const Node& folder = need_folder(call, text_of(*body, "parent").value_or(""));
    if (folder.project != node.project)
        throw ApiError{400, 5026, "Files are moved within one project only."};
    if (is_below(call.state.tree, folder, node.id))
        throw ApiError{400, 5022, "A folder cannot be moved into itself."};
    const std::string name = text_of(*body, "name").value_or(node.name);
    check_file_name(name);
    if (folder.id != node.parent || name != node.name) {
        check_free(call, folder.id, name);
        call.state.tree.move(node.id, folder.id, name);
    }
    return reply_node(call, need_node(call, call.captured[0]));
}

} // namespace ferry::platform
