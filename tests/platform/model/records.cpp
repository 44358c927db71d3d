// Files and folders as the small JSON documents that outlive a run.
#include "model/file_tree.hpp"

#include <stdexcept>

namespace ferry::platform {

Json to_record(const Node& node) {
    JsonObject::Ptr record = new_object();
    record->set("id", node.id);
    record->set("name", node.name);
    record->set("project", node.project);
    record->set("parent", node.parent);
    record->set("folder", node.folder);
    record->set("size", static_cast<Poco::UInt64>(node.size));
    record->set("md5", node.md5);
    record->set("created_ms", static_cast<Poco::Int64>(node.created_ms));
    record->set("modified_ms", static_cast<Poco::Int64>(node.modified_ms));
    record->set("metadata", to_object(node.metadata));
    record->set("tags", to_array(node.tags));
    return record;
}

Node from_record(const Json& record) {
    JsonObject::Ptr object = as_object(record);
    if (!object || !text_of(*object, "id") || !text_of(*object, "project"))
        throw std::runtime_error("a record below the platform's root is not what it wrote");
    Node node;
    node.id = *text_of(*object, "id");
    node.name = text_of(*object, "name").value_or("");
    node.project = *text_of(*object, "project");
    node.parent = text_of(*object, "parent").value_or("");
    node.folder = as_bool(object->get("folder")).value_or(false);
    node.size = static_cast<std::uint64_t>(integer_of(*object, "size").value_or(0));
    node.md5 = text_of(*object, "md5").value_or("");
    node.created_ms = integer_of(*object, "created_ms").value_or(0);
    node.modified_ms = integer_of(*object, "modified_ms").value_or(0);
    if (JsonObject::Ptr metadata = as_object(object->get("metadata")))
        for (const auto& [key, value] : *metadata)
            node.metadata[key] = as_text(value).value_or("");
    if (JsonArray::Ptr tags = as_array(object->get("tags")))
        for (const Json& tag : *tags)
            node.tags.push_back(as_text(tag).value_or(""));
    return node;
}

} // namespace ferry::platform
