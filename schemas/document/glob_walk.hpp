// What a file name pattern finds, told as it is found: for patterns that match hundreds of thousands of files.
#pragma once

#include "document/glob.hpp"

#include <string>

namespace ferry {

class GlobSink {
  public:
    virtual ~GlobSink() = default;
    virtual void found(const std::string& path) = 0; // sorted by bytes, each once
    // One sentence each, not repeated for one path.
    virtual void passed_over(const std::string& what) = 0; // what holds no data, such as a FIFO
    virtual void unreadable(const std::string& what) = 0;  // what is meant, or may be, and cannot be had
    // A file or folder that the pattern would match without its leading dot.
    virtual void hidden(const std::string& path) = 0;
    // A link to a folder, which `**` does not enter: it may lead in circles.
    virtual void linked_folder(const std::string&) {}
    // Whether that folder is to be looked into.
    virtual bool enters(const std::string&) { return true; }
    virtual bool stopped() const = 0; // asked often; the walk ends early then
};

// As expand_glob(), in memory that grows with the largest folder (about 30 bytes an entry) and with nothing else.
void walk_glob(const std::string& folder, const std::string& pattern, GlobFinds finds, GlobSink& sink);

} // namespace ferry
