// Calls on up to 100 files, each with a result or an error of its own (contract, section 5).
#include "api/handlers.hpp"

#include <functional>

namespace ferry::platform {
namespace {

constexpr std::size_t max_items = 100;

JsonArray::Ptr need_items(const Call& call, const char* key) {
    JsonArray::Ptr items = as_array(call.object(90000)->get(key));
    if (!items || items->empty() || items->size() > max_items)
        throw ApiError{400, 90000, "Bad request: " + std::string(key) + " must have 1 to 100 entries."};
    return items;
}

std::string read_id(const Call& call, const JsonObject& item) {
    const BulkKey key = call.state.settings.bulk_key;
    if (key != BulkKey::file_id && has_value(item, "id"))
        return text_of(item, "id").value_or("");
    if (key != BulkKey::id && has_value(item, "file_id"))
        return text_of(item, "file_id").value_or("");
    throw ApiError{400, 90000, "Bad request: an item lacks the id of its file."};
}

// By a fault's rule; items count from 1.
void refuse_if_told(const Call& call, std::size_t item) {
    if (call.faulty(FaultKind::item_error) && (call.fault->item == 0 || call.fault->item == item))
        throw ApiError{call.fault->status, call.fault->code.value_or(90000), call.fault->message};
}

// What `work` answers for each item, or why it would not.
Reply for_each(const Call& call, const JsonArray& items, const std::function<JsonObject::Ptr(const Json&)>& work) {
    JsonArray::Ptr results = new_array();
    for (const Json& item : items) {
        JsonObject::Ptr result = new_object();
        try {
            refuse_if_told(call, results->size() + 1);
            result->set("resource", work(item));
        } catch (const ApiError& error) {
            result->set("error", error_body(error.status, error.code, error.message));
        }
        results->add(result);
    }
    JsonObject::Ptr body = new_object();
    body->set("items", results);
    Reply reply;
    reply.body = body;
    return reply;
}

void rename(const Call& call, const Node& node, const JsonObject& item) {
    const auto name = text_of(item, "name");
    if (!name || *name == node.name)
        return;
    check_file_name(*name);
    check_free(call, node.parent, *name);
    call.state.tree.move(node.id, node.parent, *name);
}

JsonObject::Ptr change_one(const Call& call, const Json& item, bool keep_omitted) {
    JsonObject::Ptr object = as_object(item);
    if (!object)
        throw ApiError{400, 90000, "Bad request: an item must be an object."};
    Node node = need_node(call, read_id(call, *object));
    if (has_value(*object, "metadata"))
        change_metadata(call, node, object->get("metadata"), keep_omitted);
    else if (!keep_omitted)
        node.metadata.clear();
    if (has_value(*object, "tags"))
        change_tags(node, object->get("tags"));
    else if (!keep_omitted)
        node.tags.clear();
    rename(call, node, *object);
    call.state.tree.change(node);
    return show_node(call.state, need_node(call, node.id));
}

Reply change_all(Call& call, bool keep_omitted) {
    JsonArray::Ptr items = need_items(call, "items");
    // A wrong key is a wrong request as a whole.
    for (const Json& item : *items)
        if (JsonObject::Ptr object = as_object(item))
            read_id(call, *object);
    return for_each(call, *items, [&](const Json& item) { return change_one(call, item, keep_omitted); });
}

} // namespace

Reply bulk_edit(Call& call) {
    return change_all(call, true);
}

Reply bulk_update(Call& call) {
    return change_all(call, false);
}

Reply bulk_get(Call& call) {
    return for_each(call, *need_items(call, "file_ids"),
                    [&](const Json& id) { return show_node(call.state, need_node(call, as_text(id).value_or(""))); });
}

Reply bulk_delete(Call& call) {
    return for_each(call, *need_items(call, "file_ids"), [&](const Json& id) {
        erase_node(call, as_text(id).value_or(""));
        return new_object();
    });
}

} // namespace ferry::platform
