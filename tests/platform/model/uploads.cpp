#include "model/uploads.hpp"

#include "model/ids.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <system_error>

namespace ferry::platform {
namespace {

Json to_record(const Upload& upload) {
    JsonObject::Ptr record = new_object();
    record->set("id", upload.id);
    record->set("project", upload.project);
    record->set("parent", upload.parent);
    record->set("by_parent", upload.by_parent);
    record->set("name", upload.name);
    if (upload.size)
        record->set("size", static_cast<Poco::UInt64>(*upload.size));
    record->set("part_size", static_cast<Poco::UInt64>(upload.part_size));
    record->set("md5", upload.md5);
    record->set("overwrite", upload.overwrite);
    record->set("rename", upload.rename);
    record->set("initiated_ms", static_cast<Poco::Int64>(upload.initiated_ms));
    return record;
}

Upload from_record(const JsonObject& record) {
    Upload upload;
    upload.id = text_of(record, "id").value_or("");
    upload.project = text_of(record, "project").value_or("");
    upload.parent = text_of(record, "parent").value_or("");
    upload.by_parent = as_bool(record.get("by_parent")).value_or(false);
    upload.name = text_of(record, "name").value_or("");
    if (const auto size = integer_of(record, "size"))
        upload.size = static_cast<std::uint64_t>(*size);
    upload.part_size = static_cast<std::uint64_t>(integer_of(record, "part_size").value_or(0));
    upload.md5 = text_of(record, "md5").value_or("");
    upload.overwrite = as_bool(record.get("overwrite")).value_or(false);
    upload.rename = as_bool(record.get("rename")).value_or(false);
    upload.initiated_ms = integer_of(record, "initiated_ms").value_or(0);
    return upload;
}

// "NUMBER.ETAG", the name of a stored part; nothing for any other file.
std::optional<std::pair<std::uint32_t, std::string>> parse_part_name(const std::string& name) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc() || end == name.data() + name.size() || *end != '.')
        return std::nullopt;
    return std::pair(number, std::string(end + 1, name.data() + name.size()));
}

void load_reports(const fs::path& path, Upload& upload) {
    std::ifstream in(path);
    std::uint32_t number = 0;
    std::string etag;
    while (in >> number >> etag)
        upload.reported[number] = etag;
}

} // namespace

UploadTable::UploadTable(const Disk& disk) : disk_(disk) {
    for (const fs::path& folder : disk.upload_folders())
        load(folder);
}

void UploadTable::load(const fs::path& folder) {
    std::error_code ignored;
    const fs::path record = folder / "upload.json";
    JsonObject::Ptr object = fs::exists(record) ? as_object(read_json(record)) : JsonObject::Ptr();
    if (!object) {
        fs::remove_all(folder, ignored);
        return;
    }
    Upload upload = from_record(*object);
    load_reports(folder / "reported", upload);
    for (const auto& entry : fs::directory_iterator(folder))
        if (const auto part = parse_part_name(entry.path().filename().string()))
            upload.stored[part->first] = {part->second, entry.file_size()};
    uploads_[upload.id] = std::move(upload);
}

Upload& UploadTable::add(Upload upload) {
    upload.id = random_hex(64);
    fs::create_directories(disk_.upload_folder(upload.id));
    write_json(disk_.upload_folder(upload.id) / "upload.json", to_record(upload));
    return uploads_[upload.id] = std::move(upload);
}

Upload* UploadTable::find(const std::string& id) {
    const auto found = uploads_.find(id);
    return found == uploads_.end() ? nullptr : &found->second;
}

void UploadTable::remove(std::string id) {
    uploads_.erase(id);
    std::error_code ignored;
    fs::remove_all(disk_.upload_folder(id), ignored);
}

std::vector<const Upload*> UploadTable::all() const {
    std::vector<const Upload*> found;
    for (const auto& [id, upload] : uploads_)
        found.push_back(&upload);
    std::ranges::stable_sort(found, {}, &Upload::initiated_ms);
    return found;
}

bool UploadTable::name_taken(const std::string& parent, const std::string& name) const {
    return std::ranges::any_of(
        uploads_, [&](const auto& entry) { return entry.second.parent == parent && entry.second.name == name; });
}

void UploadTable::report(Upload& upload, std::uint32_t part, const std::string& etag) {
    upload.reported[part] = etag;
    append_line(disk_.upload_folder(upload.id) / "reported", std::to_string(part) + " " + etag);
}

fs::path UploadTable::new_part_path(const Upload& upload, std::uint32_t part) const {
    return disk_.upload_folder(upload.id) / ("new-" + std::to_string(part) + "-" + random_hex(8));
}

fs::path UploadTable::part_path(const Upload& upload, std::uint32_t part) const {
    return disk_.upload_folder(upload.id) / (std::to_string(part) + "." + upload.stored.at(part).etag);
}

void UploadTable::store(Upload& upload, std::uint32_t part, const StoredPart& stored, NewFile& file) {
    if (const auto earlier = upload.stored.find(part);
        earlier != upload.stored.end() && earlier->second.etag != stored.etag)
        fs::remove(part_path(upload, part));
    upload.stored[part] = stored;
    file.keep_as(part_path(upload, part));
}

} // namespace ferry::platform
