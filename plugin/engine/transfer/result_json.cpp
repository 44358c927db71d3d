#include "transfer/result_json.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"

#include <Poco/JSON/Object.h>

namespace ferry {

std::string path_text(const std::string& path) {
    return is_utf8(path) ? path : printable(path, 8192);
}

std::string to_json(const FileResult& result) {
    Poco::JSON::Object::Ptr entry = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
    entry->set("path", path_text(result.path));
    entry->set("name", result.name);
    entry->set("id", result.id);
    entry->set("size", static_cast<Poco::UInt64>(result.size));
    entry->set("project", result.project);
    entry->set("parent", result.parent);
    entry->set("status", result.skipped ? "skipped" : "uploaded");
    entry->set("parts", result.parts);
    entry->set("part_size", static_cast<Poco::UInt64>(result.part_size));
    if (!result.etag.empty())
        entry->set("etag", result.etag);
    if (!result.upload_id.empty())
        entry->set("upload_id", result.upload_id);
    entry->set("seconds", static_cast<double>(result.seconds.count()) / 1000.0);
    return to_json(Poco::Dynamic::Var(entry));
}

} // namespace ferry
