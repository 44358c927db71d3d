// What becomes of each row of a manifest.
#pragma once

#include "batch/known_rows.hpp"
#include "batch/manifest.hpp"
#include "batch/row_text.hpp"
#include "batch/shard.hpp"

#include <map>
#include <optional>
#include <string>

namespace ferry {

enum class Resume { no, unfinished, failed_too };
enum class RowPlan { run, done_before, failed_before };

using GivenVars = std::map<std::string, std::string>; // of --var

// Asked for all rows in the manifest's order, those of other shards, too: they may be what the joblogs know.
class RowPlans {
  public:
    RowPlans(Shard shard, Resume resume, KnownRows known, GivenVars given)
        : shard_(shard)
        , resume_(resume)
        , known_(std::move(known))
        , given_(std::move(given)) {}

    // nullopt: it is another shard's. `values`: the row's, and those of --var behind them.
    std::optional<RowPlan> next(const ManifestRow& row, RowValues& values);

  private:
    const Shard shard_;
    const Resume resume_;
    KnownRows known_;
    const GivenVars given_;
};

// Has `known` keep for each row what is known of it at its very place.
void pin_rows(const Manifest& manifest, const GivenVars& given, KnownRows& known);

} // namespace ferry
