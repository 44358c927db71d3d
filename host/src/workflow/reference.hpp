// The references that a step's options may hold: ${vars.X}, ${steps.ID.outputs.KEY} and so on.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ferry {

struct Reference {
    enum class Kind { var, env, output, status, error_message, run_id, workflow_dir };
    Kind kind;
    std::string name;                                         // the variable's, or the step's id
    std::string key;                                          // of an output
    std::vector<std::variant<std::string, std::size_t>> path; // into the output: .field and [0]
    std::string text;                                         // as written, "${...}"
};

// A ${...} that is no reference.
struct BadReference {
    std::string text;   // as written, cut if long
    std::string advice; // what to write instead
};

using Piece = std::variant<std::string, Reference, BadReference>;

// Text (with $${ turned into ${) and references, in their order; no two texts in a row, none empty.
std::vector<Piece> parse_template(std::string_view text);

// The reference that the text is, alone; null if there is anything beside it.
const Reference* lone_reference(const std::vector<Piece>& pieces);

} // namespace ferry
