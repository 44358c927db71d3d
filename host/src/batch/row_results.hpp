// The outputs documents of a batch, one line a row, on standard output and in the file of --outputs.
#pragma once

#include "report/console.hpp"
#include "stop.hpp"
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
    // `file` may be empty: standard output alone. `go_on`: lines of the batch that is gone on with are kept in front.
    // `console` outlives it: where standard output is its terminal, they take turns.
    static std::variant<std::unique_ptr<RowResults>, std::string> open(const std::string& file, bool go_on,
                                                                       Console& console);

    // What an earlier batch had left in FILE.partial is in this file now; empty if there was nothing.
    const std::string& set_aside() const { return set_aside_; }

    // One line without its end, to both. Why it is not where it should be, as a sentence: what failed once is not tried
    // again, and stands for all later lines. After a stop, a reader that does not read is waited for no longer.
    std::optional<std::string> add(const std::string& document, const StopFlag& stop);
    // FILE.partial to the disk.
    std::optional<std::string> sync();
    // FILE.partial becomes FILE.
    std::optional<std::string> finish();

  private:
    RowResults(Console& console, std::string file, UniqueFd partial, std::string set_aside)
        : console_(console)
        , file_(std::move(file))
        , partial_(std::move(partial))
        , set_aside_(std::move(set_aside)) {}
    void write_partial(std::string_view line);

    Console& console_;
    const std::string file_;
    UniqueFd partial_;
    const std::string set_aside_;
    std::optional<std::string> reader_problem_;
    std::optional<std::string> partial_problem_;
};

} // namespace ferry
