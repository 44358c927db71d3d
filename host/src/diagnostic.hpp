// One problem in a document that a person wrote: where, what was found, what is allowed.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ferry {

struct Diagnostic {
    std::string file;       // as given on the command line; empty: the command line itself
    std::string pointer;    // JSON pointer (RFC 6901) into the file; "" for the whole
    std::size_t line = 0;   // from 1; 0: not known
    std::size_t column = 0; // from 1; 0: not known
    std::string found;      // short, printable
    std::string allowed;    // what is allowed, and the nearest known name for a typo
    bool warning = false;
    bool of_key = false; // the key at the pointer's end is meant, not its value
};

using Diagnostics = std::vector<Diagnostic>;

bool has_errors(const Diagnostics& diagnostics);
// "FILE:LINE:COL: POINTER: FOUND; ALLOWED" (parts that are not known are left out; a warning says so before FOUND),
// without a line end; safe to print, whatever the file is called and its keys are.
std::string to_text(const Diagnostic& diagnostic);

} // namespace ferry
