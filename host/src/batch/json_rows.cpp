#include "batch/json_rows.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "schema/json_value.hpp"

#include <utility>

namespace ferry {

namespace {

constexpr std::string_view kSpace = " \t\r\n";

// Walks the members of an object's text that the parser has accepted, for the values as they are written.
class WrittenMembers {
  public:
    explicit WrittenMembers(std::string_view object) : rest_(object) { skip(object.find('{') + 1); }

    // The next value's text, in the order of the members.
    std::string_view next() {
        skip(rest_.find_first_not_of(" \t\r\n,"));
        value(); // the key
        skip(rest_.find(':') + 1);
        skip(rest_.find_first_not_of(kSpace));
        return value();
    }

  private:
    void skip(std::size_t count) { rest_.remove_prefix(std::min(count, rest_.size())); }

    // A text or a bare word; what is nested is refused before it comes to this.
    std::string_view value() {
        std::size_t end = 1;
        if (rest_.starts_with('"')) {
            while (end < rest_.size() && rest_[end] != '"')
                end += rest_[end] == '\\' ? 2 : 1;
            ++end;
        } else {
            end = rest_.find_first_of(" \t\r\n,}");
        }
        const std::string_view text = rest_.substr(0, end);
        skip(end);
        return text;
    }

    std::string_view rest_;
};

} // namespace

JsonRowsPass::Next JsonRowsPass::next(ManifestRow& row) {
    for (;;) {
        row.line = in_.line();
        if (!read_text_line(in_, text_))
            break;
        if (text_.find_first_not_of(kSpace) != std::string::npos && !in_.failed()) {
            row.number = ++number_;
            return read(row);
        }
    }
    if (in_.failed() && !std::exchange(told_failure_, true))
        return fail(row.line, 0, "the file cannot be read further", "");
    return Next::end;
}

JsonRowsPass::Next JsonRowsPass::read(ManifestRow& row) {
    if (text_.size() >= kLongestRow)
        return fail(row.line, 0, "the row is longer than 16 MiB", "");
    const JsonResult parsed = parse_json(text_);
    if (const auto* error = std::get_if<JsonError>(&parsed))
        return fail(row.line, error->column, error->message, "needed: a JSON object on each line");
    const auto object = object_of(std::get<Json>(parsed));
    if (!object)
        return fail(row.line, 1, describe_value(std::get<Json>(parsed)), "needed: a JSON object on each line");
    row.values.clear();
    for (const std::string& name : object->getNames()) {
        const JsonKind kind = kind_of(object->get(name));
        if (kind == JsonKind::null || kind == JsonKind::array || kind == JsonKind::object)
            return fail(row.line, 0, in_quotes(name) + " is " + describe_value(object->get(name)),
                        "allowed: a text, a number, true or false; leave out what the workflow has a value for");
    }
    WrittenMembers written(text_);
    for (const std::string& name : object->getNames()) {
        const std::string_view value = written.next();
        const Json parsed_value = object->get(name);
        row.values.emplace_back(name, kind_of(parsed_value) == JsonKind::text ? parsed_value.convert<std::string>()
                                                                              : std::string(value));
        if (row.values.back().second.find('\0') != std::string::npos)
            return fail(row.line, 0, in_quotes(name) + " holds a NUL character", "allowed: text without it");
    }
    return Next::row;
}

} // namespace ferry
