#include "document/strict_json.hpp"

#include "document/json_scan.hpp"
#include "document/text.hpp"

#include <Poco/Exception.h>
#include <Poco/JSON/ParseHandler.h>
#include <Poco/JSON/Parser.h>
#include <Poco/JSON/Stringifier.h>

#include <algorithm>
#include <exception>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

namespace ferry {

namespace {

struct DoubledKey {
    std::string key;
};

// Keeps the order of keys, and refuses a key that its object has already: POCO would keep the last one silently.
class StrictHandler final : public Poco::JSON::ParseHandler {
  public:
    StrictHandler() : ParseHandler(true) {}

    void startObject() override {
        keys_.emplace_back();
        ParseHandler::startObject();
    }
    void endObject() override {
        keys_.pop_back();
        ParseHandler::endObject();
    }
    void key(const std::string& name) override {
        if (!keys_.back().insert(name).second)
            throw DoubledKey{name};
        ParseHandler::key(name);
    }

  private:
    std::vector<std::set<std::string>> keys_;
};

std::size_t offset_of(std::istream& in, std::string_view text) {
    in.clear();
    const auto offset = in.tellg();
    return offset < 0 ? text.size() : static_cast<std::size_t>(offset);
}

// The character that the parser has taken last.
std::size_t refused_at(std::istream& in, std::string_view text) {
    return std::max<std::size_t>(offset_of(in, text), 1) - 1;
}

// Where the text in quotes begins that ends before `end`; `end` if there is none.
std::size_t begin_of_quotes(std::string_view text, std::size_t end) {
    if (end < 2 || end > text.size() || text[end - 1] != '"')
        return end;
    for (std::size_t at = end - 1; at-- > 0;) {
        std::size_t backslashes = 0;
        while (backslashes < at && text[at - 1 - backslashes] == '\\')
            ++backslashes;
        if (text[at] == '"' && backslashes % 2 == 0)
            return at;
    }
    return end;
}

// What people's hands leave behind the last item. The parser has read the bracket that follows, and stands behind it.
bool after_comma(std::istream& in, std::string_view text) {
    in.clear();
    const auto offset = in.tellg();
    if (offset <= 0 || static_cast<std::size_t>(offset) > text.size())
        return false;
    text = text.substr(0, static_cast<std::size_t>(offset));
    if (text.back() != ']' && text.back() != '}')
        return false;
    const std::size_t before = text.find_last_not_of(" \t\r\n", text.size() - 2);
    return text.size() > 1 && before != std::string_view::npos && text[before] == ',';
}

JsonResult parse_scanned(std::string_view text) {
    std::istringstream in{std::string(text)};
    try {
        Poco::JSON::Parser parser(new StrictHandler);
        parser.setAllowNullByte(true);
        return JsonResult(std::in_place_index<0>, parser.parse(in));
    } catch (const DoubledKey& doubled) {
        return json_error_at(text, begin_of_quotes(text, offset_of(in, text)),
                             "the key \"" + printable(doubled.key, 100) + "\" appears twice in one object");
    } catch (const Poco::Exception&) {
        const char* why = after_comma(in, text)
                              ? "this is not valid JSON: there is a comma too many before the bracket"
                              : "this is not valid JSON: a comma, colon, bracket or value is missing or misplaced";
        return json_error_at(text, refused_at(in, text), why);
    } catch (const std::exception&) {
        return json_error_at(text, refused_at(in, text), "this is not valid JSON");
    }
}

} // namespace

JsonResult parse_json(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.bytes)
        return JsonError{1, 1, "longer than " + std::to_string(limits.bytes) + " bytes"};
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    if (auto problem = scan_json(text, limits.depth))
        return *std::move(problem);
    // The parser takes only objects and arrays; a value alone goes in as an array's only item.
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (text[begin] == '{' || text[begin] == '[')
        return parse_scanned(text);
    JsonResult wrapped = parse_scanned("[" + std::string(text) + "]");
    if (auto* value = std::get_if<Poco::Dynamic::Var>(&wrapped))
        return JsonResult(std::in_place_index<0>, value->extract<Poco::JSON::Array::Ptr>()->get(0));
    return wrapped;
}

std::string to_json(const Poco::Dynamic::Var& value) {
    std::ostringstream out;
    Poco::JSON::Stringifier::stringify(value, out);
    return out.str();
}

} // namespace ferry
