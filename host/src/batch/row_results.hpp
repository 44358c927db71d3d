// The outputs documents of a batch, one line a row, on standard output and in the file of --outputs.
#pragma once

#include "unique_fd.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace ferry {

// Lines go into FILE.partial, which becomes FILE at the end: FILE never holds a part of a batch that is still running,
// and what a crash leaves in FILE.partial is gone on with. Not thread-safe.
class RowResults {
  public:
    // `file` may be empty: standard output alone. `go_on`: lines of the batch that is gone on with are kept.
    static std::variant<std::unique_ptr<RowResults>, std::string> open(const std::string& file, bool go_on);

    // One line without its end, to both; what failed, as a sentence. What failed once is not tried again.
    std::optional<std::string> add(const std::string& document);
    // No line could be written to standard output any more.
    bool reader_gone() const { return reader_gone_; }
    // FILE.partial becomes FILE.
    std::optional<std::string> finish();

  private:
    RowResults(std::string file, UniqueFd partial) : file_(std::move(file)), partial_(std::move(partial)) {}
    std::optional<std::string> write_partial(std::string_view line);

    const std::string file_;
    UniqueFd partial_;
    bool reader_gone_ = false;
    bool partial_broken_ = false;
};

} // namespace ferry
