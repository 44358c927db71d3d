// References put in their values' place, on a copy.
#pragma once

#include "diagnostic.hpp"
#include "schema/json_value.hpp"
#include "schema/place.hpp"
#include "workflow/reference.hpp"

#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace ferry {

struct Known {
    Json value;
};
// Not known yet, or not to be shown.
struct Open {
    std::string words; // "(known after step align)"
    bool secret = false;
};
// It leads nowhere.
struct Wrong {
    std::string found;
    std::string allowed;
};
using Answer = std::variant<Known, Open, Wrong>;

// Answers a reference that stands at `pointer` of the options, `alone` or in the midst of text.
using Lookup = std::function<Answer(const Reference& reference, const std::string& pointer, bool alone)>;

enum class StandIn {
    sample, // a value that the schema admits, for checks
    words   // Open::words, for people
};

struct Resolved {
    JsonObject::Ptr options;       // shares nothing with what it was made from
    std::vector<std::string> open; // pointers into the options of what only stands in for a value
    bool complete = true;          // all values are known, if they may be shown or not
    Diagnostics problems;          // references that are none or lead nowhere, keys with references
};

// A text that is one reference alone takes the value with its JSON type; but text that its place does not admit is
// read as JSON if what comes out is admitted there. Inside text, values become text; arrays, objects and null are
// problems. Where the schema says `"format": "glob"`, values keep their *, ? and [ as what they are, in brackets. A
// problem leaves a stand-in. `file` and `pointer` begin the places of the problems.
Resolved resolve(const JsonObject& options, const Place& place, const Lookup& lookup, StandIn stand_in,
                 const std::string& file, const std::string& pointer);

// Follows .field and [0] into a value; an Open Var if they lead nowhere. `found` says where they stopped.
bool follow_path(Json& value, const Reference& reference, std::string& found);

// Without the problems that lie at or below one of `open` (both below `pointer`): what stands in there is not the
// user's.
Diagnostics without_open(Diagnostics problems, const std::vector<std::string>& open, const std::string& pointer);

} // namespace ferry
