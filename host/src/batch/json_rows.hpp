// JSON lines as rows of texts.
#pragma once

#include "batch/manifest.hpp"

namespace ferry {

// An object a line: a text is its value, numbers and truth values are as they are written (1e5 stays 1e5). null, arrays
// and objects are problems. Empty lines are passed over. Rows may have different keys.
class JsonRowsPass final : public Manifest::Pass {
  public:
    JsonRowsPass(ByteSource source, std::string file) : Pass(std::move(file)), in_(std::move(source)) {}
    Next next(ManifestRow& row) override;

  private:
    Next read(ManifestRow& row);

    ByteReader in_;
    std::string text_;
    std::uint64_t number_ = 0;
    bool told_failure_ = false;
};

} // namespace ferry
