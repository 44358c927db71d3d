// What may stand where somebody is typing a command line. The tables of the parser and the schemas of the tasks say it.
#pragma once

#include "schema/json_value.hpp"

#include <functional>
#include <string>
#include <vector>

namespace ferry {

struct Candidate {
    std::string word;  // the whole word; holds nothing that a shell would read as more than a word
    std::string about; // one line, printable; may be empty
};

struct Completion {
    enum class Kind {
        words,      // the candidates
        open_words, // the same, but none is the end of its word: no space comes behind it
        files,      // whatever files there are; the shell knows best how to complete them
        folders
    };
    Kind kind = Kind::words;
    std::string kept; // of files and folders: what stands before the path in the word, such as `manifest=`
    std::vector<Candidate> candidates;
};

// Where the words come from that are not ferry's own; each answers nothing if there is nothing. None of them throws.
struct CompletionSources {
    std::function<std::vector<Candidate>()> tasks;
    std::function<JsonObject::Ptr(const std::string& task)> schema;
    std::function<JsonObject::Ptr(const std::string& file)> workflow;
};

// `words`: behind `ferry`; the last is the one that is completed, up to the cursor.
Completion complete(const std::vector<std::string>& words, const CompletionSources& sources);

// As the shells' scripts read it: a line with the kind and what is kept, then a line for each candidate, both parted
// by a tab.
std::string to_text(const Completion& completion);

} // namespace ferry
