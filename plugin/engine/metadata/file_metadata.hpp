// What a file on the platform is to carry besides its bytes: metadata, which are pairs of texts, and tags.
#pragma once

#include <Poco/Dynamic/Var.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

namespace metadata_limits { // the platform's (contract 8); all but the first in bytes
inline constexpr std::size_t pairs = 1'000;
inline constexpr std::size_t key = 100;
inline constexpr std::size_t value = 300;
} // namespace metadata_limits

struct FileMetadata {
    std::map<std::string, std::string> pairs;
    std::optional<std::vector<std::string>> tags; // unset: a weaker source may give some

    bool empty() const { return pairs.empty() && (!tags || tags->empty()); }
};

// Pairs whose keys `stronger` lacks, and the tags if it has said nothing of them.
void fill_in(FileMetadata& stronger, const FileMetadata& weaker);

// What the platform would refuse, as a clause that tells found and allowed; empty if nothing.
std::string metadata_key_problem(std::string_view key);
std::string metadata_value_problem(std::string_view value);
std::string too_many_pairs(std::size_t count);

// The text that the platform wants for a JSON text, number, true or false; nullopt of anything else.
std::optional<std::string> metadata_text(const Poco::Dynamic::Var& value);

// As bytes, to be kept and read again; empty if there is nothing in it.
std::string packed(const FileMetadata& metadata);
std::optional<FileMetadata> unpacked(std::string_view bytes);
// The same for the same metadata and tags, and for no others; empty if there is nothing in it.
std::string digest_of(const FileMetadata& metadata);

// For people, printable: "metadata age, sample and 3 more, tags x". The first few of each.
std::string summary_of(const FileMetadata& metadata);

} // namespace ferry
