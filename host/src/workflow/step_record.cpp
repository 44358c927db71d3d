#include "workflow/step_record.hpp"

#include "base/system_reason.hpp"
#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "state/digest.hpp"
#include "state/unused.hpp"
#include "unique_fd.hpp"
#include "workflow/atomic_file.hpp"
#include "workflow/step_mark.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace ferry {

namespace {

constexpr Poco::Int64 kVersion = 2;
constexpr std::size_t kDepth = 72; // the outputs' own, and what is around them
// {"sha256":"<digest of BODY>","record":BODY}
constexpr std::string_view kBegin = R"({"sha256":")";
constexpr std::string_view kMiddle = R"(","record":)";
constexpr std::string_view kEnd = "}\n";
constexpr std::size_t kDigest = 64;
constexpr std::size_t kKey = 64; // digits of a record's name
constexpr std::string_view kEnding = ".json";
constexpr std::string_view kAside = ".unused";
constexpr std::size_t kBody = kBegin.size() + kDigest + kMiddle.size();

JsonArray::Ptr to_array(const std::vector<FilePrint>& prints) {
    JsonArray::Ptr array = new JsonArray;
    for (const FilePrint& print : prints)
        array->add(to_object(print));
    return array;
}

bool read_prints(const Json& value, std::vector<FilePrint>& to) {
    const auto array = array_of(value);
    if (!array)
        return false;
    for (const Json& item : *array) {
        auto print = print_from(item);
        if (!print)
            return false;
        to.push_back(*std::move(print));
    }
    return true;
}

std::string folder_of(const std::string& state_dir, const std::string& key) {
    return state_dir + "/steps/" + key.substr(0, 2);
}

std::string file_of(const std::string& state_dir, const std::string& key) {
    return folder_of(state_dir, key) + "/" + key + ".json";
}

// The folder is there for all records but the first ones, so it is made only when one cannot be written.
void make_folders(const std::string& state_dir, const std::string& key) {
    ::mkdir((state_dir + "/steps").c_str(), 0700);
    ::mkdir(folder_of(state_dir, key).c_str(), 0700);
}

} // namespace

std::string to_text(const StepRecord& record, const std::string& key) {
    auto body = new_object();
    body->set("version", kVersion);
    body->set("key", key);
    body->set("step", record.step);
    body->set("task", record.task);
    body->set("run_id", record.run_id);
    body->set("mark", record.mark);
    JsonArray::Ptr stood_on = new JsonArray;
    for (const std::string& mark : record.stood_on)
        stood_on->add(mark);
    body->set("stood_on", stood_on);
    body->set("outputs", record.outputs);
    body->set("inputs", to_array(record.inputs));
    body->set("made", to_array(record.made));
    const std::string text = to_json(Json(body));
    return std::string(kBegin) + sha256(text) + std::string(kMiddle) + text + std::string(kEnd);
}

std::variant<StepRecord, NoRecord> record_from(std::string_view text, const std::string& key) {
    const NoRecord damaged{"its record is damaged"};
    if (text.size() < kBody + kEnd.size() || !text.starts_with(kBegin) || !text.ends_with(kEnd))
        return damaged;
    const std::string_view body = text.substr(kBody, text.size() - kBody - kEnd.size());
    if (text.substr(kBegin.size(), kDigest) != sha256(body) || !text.substr(0, kBody).ends_with(kMiddle))
        return damaged;
    const JsonResult parsed = parse_json(body, {.depth = kDepth, .bytes = kLargestRecord});
    const auto* value = std::get_if<Json>(&parsed);
    const auto object = value ? object_of(*value) : nullptr;
    if (!object)
        return damaged;
    if (kind_of(object->get("version")) != JsonKind::integer || object->get("version") != kVersion)
        return NoRecord{"its record was written by another version of Ferry"};
    StepRecord record;
    record.step = text_of(object->get("step"));
    record.task = text_of(object->get("task"));
    record.run_id = text_of(object->get("run_id"));
    record.mark = text_of(object->get("mark"));
    if (const auto marks = array_of(object->get("stood_on")))
        for (const Json& mark : *marks)
            record.stood_on.push_back(text_of(mark));
    record.outputs = object_of(object->get("outputs"));
    if (text_of(object->get("key")) != key || !record.outputs || record.mark.empty() ||
        !read_prints(object->get("inputs"), record.inputs) || !read_prints(object->get("made"), record.made))
        return damaged;
    return record;
}

std::variant<StepRecord, NoRecord> read_record(const std::string& state_dir, const std::string& key) {
    const std::string path = file_of(state_dir, key);
    const auto cannot = [&](const std::string& why) {
        return NoRecord{"its record " + printable(path, 600) + " cannot be read: " + why};
    };
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file)
        return errno == ENOENT ? NoRecord{} : cannot(system_reason(errno));
    struct stat info {};
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_uid != ::geteuid())
        return cannot("it is no file of the user's; remove it");
    if (static_cast<std::uint64_t>(info.st_size) > kLargestRecord)
        return cannot("it is too large to be one");
    std::string text(static_cast<std::size_t>(info.st_size), '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t count = ::read(file.get(), text.data() + size, text.size() - size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return cannot(system_reason(errno));
        if (count == 0)
            break;
        size += static_cast<std::size_t>(count);
    }
    text.resize(size);
    return record_from(text, key);
}

std::optional<std::string> write_record(const std::string& state_dir, const std::string& key,
                                        const StepRecord& record) {
    const std::string text = to_text(record, key);
    if (text.size() > kLargestRecord)
        return "its outputs are too many to be kept";
    const std::string path = file_of(state_dir, key);
    if (!replace_private_file(path, text))
        return std::nullopt;
    make_folders(state_dir, key);
    return replace_private_file(path, text);
}

std::optional<std::string> remove_record(const std::string& state_dir, const std::string& key) {
    const std::string path = file_of(state_dir, key);
    if (::unlink(path.c_str()) == 0 || errno == ENOENT || errno == ENOTDIR)
        return std::nullopt;
    return printable(path, 600) + ": " + system_reason(errno);
}

void touch_record(const std::string& state_dir, const std::string& key) {
    ::utimensat(AT_FDCWD, file_of(state_dir, key).c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
}

// Set aside first: whoever writes it anew, before or after, writes another file.
std::size_t forget_unused_records(const PrivateFolder& folder, std::int64_t now, std::size_t most) {
    std::size_t gone = 0;
    for (const std::string& name : names_from_anywhere(folder)) {
        const bool record = name.size() == kKey + kEnding.size() && name.ends_with(kEnding) &&
                            name.find_first_not_of("0123456789abcdef") == kKey;
        const bool half = name.starts_with('.') && (name.ends_with(".tmp") || name.ends_with(kAside));
        if (gone == most || !(record || half) || !long_unused(folder.path_of(name), now))
            continue;
        ++gone;
        const std::string aside = half ? name : "." + name + "." + new_mark() + std::string(kAside);
        if (!half && !folder.rename(name, aside))
            continue;
        if (!half && !long_unused(folder.path_of(aside), now))
            (void)folder.link(aside, name); // it was written anew in between; a still newer one stays
        folder.remove(aside);
    }
    return gone;
}

std::string canonical_json(const Json& value) {
    if (const auto object = object_of(value)) {
        std::vector<std::string> names = object->getNames();
        std::sort(names.begin(), names.end());
        std::string text = "{";
        for (const std::string& name : names)
            text += (text.size() > 1 ? "," : "") + to_json(Json(name)) + ":" + canonical_json(object->get(name));
        return text + "}";
    }
    if (const auto array = array_of(value)) {
        std::string text = "[";
        for (const Json& item : *array)
            text += (text.size() > 1 ? "," : "") + canonical_json(item);
        return text + "]";
    }
    return to_json(value);
}

} // namespace ferry
