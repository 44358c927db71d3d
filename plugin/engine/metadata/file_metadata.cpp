#include "metadata/file_metadata.hpp"

#include "base/record_spool.hpp"
#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "state/digest.hpp"

#include <cstdint>
#include <utility>

namespace ferry {
namespace {

constexpr std::size_t names_in_summary = 3;

// The first few words, and how many more there are.
class FewWords {
  public:
    void add(const std::string& word) {
        if (++count_ <= names_in_summary)
            text_ += (count_ > 1 ? ", " : "") + printable(word, metadata_limits::key);
    }
    std::string text() const {
        return count_ > names_in_summary ? text_ + " and " + std::to_string(count_ - names_in_summary) + " more"
                                         : text_;
    }

  private:
    std::size_t count_ = 0;
    std::string text_;
};

} // namespace

void fill_in(FileMetadata& stronger, const FileMetadata& weaker) {
    stronger.pairs.insert(weaker.pairs.begin(), weaker.pairs.end());
    if (!stronger.tags)
        stronger.tags = weaker.tags;
}

std::string metadata_key_problem(std::string_view key) {
    if (key.empty())
        return "a key cannot be empty";
    if (key.size() > metadata_limits::key)
        return "a key of " + std::to_string(key.size()) + " bytes; the platform takes at most " +
               std::to_string(metadata_limits::key);
    if (key.find_first_of(".$") != std::string_view::npos)
        return "the platform takes no '.' and no '$' in a key";
    if (!is_utf8(key))
        return "a key that is not UTF-8";
    return {};
}

std::string metadata_value_problem(std::string_view value) {
    if (value.size() > metadata_limits::value)
        return "a value of " + std::to_string(value.size()) + " bytes; the platform takes at most " +
               std::to_string(metadata_limits::value);
    return is_utf8(value) ? std::string() : "a value that is not UTF-8";
}

std::string too_many_pairs(std::size_t count) {
    return std::to_string(count) + " pairs of metadata; the platform takes at most " +
           std::to_string(metadata_limits::pairs) + " for a file";
}

std::optional<std::string> metadata_text(const Poco::Dynamic::Var& value) {
    if (value.isString())
        return value.extract<std::string>();
    if (value.isBoolean())
        return value.convert<bool>() ? "true" : "false";
    return value.isNumeric() ? std::optional(to_json(value)) : std::nullopt;
}

std::string packed(const FileMetadata& metadata) {
    if (metadata.empty())
        return {};
    RecordWriter writer;
    writer.number(metadata.pairs.size());
    for (const auto& [key, value] : metadata.pairs)
        writer.text(key).text(value);
    writer.number(metadata.tags ? metadata.tags->size() : 0);
    if (metadata.tags)
        for (const std::string& tag : *metadata.tags)
            writer.text(tag);
    return writer.record();
}

std::optional<FileMetadata> unpacked(std::string_view bytes) {
    FileMetadata metadata;
    if (bytes.empty())
        return metadata;
    RecordReader reader(bytes);
    for (std::uint64_t left = reader.number(); left > 0 && reader.ok(); --left) {
        std::string key = reader.text();
        metadata.pairs[std::move(key)] = reader.text();
    }
    std::uint64_t left = reader.number();
    if (left > 0)
        metadata.tags.emplace();
    for (; left > 0 && reader.ok(); --left)
        metadata.tags->push_back(reader.text());
    return reader.ok() ? std::optional(std::move(metadata)) : std::nullopt;
}

std::string digest_of(const FileMetadata& metadata) {
    return metadata.empty() ? std::string() : short_digest(packed(metadata));
}

std::string summary_of(const FileMetadata& metadata) {
    FewWords keys;
    for (const auto& [key, value] : metadata.pairs)
        keys.add(key);
    FewWords tags;
    if (metadata.tags)
        for (const std::string& tag : *metadata.tags)
            tags.add(tag);
    const std::string pairs = metadata.pairs.empty() ? "" : "metadata " + keys.text();
    const std::string words = tags.text().empty() ? "" : "tags " + tags.text();
    return pairs + (pairs.empty() || words.empty() ? "" : ", ") + words;
}

} // namespace ferry
