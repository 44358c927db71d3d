#include "platform/api_json.hpp"

#include "platform/iso_time.hpp"
#include "platform/json_fields.hpp"

#include <Poco/String.h>
#include <algorithm>
#include <utility>

namespace ferry {
namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

constexpr std::size_t id_limit = 1024;       // upload ids have 64 characters, file ids 24
constexpr std::size_t name_limit = 4 * 1024; // 255 characters are at most 1,020 bytes
constexpr std::int64_t max_part_number = 10'000;
constexpr std::int64_t part_size_limit = 5LL << 30; // contract 3

Error unusable(const std::string& key) {
    return {ErrorKind::platform, "it has no usable '" + key + "'"};
}

Object::Ptr part_object(const PartReport& part) {
    Object::Ptr headers = new Object(Poco::JSON_PRESERVE_KEY_ORDER);
    for (const HttpHeader& header : part.headers)
        headers->set(header.name, header.value);
    Object::Ptr response = new Object;
    response->set("headers", headers);
    Object::Ptr object = new Object(Poco::JSON_PRESERVE_KEY_ORDER);
    object->set("part_number", part.number);
    object->set("response", response);
    return object;
}

// Anything but a missing field or a plain true means one part at a time: the careful reading (contract 4.9).
bool parallel_uploads(const JsonFields& fields) {
    return !fields.has("parallel_uploads") || fields.boolean("parallel_uploads").value_or(false);
}

bool has_next_link(const JsonFields& fields) {
    const Array::Ptr links = fields.array("links");
    if (!links)
        return false;
    return std::any_of(links->begin(), links->end(), [](const Var& link) {
        const auto object = JsonFields::from(link);
        return object && object->text("rel", 16) == "next";
    });
}

// No page documents it; a platform that tells it tells 32 hex digits.
std::string md5_told(const JsonFields& fields) {
    std::string md5 = Poco::toLower(fields.word("md5", 32).value_or(""));
    return md5.size() == 32 && md5.find_first_not_of("0123456789abcdef") == std::string::npos ? md5 : std::string();
}

Result<RemoteFile> remote_file(const JsonFields& fields) {
    auto id = fields.word("id", id_limit);
    if (!id)
        return unusable("id");
    RemoteFile file;
    file.id = std::move(*id);
    file.name = fields.text("name", name_limit).value_or("");
    file.project = fields.text("project", name_limit).value_or("");
    file.parent = fields.text("parent", id_limit).value_or("");
    const std::string type = fields.text("type", 16).value_or("");
    file.folder = type == "folder" || type == "FOLDER" || type == "Folder";
    if (const auto size = fields.integer("size"); size && *size >= 0)
        file.size = static_cast<std::uint64_t>(*size);
    if (const auto created = fields.text("created_on", 64))
        file.created = parse_iso_time(*created);
    file.md5 = md5_told(fields);
    return file;
}

Object::Ptr edit_object(const FileEdit& edit, EditKey key) {
    Object::Ptr item = new Object(Poco::JSON_PRESERVE_KEY_ORDER);
    item->set(key == EditKey::id ? "id" : "file_id", edit.id);
    if (!edit.metadata.pairs.empty()) {
        Object::Ptr pairs = new Object(Poco::JSON_PRESERVE_KEY_ORDER);
        for (const auto& [name, value] : edit.metadata.pairs)
            pairs->set(name, value);
        item->set("metadata", pairs);
    }
    if (edit.metadata.tags && !edit.metadata.tags->empty()) {
        Array::Ptr tags = new Array;
        for (const std::string& tag : *edit.metadata.tags)
            tags->add(tag);
        item->set("tags", tags);
    }
    return item;
}

// An item's error as the answer that it would be alone.
HttpResponse refusal(const JsonFields& item) {
    HttpResponse response;
    response.status = 400;
    const auto error = item.object("error");
    if (!error)
        return response;
    const auto status = error->integer("status");
    if (status && *status >= 400 && *status < 600)
        response.status = static_cast<int>(*status);
    response.body = to_json(Var(Object::Ptr(new Object(error->raw()))));
    return response;
}

Result<UploadInfo> upload_info(const JsonFields& fields) {
    auto id = fields.word("upload_id", id_limit);
    if (!id)
        return unusable("upload_id");
    const auto part_size = fields.integer("part_size");
    if (!part_size || *part_size < 1 || *part_size > part_size_limit)
        return unusable("part_size");
    return UploadInfo{.upload_id = std::move(*id),
                      .part_size = static_cast<std::uint64_t>(*part_size),
                      .parallel = parallel_uploads(fields)};
}

std::optional<PartReport> reported_part(const Var& item) {
    const auto fields = JsonFields::from(item);
    if (!fields)
        return std::nullopt;
    const std::int64_t number = fields->integer("part_number").value_or(0);
    const auto response = fields->object("response");
    const auto headers = response ? response->object("headers") : std::nullopt;
    if (number < 1 || number > max_part_number || !headers)
        return std::nullopt;
    PartReport part{.number = static_cast<std::uint32_t>(number), .headers = {}};
    for (const auto& [name, value] : headers->raw())
        if (const auto text = string_of(value))
            part.headers.push_back({name, *text});
    return part;
}

Result<OpenUpload> open_upload(const JsonFields& fields) {
    auto id = fields.word("upload_id", id_limit);
    if (!id)
        return unusable("upload_id");
    return OpenUpload{.upload_id = std::move(*id),
                      .project = fields.text("project", name_limit).value_or(""),
                      .parent = fields.text("parent", id_limit).value_or(""),
                      .name = fields.text("name", name_limit).value_or(""),
                      .initiated = fields.text("initiated", 64).value_or("")};
}

template <class T> Result<Page<T>> read_page(const std::string& body, Result<T> (*read)(const JsonFields&)) {
    const auto fields = JsonFields::parse(body);
    if (!fields.ok())
        return fields.error();
    const Array::Ptr items = fields->array("items");
    if (!items)
        return unusable("items");
    Page<T> page;
    for (const Var& item : *items) {
        const auto object = JsonFields::from(item);
        if (!object)
            return unusable("items");
        auto one = read(*object);
        if (!one.ok())
            return Error{ErrorKind::platform, "in its items, " + one.error().message};
        page.items.push_back(std::move(one).value());
    }
    page.more = has_next_link(*fields);
    return page;
}

// What is to be made, and where.
Object::Ptr named_in(const Target& target, const std::string& name) {
    Object::Ptr body = new Object(Poco::JSON_PRESERVE_KEY_ORDER);
    if (target.parent.empty())
        body->set("project", target.project);
    else
        body->set("parent", target.parent);
    body->set("name", name);
    return body;
}

} // namespace

std::string folder_body(const Target& target, const std::string& name) {
    Object::Ptr body = named_in(target, name);
    body->set("type", "folder");
    return to_json(body);
}

std::string init_body(const InitRequest& request) {
    Object::Ptr body = named_in(request.target, request.name);
    body->set("size", static_cast<Poco::UInt64>(request.size));
    if (request.part_size != 0)
        body->set("part_size", static_cast<Poco::UInt64>(request.part_size));
    if (!request.md5.empty())
        body->set("md5", request.md5);
    return to_json(body);
}

std::string edit_body(const std::vector<FileEdit>& edits, EditKey key) {
    Array::Ptr items = new Array;
    for (const FileEdit& edit : edits)
        items->add(edit_object(edit, key));
    Object::Ptr body = new Object;
    body->set("items", items);
    return to_json(body);
}

Result<EditReplies> read_edit_replies(const std::string& body, const std::vector<FileEdit>& edits) {
    const auto fields = JsonFields::parse(body);
    if (!fields.ok())
        return fields.error();
    const Array::Ptr items = fields->array("items");
    if (!items || items->size() != edits.size())
        return unusable("items");
    EditReplies replies;
    for (std::size_t i = 0; i < edits.size(); ++i) {
        const auto item = JsonFields::from(items->get(static_cast<unsigned>(i)));
        const auto file = item ? item->object("resource") : std::nullopt;
        if (!item || (!file && !item->has("error")) ||
            (file && file->text("id", id_limit).value_or(edits[i].id) != edits[i].id))
            return unusable("items");
        replies.push_back(item->has("error") ? std::optional(refusal(*item)) : std::nullopt);
    }
    return replies;
}

std::string ids_body(const std::vector<std::string>& ids) {
    Array::Ptr list = new Array;
    for (const std::string& id : ids)
        list->add(id);
    Object::Ptr body = new Object;
    body->set("file_ids", list);
    return to_json(body);
}

Result<FileReplies> read_file_replies(const std::string& body, const std::vector<std::string>& ids) {
    const auto fields = JsonFields::parse(body);
    if (!fields.ok())
        return fields.error();
    const Array::Ptr items = fields->array("items");
    if (!items || items->size() != ids.size())
        return unusable("items");
    FileReplies replies;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto item = JsonFields::from(items->get(static_cast<unsigned>(i)));
        if (item && item->has("error")) {
            replies.emplace_back(refusal(*item));
            continue;
        }
        const auto resource = item ? item->object("resource") : std::nullopt;
        auto file = resource ? remote_file(*resource) : Result<RemoteFile>(unusable("resource"));
        if (!file.ok() || file->id != ids[i])
            return unusable("items");
        replies.emplace_back(std::move(*file));
    }
    return replies;
}

std::string report_body(const PartReport& part) {
    return to_json(part_object(part));
}

std::string complete_body(const std::vector<PartReport>& parts) {
    Array::Ptr list = new Array;
    for (const PartReport& part : parts)
        list->add(part_object(part));
    Object::Ptr body = new Object;
    body->set("parts", list);
    return to_json(body);
}

Result<UploadInfo> read_upload_info(const std::string& body) {
    const auto fields = JsonFields::parse(body);
    return fields.ok() ? upload_info(*fields) : fields.error();
}

Result<UploadState> read_upload_state(const std::string& body) {
    const auto fields = JsonFields::parse(body);
    if (!fields.ok())
        return fields.error();
    auto info = upload_info(*fields);
    if (!info.ok())
        return info.error();
    UploadState state{.info = std::move(*info), .reported = {}};
    if (auto about = open_upload(*fields); about.ok())
        state.about = std::move(*about);
    const Array::Ptr parts = fields->array("parts");
    if (!parts)
        return state;
    for (const Var& item : *parts)
        if (auto part = reported_part(item))
            state.reported.push_back(std::move(*part));
    return state;
}

Result<RemoteFile> read_remote_file(const std::string& body) {
    const auto fields = JsonFields::parse(body);
    if (!fields.ok())
        return fields.error();
    return remote_file(*fields);
}

Result<std::string> read_root_folder(const std::string& body) {
    const auto fields = JsonFields::parse(body);
    if (!fields.ok())
        return fields.error();
    return fields->text("root_folder", id_limit).value_or("");
}

// As sevenbridges-python has it: "permissions": {"write": true, ...}.
Result<std::optional<bool>> read_may_write(const std::string& body) {
    const auto fields = JsonFields::parse(body);
    if (!fields.ok())
        return fields.error();
    const auto permissions = fields->object("permissions");
    return permissions ? permissions->boolean("write") : std::nullopt;
}

Result<Page<RemoteFile>> read_files(const std::string& body) {
    return read_page<RemoteFile>(body, remote_file);
}

Result<Page<OpenUpload>> read_open_uploads(const std::string& body) {
    return read_page<OpenUpload>(body, open_upload);
}

} // namespace ferry
