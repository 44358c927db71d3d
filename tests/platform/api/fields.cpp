#include "api/call.hpp"

#include <algorithm>

namespace ferry::platform {
namespace {

struct Wanted {
    std::vector<std::string> kept;
    std::vector<std::string> dropped;
    bool all = false;
};

Wanted parse(const std::string& fields) {
    Wanted wanted;
    std::size_t begin = 0;
    while (begin <= fields.size()) {
        const std::size_t end = std::min(fields.find(',', begin), fields.size());
        const std::string name = fields.substr(begin, end - begin);
        if (name == "_all")
            wanted.all = true;
        else if (name.starts_with('!'))
            wanted.dropped.push_back(name.substr(1));
        else if (!name.empty())
            wanted.kept.push_back(name);
        begin = end + 1;
    }
    return wanted;
}

void keep_path(const JsonObject& from, const std::string& path, JsonObject& into) {
    const auto dot = path.find('.');
    const std::string key = path.substr(0, dot);
    if (!from.has(key))
        return;
    JsonObject::Ptr inner = dot == std::string::npos ? JsonObject::Ptr() : as_object(from.get(key));
    if (!inner) {
        into.set(key, from.get(key));
        return;
    }
    JsonObject::Ptr inner_into = as_object(into.get(key));
    if (!inner_into) {
        inner_into = new_object();
        into.set(key, inner_into);
    }
    keep_path(*inner, path.substr(dot + 1), *inner_into);
}

void drop_path(JsonObject& object, const std::string& path) {
    const auto dot = path.find('.');
    if (dot == std::string::npos)
        object.remove(path);
    else if (JsonObject::Ptr inner = as_object(object.get(path.substr(0, dot))))
        drop_path(*inner, path.substr(dot + 1));
}

JsonObject::Ptr select(const JsonObject& object, const Wanted& wanted) {
    JsonObject::Ptr made = new_object();
    if (wanted.all || wanted.kept.empty())
        made = new JsonObject(object);
    for (const std::string& path : wanted.kept)
        keep_path(object, path, *made);
    for (const std::string& path : wanted.dropped)
        drop_path(*made, path);
    return made;
}

} // namespace

Json select_fields(const Json& body, const std::string& fields) {
    JsonObject::Ptr object = as_object(body);
    const Wanted wanted = parse(fields);
    if (!object || (wanted.kept.empty() && wanted.dropped.empty()))
        return body;
    JsonArray::Ptr items = as_array(object->get("items"));
    if (!items)
        return select(*object, wanted);
    JsonArray::Ptr selected = new_array();
    for (const Json& item : *items) {
        JsonObject::Ptr each = as_object(item);
        selected->add(each ? Json(select(*each, wanted)) : item);
    }
    object->set("items", selected);
    return object;
}

} // namespace ferry::platform
