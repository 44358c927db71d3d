#include "schema/json_places.hpp"

#include "document/json_scan.hpp"
#include "document/strict_json.hpp"
#include "schema/json_value.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace ferry {

namespace {

struct Offsets {
    std::optional<std::size_t> value;
    std::optional<std::size_t> key; // none in an array
};

using Wanted = std::unordered_map<std::string, Offsets>; // by pointer

constexpr std::size_t kDeepestPlace = 200; // no document that is read is nested so deeply
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kEndsBareWord = " \t\r\n,:]}";

// Walks over the text without recursion, with the pointer to where it is.
class PlaceFinder {
  public:
    PlaceFinder(std::string_view text, Wanted& wanted) : text_(text), wanted_(wanted) {}

    void run() {
        for (std::size_t at = 0; at < text_.size() && levels_.size() < kDeepestPlace;)
            at = token(at);
    }

  private:
    struct Level {
        std::string pointer; // to this array or object
        bool object = false;
        bool key_next = false;
        std::size_t index = 0;          // of an array's next item
        std::optional<std::size_t> key; // where the last key began
    };

    // The offset behind it.
    std::size_t token(std::size_t at) {
        switch (text_[at]) {
        case ' ':
        case '\t':
        case '\r':
        case '\n':
        case ':':
            return at + 1;
        case '{':
        case '[':
            value(at);
            levels_.push_back({pointer_, text_[at] == '{', text_[at] == '{', 0, std::nullopt});
            return at + 1;
        case '}':
        case ']':
            if (!levels_.empty())
                levels_.pop_back();
            return at + 1;
        case ',':
            next_item();
            return at + 1;
        case '"':
            return quoted(at);
        default:
            value(at);
            return std::min(text_.find_first_of(kEndsBareWord, at), text_.size());
        }
    }

    void next_item() {
        if (levels_.empty())
            return;
        ++levels_.back().index;
        levels_.back().key_next = levels_.back().object;
    }

    std::size_t quoted(std::size_t at) {
        const std::size_t end = std::min(end_of_string(text_, at), text_.size()); // all, if it does not end
        if (levels_.empty() || !levels_.back().key_next) {
            value(at);
            return end;
        }
        Level& level = levels_.back();
        level.key_next = false;
        level.key = at;
        pointer_ = child_pointer(level.pointer, key_text(text_.substr(at, end - at)));
        return end;
    }

    static std::string key_text(std::string_view quoted) {
        if (quoted.find('\\') == std::string_view::npos)
            return std::string(quoted.substr(1, quoted.size() < 2 ? 0 : quoted.size() - 2));
        const JsonResult parsed = parse_json(quoted);
        const auto* key = std::get_if<Json>(&parsed);
        return key ? text_of(*key) : std::string();
    }

    void value(std::size_t at) {
        std::optional<std::size_t> key;
        if (levels_.empty())
            pointer_.clear();
        else if (levels_.back().object)
            key = levels_.back().key;
        else
            pointer_ = child_pointer(levels_.back().pointer, levels_.back().index);
        if (const auto found = wanted_.find(pointer_); found != wanted_.end() && !found->second.value)
            found->second = {at, key};
    }

    std::string_view text_;
    Wanted& wanted_;
    std::vector<Level> levels_;
    std::string pointer_; // to the value that is next or was last
};

bool lacks_place(const Diagnostic& diagnostic) {
    return diagnostic.line == 0;
}

// Of a pointer that a plugin made up, too.
std::string around(const std::string& pointer) {
    const std::size_t end = pointer.rfind('/');
    if (end == std::string::npos ||
        static_cast<std::size_t>(std::count(pointer.begin(), pointer.end(), '/')) > kDeepestPlace)
        return {};
    return pointer.substr(0, end);
}

std::optional<std::size_t> offset_of(const Diagnostic& diagnostic, const Wanted& found) {
    for (std::string pointer = diagnostic.pointer;; pointer = around(pointer)) {
        const Offsets& offsets = found.at(pointer);
        if (offsets.value)
            return diagnostic.of_key && offsets.key && pointer == diagnostic.pointer ? offsets.key : offsets.value;
        if (pointer.empty())
            return std::nullopt;
    }
}

struct LineColumn {
    std::size_t line = 1;
    std::size_t column = 1;
};

// Replaces what is mapped to by each offset's place.
void count_lines(std::string_view text, std::map<std::size_t, LineColumn>& places) {
    LineColumn here;
    std::size_t at = 0;
    for (auto& [offset, place] : places) {
        for (; at < offset; ++at) {
            ++here.column;
            if (text[at] == '\n')
                here = {here.line + 1, 1};
        }
        place = here;
    }
}

} // namespace

void add_places(std::string_view text, Diagnostics& diagnostics) {
    if (std::none_of(diagnostics.begin(), diagnostics.end(), lacks_place))
        return;
    if (text.starts_with(kByteOrderMark))
        text.remove_prefix(kByteOrderMark.size());
    Wanted wanted;
    for (const Diagnostic& diagnostic : diagnostics)
        if (lacks_place(diagnostic))
            for (std::string pointer = diagnostic.pointer; wanted.try_emplace(pointer).second && !pointer.empty();)
                pointer = around(pointer);
    PlaceFinder(text, wanted).run();
    std::map<std::size_t, LineColumn> places;
    for (const Diagnostic& diagnostic : diagnostics)
        if (const auto offset = lacks_place(diagnostic) ? offset_of(diagnostic, wanted) : std::nullopt)
            places[*offset];
    count_lines(text, places);
    for (Diagnostic& diagnostic : diagnostics)
        if (const auto offset = lacks_place(diagnostic) ? offset_of(diagnostic, wanted) : std::nullopt) {
            diagnostic.line = places.at(*offset).line;
            diagnostic.column = places.at(*offset).column;
        }
}

} // namespace ferry
