// Metadata and tags as the platform inside a test keeps them.
#include "document/strict_json.hpp"
#include "fake_platform.hpp"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <algorithm>
#include <variant>

namespace ferry::test {
namespace {

using Object = Poco::JSON::Object;

Object::Ptr object_in(const std::string& body) {
    return std::get<Poco::Dynamic::Var>(parse_json(body)).extract<Object::Ptr>();
}

} // namespace

HttpOutcome FakePlatform::edit(const Call& call) {
    const Poco::JSON::Array::Ptr items = object_in(call.body)->getArray("items");
    std::string replies;
    if (!items || items->size() == 0 || items->size() > 100)
        wrong("an edit of too many files, or of none");
    for (unsigned i = 0; items && i < items->size(); ++i) {
        const Object::Ptr item = items->getObject(i);
        const auto id = item->getValue<std::string>("id");
        const auto file = std::find_if(files_.begin(), files_.end(), [&](const auto& one) { return one.id == id; });
        replies += replies.empty() ? "" : ",";
        if (file == files_.end()) {
            replies += R"({"error":{"status":404,"code":5002,"message":"no such file"}})";
            continue;
        }
        if (const Object::Ptr pairs = item->getObject("metadata"))
            for (const auto& [key, value] : *pairs)
                file->metadata[key] = value.convert<std::string>();
        if (const Poco::JSON::Array::Ptr tags = item->getArray("tags")) {
            file->tags.clear();
            for (const Poco::Dynamic::Var& tag : *tags)
                file->tags.push_back(tag.convert<std::string>());
        }
        replies += "{\"resource\":" + file_json(*file, true) + "}";
    }
    return reply(200, "{\"items\":[" + replies + "]}");
}

} // namespace ferry::test
