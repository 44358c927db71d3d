#include "verify/verify_item.hpp"

#include "transfer/part_plan.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace ferry {
namespace {

constexpr std::size_t receipt_path_limit = 16u << 10;
constexpr std::size_t receipt_text_limit = 4u << 10;
constexpr std::size_t etag_md5_digits = 32;

Error wrong_field(const std::string& key, const std::string& what) {
    return {ErrorKind::invalid, "its \"" + key + "\" is " + what};
}

// Whether this is the composite ETag of a file that was cut so.
bool is_etag_of(const std::string& etag, const PartPlan& plan) {
    return etag.find_first_not_of("0123456789abcdef") == etag_md5_digits &&
           etag.substr(etag_md5_digits) == "-" + std::to_string(plan.count());
}

// Of a file at one place of the platform, by its name there: one local file may be uploaded under several.
std::string key_text(const VerifyItem& item) {
    return item.path + '\0' + item.target.project + '\0' + item.target.parent + '\0' + item.name;
}

} // namespace

Result<VerifyItem> read_receipt(const JsonFields& entry) {
    VerifyItem item;
    item.path = entry.text("path", receipt_path_limit).value_or("");
    if (item.path.empty())
        return wrong_field("path", "no path");
    item.name = entry.text("name", receipt_text_limit).value_or(item.path.substr(item.path.rfind('/') + 1));
    auto id = entry.word("id", receipt_text_limit);
    if (!id)
        return wrong_field("id", "no id of a file on the platform");
    item.id = std::move(*id);
    const auto size = entry.integer("size");
    if (!size || *size < 0)
        return wrong_field("size", "no number of bytes");
    item.size = static_cast<std::uint64_t>(*size);
    item.target.project = entry.text("project", receipt_text_limit).value_or("");
    item.target.parent = entry.text("parent", receipt_text_limit).value_or("");
    item.part_size = static_cast<std::uint64_t>(std::max<std::int64_t>(entry.integer("part_size").value_or(0), 0));
    if (!entry.has("etag"))
        return item;
    item.etag = entry.word("etag", receipt_text_limit).value_or("");
    const auto plan = PartPlan::make(*item.size, item.part_size);
    if (!plan || !is_etag_of(item.etag, *plan))
        return wrong_field("etag", "none that a file of that \"size\" in parts of that \"part_size\" can have");
    return item;
}

Status VerifyList::add(const VerifyItem& item) {
    RecordWriter writer;
    writer.text(item.path)
        .text(item.name)
        .text(item.folder)
        .text(item.target.project)
        .text(item.target.parent)
        .text(item.id)
        .number(item.size ? 1 : 0)
        .number(item.size.value_or(0))
        .number(item.part_size)
        .text(item.etag);
    const auto place = spool_.add(writer.record());
    if (!place.ok())
        return place.status();
    keys_.push_back({std::hash<std::string>()(key_text(item)), *place});
    return {};
}

Result<VerifyItem> VerifyList::at(std::size_t index) const {
    const auto found = spool_.at(keys_[index].place);
    if (!found.ok())
        return found.error();
    RecordReader reader(found->record);
    VerifyItem item;
    item.path = reader.text();
    item.name = reader.text();
    item.folder = reader.text();
    item.target.project = reader.text();
    item.target.parent = reader.text();
    item.id = reader.text();
    const bool has_size = reader.number() != 0;
    const std::uint64_t size = reader.number();
    if (has_size)
        item.size = size;
    item.part_size = reader.number();
    item.etag = reader.text();
    if (!reader.ok())
        return Error{ErrorKind::internal, "the list of files to compare reads as it was not written"};
    return item;
}

// Two files whose hashes are alike by chance are both kept: the entries themselves decide.
Result<std::uint64_t> VerifyList::keep_last() {
    std::sort(keys_.begin(), keys_.end(), [](const Key& a, const Key& b) {
        return a.hash != b.hash ? a.hash < b.hash : a.place > b.place; // the last one first
    });
    std::vector<Key> kept;
    std::vector<std::string> of_hash; // the keys that were kept of the hash at hand
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        const bool first = i == 0 || keys_[i - 1].hash != keys_[i].hash;
        const bool alone = first && (i + 1 == keys_.size() || keys_[i + 1].hash != keys_[i].hash);
        if (first)
            of_hash.clear();
        if (!alone) {
            const auto item = at(i);
            if (!item.ok())
                return item.error();
            std::string key = key_text(*item);
            if (std::find(of_hash.begin(), of_hash.end(), key) != of_hash.end())
                continue;
            of_hash.push_back(std::move(key));
        }
        kept.push_back(keys_[i]);
    }
    const std::uint64_t dropped = keys_.size() - kept.size();
    keys_ = std::move(kept);
    std::sort(keys_.begin(), keys_.end(), [](const Key& a, const Key& b) { return a.place < b.place; });
    return dropped;
}

} // namespace ferry
