// The rows of a batch, read one at a time from CSV, TSV or JSON lines.
#pragma once

#include "diagnostic.hpp"
#include "document/delimited.hpp"
#include "unique_fd.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ferry {

struct ManifestRow {
    std::uint64_t number = 0;                                // from 1, the header not counted
    std::size_t line = 0;                                    // where it begins
    std::vector<std::pair<std::string, std::string>> values; // variable and text, in the manifest's order
};

// A regular file named .csv, .tsv, .jsonl or .ndjson. A pass over its rows takes little memory, whatever their number.
class Manifest {
  public:
    // The open file, or why it cannot be a manifest.
    static std::variant<std::unique_ptr<Manifest>, std::string> open(const std::string& path);

    const std::string& path() const { return path_; }
    // False once size or time of change are not those of the start: what was read before is no longer what is there.
    bool unchanged() const;

    class Pass {
      public:
        enum class Next { row, end, problem };

        virtual ~Pass() = default;
        // After a problem the next call goes on behind it.
        virtual Next next(ManifestRow& row) = 0;
        // With file, line and column.
        const Diagnostic& problem() const { return problem_; }
        // The header's names with what is wrong with them; JSON lines have none. After the first next().
        const std::vector<std::string>& columns() const { return columns_; }

      protected:
        explicit Pass(std::string file) : file_(std::move(file)) {}
        Next fail(std::size_t line, std::size_t column, std::string found, std::string allowed);

        const std::string file_;
        std::vector<std::string> columns_;
        Diagnostic problem_;
    };
    // From the first row on. Independent of other passes; the manifest must outlive it.
    std::unique_ptr<Pass> pass() const;

  private:
    enum class Format { csv, tsv, json_lines };

    Manifest(std::string path, Format format, UniqueFd file);
    ByteSource source() const;

    const std::string path_;
    const Format format_;
    const UniqueFd file_;
    std::int64_t size_ = 0;
    std::int64_t changed_ns_ = 0;
};

} // namespace ferry
