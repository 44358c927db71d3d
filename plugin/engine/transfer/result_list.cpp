#include "transfer/result_list.hpp"

#include <utility>

namespace ferry {
namespace {

Result<FileResult> result_of(const std::string& record) {
    RecordReader reader(record);
    FileResult result;
    result.position = static_cast<std::size_t>(reader.number());
    result.path = reader.text();
    result.name = reader.text();
    result.id = reader.text();
    result.size = reader.number();
    result.project = reader.text();
    result.parent = reader.text();
    result.skipped = reader.number() != 0;
    result.before = reader.number() != 0;
    result.parts = static_cast<std::uint32_t>(reader.number());
    result.part_size = reader.number();
    result.etag = reader.text();
    result.upload_id = reader.text();
    result.seconds = Duration(static_cast<Duration::rep>(reader.number()));
    result.asked_name = reader.text();
    auto metadata = unpacked(reader.text());
    if (!reader.ok() || !metadata)
        return Error{ErrorKind::internal, "the list of uploaded files reads as it was not written"};
    result.metadata = std::move(*metadata);
    return result;
}

} // namespace

Result<std::uint64_t> ResultList::add(const FileResult& result) {
    RecordWriter writer;
    writer.number(result.position)
        .text(result.path)
        .text(result.name)
        .text(result.id)
        .number(result.size)
        .text(result.project)
        .text(result.parent)
        .number(result.skipped ? 1 : 0)
        .number(result.before ? 1 : 0)
        .number(result.parts)
        .number(result.part_size)
        .text(result.etag)
        .text(result.upload_id)
        .number(static_cast<std::uint64_t>(result.seconds.count()))
        .text(result.asked_name)
        .text(packed(result.metadata));
    auto place = spool_.add(writer.record());
    if (place.ok())
        ++count_;
    return place;
}

Result<FileResult> ResultList::take(std::uint64_t& place) const {
    const auto found = spool_.at(place);
    if (!found.ok())
        return found.error();
    place = found->next;
    return result_of(found->record);
}

} // namespace ferry
