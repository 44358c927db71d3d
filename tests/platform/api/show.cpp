// How uploads and files look in answers (contract, sections 3 to 5).
#include "api/call.hpp"

namespace ferry::platform {
namespace {

JsonObject::Ptr storage_of_platform() {
    JsonObject::Ptr storage = new_object();
    storage->set("type", "PLATFORM");
    storage->set("hosted_on_locations", to_array({"aws:us-east-1"}));
    return storage;
}

std::string type_of(const State& state, const Node& node) {
    if (state.settings.upper_case_types)
        return node.folder ? "FOLDER" : "FILE";
    return node.folder ? "folder" : "file";
}

} // namespace

Json show_upload(const State& state, const Upload& upload) {
    JsonObject::Ptr shown = new_object();
    shown->set("href", href(state, "/upload/multipart/" + upload.id));
    shown->set("project", upload.project);
    if (upload.by_parent)
        shown->set("parent", upload.parent);
    shown->set("name", upload.name);
    shown->set("initiated", iso8601(upload.initiated_ms));
    shown->set("upload_id", upload.id);
    return shown;
}

JsonObject::Ptr show_node(const State& state, const Node& node) {
    JsonObject::Ptr shown = new_object();
    shown->set("href", href(state, "/files/" + node.id));
    shown->set("id", node.id);
    shown->set("name", node.name);
    if (!node.folder)
        shown->set("size", static_cast<Poco::UInt64>(node.size));
    shown->set("project", node.project);
    if (!node.parent.empty())
        shown->set("parent", node.parent);
    shown->set("type", type_of(state, node));
    shown->set("created_on", iso8601(node.created_ms));
    shown->set("modified_on", iso8601(node.modified_ms));
    if (!node.folder) {
        shown->set("storage", storage_of_platform());
        shown->set("origin", new_object());
        shown->set("tags", to_array(node.tags));
        shown->set("metadata", to_object(node.metadata));
    }
    return shown;
}

} // namespace ferry::platform
