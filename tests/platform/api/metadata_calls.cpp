// Metadata and tags of one file (contract, sections 5 and 8).
#include "api/handlers.hpp"

namespace ferry::platform {
namespace {

constexpr std::size_t max_pairs = 1000;
constexpr std::size_t max_key = 100;   // bytes
constexpr std::size_t max_value = 300; // bytes

[[noreturn]] void refuse(const std::string& why) {
    throw ApiError{400, 5006, "Metadata validation failed: " + why};
}

void check_pair(const std::string& key, const std::optional<std::string>& value) {
    if (key.empty() || key.size() > max_key || key.find_first_of(".$") != std::string::npos)
        refuse("a key must have 1 to 100 bytes and neither '.' nor '$'.");
    if (!value || value->size() > max_value)
        refuse("a value must be text of at most 300 bytes.");
}

Reply reply_metadata(const Node& node) {
    Reply reply;
    reply.body = to_object(node.metadata);
    return reply;
}

Reply write_metadata(Call& call, bool keep_others) {
    Node node = need_node(call, call.captured[0]);
    change_metadata(call, node, call.json(), keep_others);
    call.state.tree.change(node);
    return reply_metadata(node);
}

} // namespace

void change_metadata(const Call& call, Node& node, const Json& given, bool keep_others) {
    if (node.folder)
        throw ApiError{400, 5025, "Folders have no metadata."};
    JsonObject::Ptr object = as_object(given);
    if (!object)
        refuse("it must be a JSON object.");
    auto metadata = keep_others ? node.metadata : std::map<std::string, std::string>{};
    for (const auto& [key, value] : *object) {
        if (value.isEmpty()) {
            if (call.state.settings.patch_null_removes)
                metadata.erase(key);
            continue;
        }
        check_pair(key, as_text(value));
        metadata[key] = *as_text(value);
    }
    if (metadata.size() > max_pairs)
        refuse("more than 1,000 pairs.");
    node.metadata = std::move(metadata);
}

void change_tags(Node& node, const Json& given) {
    if (node.folder)
        throw ApiError{400, 5027, "Folders have no tags."};
    JsonArray::Ptr list = as_array(given);
    if (!list)
        throw ApiError{400, 90000, "Tags must be an array of texts."};
    std::vector<std::string> tags;
    for (const Json& tag : *list) {
        if (!as_text(tag))
            throw ApiError{400, 90000, "Tags must be an array of texts."};
        tags.push_back(*as_text(tag));
    }
    node.tags = std::move(tags);
}

Reply get_metadata(Call& call) {
    return reply_metadata(need_node(call, call.captured[0]));
}

Reply patch_metadata(Call& call) {
    return write_metadata(call, true);
}

Reply put_metadata(Call& call) {
    return write_metadata(call, false);
}

Reply get_tags(Call& call) {
    Reply reply;
    reply.body = to_array(need_node(call, call.captured[0]).tags);
    return reply;
}

Reply put_tags(Call& call) {
    Node node = need_node(call, call.captured[0]);
    change_tags(node, call.json());
    call.state.tree.change(node);
    Reply reply;
    reply.body = to_array(node.tags);
    return reply;
}

} // namespace ferry::platform
