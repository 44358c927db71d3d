// The life of an upload up to its end (contract, sections 3 and 4.1 to 4.6).
#include "api/handlers.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace ferry::platform {
namespace {

constexpr std::uint64_t mib = 1u << 20;
constexpr std::int64_t max_size = 5'497'558'138'880;
constexpr std::uint64_t max_parts = 10'000;

[[noreturn]] void refuse_init(const std::string& why) {
    throw ApiError{400, 8013, "Invalid init request: " + why};
}

// The least part size, in whole MiB, with which the file fits into the parts allowed.
std::uint64_t roomy(std::uint64_t size, std::uint64_t least) {
    const std::uint64_t needed = (size + max_parts - 1) / max_parts;
    return std::max(least, (needed + mib - 1) / mib * mib);
}

std::uint64_t choose_part_size(const PlatformSettings& settings, std::uint64_t asked, std::uint64_t size) {
    switch (settings.part_size) {
    case PartSizePolicy::fixed:
        return settings.fixed_part_size;
    case PartSizePolicy::large:
        return asked >= 32 * mib && asked <= settings.max_part_size ? asked : roomy(size, 256 * mib);
    case PartSizePolicy::echo:
        break;
    }
    const bool fits = asked > 0 && asked >= settings.min_part_size && asked <= settings.max_part_size;
    return fits ? asked : roomy(size, 32 * mib);
}

std::optional<std::uint64_t> optional_size(const JsonObject& body, const std::string& key) {
    if (!has_value(body, key))
        return std::nullopt;
    const auto value = integer_of(body, key);
    if (!value || *value < 0 || *value > max_size)
        refuse_init(key + " is no size that fits.");
    return static_cast<std::uint64_t>(*value);
}

std::string read_name(const JsonObject& body) {
    const std::string name = text_of(body, "name").value_or("");
    if (name.empty() || name.find('/') != std::string::npos || characters(name) > 255)
        refuse_init("the name must have 1 to 255 characters and no '/'.");
    return name;
}

void read_target(const Call& call, const JsonObject& body, Upload& upload) {
    const auto project = text_of(body, "project");
    const auto parent = text_of(body, "parent");
    if (project.has_value() == parent.has_value())
        refuse_init("exactly one of project and parent is needed.");
    upload.by_parent = parent.has_value();
    upload.parent = parent ? need_folder(call, *parent).id : need_project_root(call, *project, 8010);
    upload.project = call.state.tree.find(upload.parent)->project;
    need_right_to_write(call);
}

void check_conflict(const Call& call, const Upload& upload) {
    const Node* taken = call.state.tree.child(upload.parent, upload.name);
    const bool replaces = upload.overwrite && taken && !taken->folder;
    if (taken && !replaces && call.state.settings.conflict == ConflictPolicy::at_init)
        throw ApiError{409, 8005, "File already exists."};
    if (call.state.settings.refuse_twin && call.state.uploads.name_taken(upload.parent, upload.name))
        throw ApiError{409, 8006, "Upload already exists."};
}

std::uint32_t read_part_number(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 1 || number > max_parts)
        throw ApiError{400, 8012, "Part number is missing or invalid."};
    return number;
}

Json show_expiry(const State& state, std::int64_t expires_s) {
    switch (state.settings.expires) {
    case ExpiresForm::seconds:
        return static_cast<Poco::Int64>(expires_s);
    case ExpiresForm::milliseconds:
        return static_cast<Poco::Int64>(expires_s * 1000);
    case ExpiresForm::iso:
        break;
    }
    return iso8601(expires_s * 1000);
}

// One part at a time, each reported before the next is asked for.
void check_order(const Upload& upload, std::uint32_t part) {
    const std::uint32_t last = upload.reported.empty() ? 0 : upload.reported.rbegin()->first;
    if (part > last + 1 || upload.puts_under_way > 0)
        throw ApiError{409, 8008, "Could not reserve the part: this upload takes one part after the other."};
}

std::map<std::string, std::string> demanded_for(const State& state, std::uint32_t part) {
    auto demanded = state.settings.demanded_headers;
    for (auto& [name, value] : demanded)
        if (const auto mark = value.find("{part}"); mark != std::string::npos)
            value.replace(mark, 6, std::to_string(part));
    return demanded;
}

} // namespace

Upload& need_upload(Call& call) {
    Upload* upload = call.state.uploads.find(call.captured.at(0));
    if (!upload)
        throw ApiError{404, 8003, "Requested upload does not exist."};
    return *upload;
}

Reply init_upload(Call& call) {
    JsonObject::Ptr body = call.object(8013);
    Upload upload;
    upload.name = read_name(*body);
    upload.size = optional_size(*body, "size");
    upload.overwrite = call.truth("overwrite");
    upload.md5 = text_of(*body, "md5").value_or("");
    upload.rename = call.faulty(FaultKind::rename);
    upload.initiated_ms = call.state.clock.now_ms();
    read_target(call, *body, upload);
    check_conflict(call, upload);
    const std::uint64_t asked = optional_size(*body, "part_size").value_or(0);
    upload.part_size = choose_part_size(call.state.settings, asked, upload.size.value_or(0));
    const Upload& added = call.state.uploads.add(std::move(upload));

    Reply reply;
    JsonObject::Ptr shown = as_object(show_upload(call.state, added));
    if (added.size)
        shown->set("size", static_cast<Poco::UInt64>(*added.size));
    shown->set("part_size", static_cast<Poco::UInt64>(added.part_size));
    shown->set("parallel_uploads", call.state.settings.parallel_uploads);
    reply.body = shown;
    return reply;
}

Reply list_uploads(Call& call) {
    JsonArray::Ptr items = new_array();
    for (const Upload* upload : call.state.uploads.all())
        items->add(show_upload(call.state, *upload));
    JsonObject::Ptr body = new_object();
    body->set("items", items);
    Reply reply;
    reply.total = items->size();
    reply.body = body;
    return reply;
}

Reply get_upload(Call& call) {
    const Upload& upload = need_upload(call);
    JsonObject::Ptr body = as_object(show_upload(call.state, upload));
    body->set("parallel_uploads", call.state.settings.parallel_uploads);
    body->set("part_size", static_cast<Poco::UInt64>(upload.part_size));
    body->set("uploaded_parts_count", static_cast<Poco::UInt64>(upload.reported.size()));
    if (call.truth("list_parts")) {
        JsonArray::Ptr parts = new_array();
        for (const auto& [number, etag] : upload.reported) {
            JsonObject::Ptr response = new_object();
            response->set("headers", to_object({{"ETag", etag}}));
            JsonObject::Ptr part = new_object();
            part->set("part_number", number);
            part->set("response", response);
            parts->add(part);
        }
        body->set("parts", parts);
    }
    Reply reply;
    reply.body = body;
    return reply;
}

Reply sign_part(Call& call) {
    const std::uint32_t part = read_part_number(call.captured.at(1));
    const Upload& upload = need_upload(call);
    const State& state = call.state;
    if (!state.settings.parallel_uploads)
        check_order(upload, part);
    const std::int64_t now = state.clock.now_ms();
    const std::int64_t lifetime = state.settings.url_lifetime.count();
    const std::int64_t expires = call.faulty(FaultKind::expired_url) ? now / 1000 - 60 : (now + lifetime + 999) / 1000;
    const auto demanded = demanded_for(state, part);

    JsonObject::Ptr report = new_object();
    JsonArray::Ptr codes = new_array();
    codes->add(200);
    report->set("headers", to_array({"ETag"}));
    JsonObject::Ptr body = new_object();
    body->set("method", "PUT");
    body->set("url", state.storage_base + state.signer.target({upload.id, part, upload.name, expires, demanded}));
    // The faulty URL looks good until it is used: a client cannot tell beforehand.
    body->set("expires", show_expiry(state, call.faulty(FaultKind::expired_url) ? now / 1000 + 3600 : expires));
    body->set("headers", to_object(demanded));
    if (state.settings.success_codes_on_top)
        body->set("success_codes", codes);
    else
        report->set("success_codes", codes);
    body->set("report", report);
    Reply reply;
    reply.body = body;
    return reply;
}

Reply report_part(Call& call) {
    Upload& upload = need_upload(call);
    JsonObject::Ptr report = call.object(8014);
    take_report(call, upload, report);
    Reply reply;
    reply.body = report;
    return reply;
}

Reply report_parts(Call& call) {
    Upload& upload = need_upload(call);
    JsonArray::Ptr parts = as_array(call.object(8015)->get("parts"));
    if (!parts)
        throw ApiError{400, 8015, "The parts must come as {\"parts\": [...]}."};
    take_reports(call, upload, parts);
    Reply reply;
    reply.empty = true;
    return reply;
}

} // namespace ferry::platform
