// The files and folders of the platform inside a test: how they come to be, and how it tells of them.
#include "document/strict_json.hpp"
#include "fake_platform.hpp"

#include <Poco/JSON/Object.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace ferry::test {

namespace {
using Object = Poco::JSON::Object;
}

bool FakePlatform::has_folder(const std::string& id) const {
    return id.empty() || std::any_of(files_.begin(), files_.end(),
                                     [&](const StoredFile& file) { return file.folder && file.id == id; });
}

bool FakePlatform::is_taken(const std::string& parent, const std::string& name) const {
    return std::any_of(files_.begin(), files_.end(),
                       [&](const StoredFile& file) { return file.parent == parent && file.name == name; });
}

HttpOutcome FakePlatform::make_folder(const Call& call) {
    const JsonResult parsed = parse_json(call.body);
    const auto body = std::get<Poco::Dynamic::Var>(parsed).extract<Object::Ptr>();
    const auto parent = body->optValue<std::string>("parent", "");
    if (body->optValue<std::string>("type", "") != "folder" || parent.empty() != body->has("project"))
        wrong("this makes no folder: " + call.body);
    if (!has_folder(parent))
        return reply(404, R"({"status":404,"code":5026,"message":"no such folder"})");
    if (is_taken(parent, call.name))
        return reply(409, R"({"status":409,"code":5030,"message":"folder already exists"})");
    files_.push_back({.id = "folder-" + std::to_string(next_id_++),
                      .name = call.name,
                      .content = {},
                      .folder = true,
                      .parent = parent});
    return reply(200, file_json(files_.back(), false));
}

HttpOutcome FakePlatform::complete(const Call& call) {
    const Upload& open = uploads_.at(call.upload);
    if (refuse_taken && !open.overwrite && is_taken(open.parent, open.name))
        return reply(409, R"({"status":409,"code":8005,"message":"file already exists"})");
    const auto node = uploads_.extract(call.upload);
    Upload& upload = node.mapped();
    take_reports(call, upload);
    std::string content;
    for (const auto& [number, bytes] : upload.parts)
        content += bytes;
    if (upload.reported.size() != upload.parts.size())
        wrong("complete without every part: " + call.text());
    if (upload.overwrite)
        std::erase_if(files_,
                      [&](const StoredFile& file) { return file.name == upload.name && file.parent == upload.parent; });
    const std::string name = rename ? rename(upload.name) : upload.name;
    files_.push_back({.id = "file-" + std::to_string(next_id_++),
                      .name = name,
                      .content = std::move(content),
                      .parent = upload.parent,
                      .created = initiated});
    return reply(201, file_json(files_.back(), complete_tells_size));
}

HttpOutcome FakePlatform::records(const Call& call) {
    const JsonResult parsed = parse_json(call.body);
    const auto ids = std::get<Poco::Dynamic::Var>(parsed).extract<Object::Ptr>()->getArray("file_ids");
    if (!ids || ids->size() == 0 || ids->size() > 100)
        wrong("the records of too many files, or of none");
    std::string replies;
    for (unsigned i = 0; ids && i < ids->size(); ++i) {
        const auto id = ids->getElement<std::string>(i);
        const auto file = std::find_if(files_.begin(), files_.end(), [&](const auto& one) { return one.id == id; });
        replies += replies.empty() ? "" : ",";
        replies += file == files_.end() ? R"({"error":{"status":404,"code":5002,"message":"no such file"}})"
                                        : "{\"resource\":" + file_json(*file, true) + "}";
    }
    return reply(200, "{\"items\":[" + replies + "]}");
}

std::string FakePlatform::file_json(const StoredFile& file, bool with_size) const {
    Object::Ptr json = new Object;
    json->set("id", file.id);
    json->set("name", file.name);
    json->set("project", "me/project");
    if (!file.parent.empty())
        json->set("parent", file.parent);
    json->set("type", file.folder ? "FOLDER" : "file");
    if (!file.created.empty())
        json->set("created_on", file.created);
    if (!file.md5.empty())
        json->set("md5", file.md5);
    if (with_size && !file.folder)
        json->set("size", static_cast<Poco::UInt64>(file.content.size()));
    return to_json(Poco::Dynamic::Var(json));
}

} // namespace ferry::test
