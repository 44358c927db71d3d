// Reports of parts, completion and abortion (contract 4.5 to 4.8).
#include "api/handlers.hpp"

#include <algorithm>
#include <system_error>

namespace ferry::platform {
namespace {

constexpr std::int64_t max_parts = 10'000;

[[noreturn]] void incomplete(const std::string& why) {
    throw ApiError{409, 8007, "Could not complete the upload: " + why};
}

[[noreturn]] void bad_report(const std::string& why) {
    throw ApiError{400, 8014, "Invalid part report: " + why};
}

// Bare or in quotes; other characters could not have come from a header.
std::string bare_etag(std::string etag) {
    if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"')
        etag = etag.substr(1, etag.size() - 2);
    const bool clean = std::ranges::all_of(etag, [](char c) { return c > ' ' && c < 0x7f; });
    if (etag.empty() || etag.size() > 256 || !clean)
        bad_report("the ETag is empty or no header's value.");
    return etag;
}

std::string read_etag(const JsonObject& report) {
    JsonObject::Ptr response = as_object(report.get("response"));
    JsonObject::Ptr headers = response ? as_object(response->get("headers")) : JsonObject::Ptr();
    if (!headers)
        bad_report("response.headers is missing.");
    for (const auto& [name, value] : *headers)
        if (same_without_case(name, "ETag"))
            return bare_etag(as_text(value).value_or(""));
    bad_report("the ETag is missing.");
}

void check_parts(const Call& call, const Upload& upload) {
    const PlatformSettings& settings = call.state.settings;
    std::uint32_t expected = 1;
    std::uint64_t total = 0;
    for (const auto& [number, etag] : upload.reported) {
        if (number != expected++)
            incomplete("part " + std::to_string(expected - 1) + " is missing.");
        const auto stored = upload.stored.find(number);
        if (stored == upload.stored.end() || stored->second.etag != etag)
            incomplete("part " + std::to_string(number) + " is not stored with that ETag.");
        if (number != upload.reported.rbegin()->first && stored->second.size < settings.min_part_size)
            incomplete("part " + std::to_string(number) + " is smaller than the minimum allowed size.");
        total += stored->second.size;
    }
    if (settings.enforce_size && upload.size && total < *upload.size)
        incomplete("parts are missing at the end.");
    if (upload.reported.empty() && upload.size.value_or(0) > 0)
        incomplete("no part was reported.");
}

// The name that the file will get; `replaced`: the file that goes away for it.
std::string final_name(const Call& call, const Upload& upload, std::string& replaced) {
    const FileTree& tree = call.state.tree;
    if (upload.rename || call.faulty(FaultKind::rename))
        return free_name(tree, upload.parent, upload.name);
    const Node* taken = tree.child(upload.parent, upload.name);
    if (!taken)
        return upload.name;
    if (upload.overwrite && !taken->folder) {
        replaced = taken->id;
        return upload.name;
    }
    if (call.state.settings.conflict == ConflictPolicy::rename)
        return free_name(tree, upload.parent, upload.name);
    throw ApiError{409, 8005, "File already exists."};
}

Json show_completed(const Call& call, const Node& node) {
    JsonObject::Ptr full = show_node(call.state, node);
    JsonObject::Ptr shown = new_object();
    shown->set("href", full->get("href"));
    shown->set("path", "/Projects/" + call.state.tree.root_of(node.project) + "/" + node.name);
    for (const char* key : {"id", "project", "name", "type", "size", "created_on", "modified_on"})
        shown->set(key, full->get(key));
    if (call.faulty(FaultKind::wrong_size))
        shown->set("size", static_cast<Poco::UInt64>(node.size + 1));
    return shown;
}

// Puts the content together without the lock, for it may take long; the upload is marked meanwhile.
std::string assemble_content(Call& call, Upload& upload) {
    State& state = call.state;
    std::vector<fs::path> parts;
    for (const auto& [number, etag] : upload.reported)
        parts.push_back(state.uploads.part_path(upload, number));
    const std::string id = random_hex(24);
    upload.completing = true;
    call.lock.unlock();
    std::exception_ptr failed;
    try {
        assemble(parts, state.disk.content(id));
    } catch (const std::exception&) {
        failed = std::current_exception();
    }
    call.lock.lock();
    upload.completing = false;
    if (failed)
        std::rethrow_exception(failed);
    return id;
}

void check_not_completing(const Upload& upload, int code) {
    if (upload.completing)
        throw ApiError{409, code, "The upload is being completed."};
}

} // namespace

void take_report(Call& call, Upload& upload, const Json& report) {
    JsonObject::Ptr object = as_object(report);
    if (!object)
        bad_report("a part must be an object.");
    const auto number = integer_of(*object, "part_number");
    if (!number || *number < 1 || *number > max_parts)
        throw ApiError{400, 8012, "Part number is missing or invalid."};
    check_not_completing(upload, 8007);
    call.state.uploads.report(upload, static_cast<std::uint32_t>(*number), read_etag(*object));
}

void take_reports(Call& call, Upload& upload, const Json& parts) {
    JsonArray::Ptr list = as_array(parts);
    if (!list || list->size() > static_cast<std::size_t>(max_parts))
        throw ApiError{400, 8015, "The parts must come as an array of at most 10,000."};
    for (const Json& part : *list)
        take_report(call, upload, part);
}

Reply complete_upload(Call& call) {
    Upload& upload = need_upload(call);
    check_not_completing(upload, 8007);
    const Json body = call.json();
    if (!body.isEmpty()) {
        JsonObject::Ptr object = as_object(body);
        if (!object || (has_value(*object, "parts") && !as_array(object->get("parts"))))
            throw ApiError{400, 8015, "The parts must come as {\"parts\": [...]}."};
        if (has_value(*object, "parts"))
            take_reports(call, upload, object->get("parts"));
    }
    check_parts(call, upload);
    std::string replaced;
    final_name(call, upload, replaced); // refuses before any work is done

    Node node;
    node.id = assemble_content(call, upload);
    node.size = fs::file_size(call.state.disk.content(node.id));
    node.parent = upload.parent;
    node.md5 = upload.md5;
    try {
        // Anew, since others may have come first while the lock was free.
        replaced.clear();
        node.name = final_name(call, upload, replaced);
        need_folder(call, upload.parent);
    } catch (const ApiError&) {
        fs::remove(call.state.disk.content(node.id));
        throw;
    }
    if (!replaced.empty())
        call.state.tree.remove(replaced);
    const Node& added = call.state.tree.add_file(node);
    call.state.uploads.remove(upload.id);
    Reply reply;
    reply.status = call.state.settings.complete_status;
    reply.body = show_completed(call, added);
    return reply;
}

Reply abort_upload(Call& call) {
    Upload& upload = need_upload(call);
    check_not_completing(upload, 8009);
    call.state.uploads.remove(upload.id);
    Reply reply;
    reply.status = 204;
    reply.empty = true;
    return reply;
}

} // namespace ferry::platform
