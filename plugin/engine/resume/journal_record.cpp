#include "resume/journal_record.hpp"

#include "document/text.hpp"
#include "http/url.hpp"
#include "platform/json_fields.hpp"

#include <Poco/Checksum.h>

#include <charconv>
#include <cstdio>
#include <utility>

namespace ferry {
namespace journal {
namespace {

using Poco::JSON::Array;
using Poco::JSON::Object;

constexpr std::size_t text_limit = 64u << 10;
constexpr std::size_t id_limit = 1024;
constexpr std::size_t headers_limit = 64;
constexpr std::size_t checksum_digits = 8;

std::string checksum(std::string_view text) {
    Poco::Checksum sum(Poco::Checksum::TYPE_CRC32);
    sum.update(text.data(), static_cast<unsigned>(text.size()));
    char digits[checksum_digits + 1];
    std::snprintf(digits, sizeof digits, "%08x", sum.checksum());
    return digits;
}

class Line {
  public:
    explicit Line(const char* record) { object_->set("r", std::string(record)); }
    Line(const char* record, std::uint32_t file) : Line(record) { object_->set("f", file); }

    Line& text(const char* key, const std::string& value) {
        if (!value.empty())
            object_->set(key, value);
        return *this;
    }
    Line& number(const char* key, std::int64_t value) {
        object_->set(key, static_cast<Poco::Int64>(value));
        return *this;
    }
    Line& count(const char* key, std::uint64_t value) { return number(key, static_cast<std::int64_t>(value)); }
    Line& flag(const char* key, bool value) {
        object_->set(key, value);
        return *this;
    }
    Line& flag_if(const char* key, bool value) { return value ? flag(key, value) : *this; }
    Line& time(const char* key, WallTime value) { return number(key, value.time_since_epoch().count()); }
    Line& headers(const std::vector<HttpHeader>& list) {
        Array::Ptr pairs = new Array;
        for (const HttpHeader& header : list) {
            Array::Ptr pair = new Array;
            pair->add(header.name);
            pair->add(header.value);
            pairs->add(pair);
        }
        object_->set("headers", pairs);
        return *this;
    }
    std::string end() const {
        const std::string json = to_json(Poco::Dynamic::Var(object_));
        return checksum(json) + ' ' + json + '\n';
    }

  private:
    Object::Ptr object_ = new Object(Poco::JSON_PRESERVE_KEY_ORDER);
};

std::string line_of(const Header& header) {
    return Line("ferry-journal")
        .number("version", header.version)
        .text("endpoint", header.endpoint)
        .text("project", header.project)
        .text("parent", header.parent)
        .end();
}

std::string line_of(const Begun& begun) {
    return Line("begun", begun.file)
        .text("name", begun.name)
        .text("path", begun.path)
        .count("size", begun.source.size)
        .number("mtime", begun.source.mtime_ns)
        .number("ctime", begun.source.ctime_ns)
        .time("at", begun.at)
        .text("as", begun.as)
        .flag_if("overwrite", begun.overwrite)
        .end();
}

std::string line_of(const Opened& opened) {
    return Line("opened", opened.file)
        .text("upload_id", opened.upload_id)
        .count("part_size", opened.part_size)
        .flag("parallel", opened.parallel)
        .end();
}

std::string line_of(const PartStored& part) {
    return Line("part", part.file)
        .number("n", part.report.number)
        .count("size", part.size)
        .headers(part.report.headers)
        .text("md5", part.md5 ? to_hex(*part.md5) : "")
        .flag("verified", part.verified)
        .end();
}

std::string line_of(const PartLost& lost) {
    return Line("lost", lost.file).number("n", lost.part).end();
}

std::string line_of(const Completing& completing) {
    return Line("completing", completing.file).time("at", completing.at).text("replaces", completing.replaces).end();
}

std::string line_of(const Done& done) {
    return Line("done", done.file)
        .text("id", done.id)
        .text("name", done.name)
        .text("project", done.project)
        .text("parent", done.parent)
        .text("etag", done.etag)
        .text("described", done.described)
        .end();
}

std::string line_of(const Described& described) {
    return Line("described", described.file).text("digest", described.digest).end();
}

std::string line_of(const Dropped& dropped) {
    return Line("dropped", dropped.file).end();
}

std::optional<std::uint32_t> small(const JsonFields& fields, const char* key) {
    const auto value = fields.integer(key);
    if (!value || *value < 0 || *value > INT32_MAX)
        return std::nullopt;
    return static_cast<std::uint32_t>(*value);
}

std::optional<std::uint64_t> count(const JsonFields& fields, const char* key) {
    const auto value = fields.integer(key);
    if (!value || *value < 0)
        return std::nullopt;
    return static_cast<std::uint64_t>(*value);
}

std::optional<WallTime> time(const JsonFields& fields, const char* key) {
    const auto value = fields.integer(key);
    return value ? std::optional(WallTime(Duration(*value))) : std::nullopt;
}

std::string text(const JsonFields& fields, const char* key) {
    return fields.text(key, text_limit).value_or("");
}

std::optional<Record> read_header(const JsonFields& fields) {
    const auto version = small(fields, "version");
    if (!version)
        return std::nullopt;
    if (*version != static_cast<std::uint32_t>(journal::version))
        return Header{.version = static_cast<int>(*version), .endpoint = {}, .project = {}, .parent = {}};
    return Header{
        .endpoint = text(fields, "endpoint"), .project = text(fields, "project"), .parent = text(fields, "parent")};
}

std::optional<Record> read_begun(const JsonFields& fields, std::uint32_t file) {
    const auto size = count(fields, "size");
    const auto mtime = fields.integer("mtime");
    const auto ctime = fields.integer("ctime");
    const auto at = time(fields, "at");
    Begun begun{.file = file,
                .name = text(fields, "name"),
                .path = text(fields, "path"),
                .source = {},
                .at = {},
                .as = text(fields, "as"),
                .overwrite = fields.boolean("overwrite").value_or(false)};
    if (!size || !mtime || !ctime || !at || begun.name.empty() || begun.path.empty() ||
        begun.as.find('/') != std::string::npos)
        return std::nullopt;
    begun.source = {*size, *mtime, *ctime};
    begun.at = *at;
    return begun;
}

std::optional<Record> read_opened(const JsonFields& fields, std::uint32_t file) {
    auto id = fields.word("upload_id", id_limit);
    const auto part_size = count(fields, "part_size");
    const auto parallel = fields.boolean("parallel");
    if (!id || !part_size || *part_size == 0 || !parallel)
        return std::nullopt;
    return Opened{.file = file, .upload_id = std::move(*id), .part_size = *part_size, .parallel = *parallel};
}

std::optional<std::vector<HttpHeader>> read_headers(const JsonFields& fields) {
    const Array::Ptr pairs = fields.array("headers");
    if (!pairs || pairs->size() > headers_limit)
        return std::nullopt;
    std::vector<HttpHeader> headers;
    for (const Poco::Dynamic::Var& item : *pairs) {
        if (item.type() != typeid(Array::Ptr))
            return std::nullopt;
        const auto& pair = item.extract<Array::Ptr>();
        const auto name = pair->size() == 2 ? string_of(pair->get(0)) : std::nullopt;
        const auto value = pair->size() == 2 ? string_of(pair->get(1)) : std::nullopt;
        if (!name || !value)
            return std::nullopt;
        headers.push_back({*name, *value});
    }
    return headers;
}

std::optional<Record> read_part(const JsonFields& fields, std::uint32_t file) {
    const auto number = small(fields, "n");
    const auto size = count(fields, "size");
    auto headers = read_headers(fields);
    const auto verified = fields.boolean("verified");
    if (!number || *number == 0 || !size || !headers || !verified)
        return std::nullopt;
    PartStored part{.file = file, .report = {*number, std::move(*headers)}, .size = *size, .md5 = {}};
    if (fields.has("md5")) {
        part.md5 = md5_from_hex(text(fields, "md5"));
        if (!part.md5)
            return std::nullopt;
    }
    part.verified = *verified && part.md5;
    return part;
}

std::optional<Record> read_done(const JsonFields& fields, std::uint32_t file) {
    auto id = fields.word("id", id_limit);
    if (!id)
        return std::nullopt;
    return Done{.file = file,
                .id = std::move(*id),
                .name = text(fields, "name"),
                .project = text(fields, "project"),
                .parent = text(fields, "parent"),
                .etag = text(fields, "etag"),
                .described = text(fields, "described")};
}

std::optional<Record> read_record(const JsonFields& fields) {
    const std::string kind = text(fields, "r");
    if (kind == "ferry-journal")
        return read_header(fields);
    const auto file = small(fields, "f");
    if (!file)
        return std::nullopt;
    if (kind == "begun")
        return read_begun(fields, *file);
    if (kind == "opened")
        return read_opened(fields, *file);
    if (kind == "part")
        return read_part(fields, *file);
    if (kind == "lost") {
        const auto part = small(fields, "n");
        return part ? std::optional<Record>(PartLost{*file, *part}) : std::nullopt;
    }
    if (kind == "completing") {
        const auto at = time(fields, "at");
        return at ? std::optional<Record>(Completing{*file, *at, text(fields, "replaces")}) : std::nullopt;
    }
    if (kind == "done")
        return read_done(fields, *file);
    if (kind == "described")
        return Described{*file, text(fields, "digest")};
    if (kind == "dropped")
        return Dropped{*file};
    return std::nullopt;
}

} // namespace

std::string to_line(const Record& record) {
    return std::visit([](const auto& one) { return line_of(one); }, record);
}

std::optional<Record> from_line(std::string_view line) {
    if (line.size() <= checksum_digits || line[checksum_digits] != ' ')
        return std::nullopt;
    const std::string json(line.substr(checksum_digits + 1));
    if (line.substr(0, checksum_digits) != checksum(json))
        return std::nullopt;
    const auto fields = JsonFields::parse(json);
    if (!fields.ok())
        return std::nullopt;
    return read_record(*fields);
}

} // namespace journal

std::string source_path(const std::string& path) {
    return is_utf8(path) ? path : percent_encode(path);
}

std::optional<Md5> md5_from_hex(std::string_view text) {
    Md5 digest{};
    if (text.size() != 2 * digest.size())
        return std::nullopt;
    for (std::size_t i = 0; i < digest.size(); ++i) {
        unsigned value = 0;
        const char* begin = text.data() + 2 * i;
        const auto [end, error] = std::from_chars(begin, begin + 2, value, 16);
        if (error != std::errc() || end != begin + 2)
            return std::nullopt;
        digest[i] = static_cast<std::byte>(value);
    }
    return digest;
}

} // namespace ferry
