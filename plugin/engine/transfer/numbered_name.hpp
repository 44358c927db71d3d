// The name that a file gets under `conflict: rename`: a number before its ending.
#pragma once

#include <string>
#include <string_view>

namespace ferry {

// "reads_2.fastq.gz" of "reads.fastq.gz". The ending is what follows the last dot. Where that says how a file is
// packed, or that it belongs to another (an index, a checksum), the ending before it is part of it, as file managers do
// for ".tar.gz". What holds blanks or is longer than endings are is none, nor is the whole name behind its first dot.
std::string numbered_name(std::string_view name, unsigned number);

} // namespace ferry
