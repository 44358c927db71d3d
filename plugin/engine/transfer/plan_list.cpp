#include "transfer/plan_list.hpp"

#include <utility>

namespace ferry {
namespace {

Result<PlannedFile> file_of(const std::string& record) {
    RecordReader reader(record);
    PlannedFile file;
    file.path = reader.text();
    file.name = reader.text();
    file.replaces = reader.text();
    file.folder = reader.text();
    file.wanted = reader.text();
    file.position = static_cast<std::size_t>(reader.number());
    file.identity.size = reader.number();
    file.identity.mtime_ns = static_cast<std::int64_t>(reader.number());
    file.identity.ctime_ns = static_cast<std::int64_t>(reader.number());
    file.identity.device = reader.number();
    file.identity.inode = reader.number();
    auto metadata = unpacked(reader.text());
    if (!reader.ok() || !metadata)
        return Error{ErrorKind::internal, "the list of files to upload reads as it was not written"};
    file.metadata = std::move(*metadata);
    return file;
}

} // namespace

Result<std::uint64_t> PlanList::add(const PlannedFile& file) {
    RecordWriter writer;
    writer.text(file.path)
        .text(file.name)
        .text(file.replaces)
        .text(file.folder)
        .text(file.wanted)
        .number(file.position)
        .number(file.identity.size)
        .number(static_cast<std::uint64_t>(file.identity.mtime_ns))
        .number(static_cast<std::uint64_t>(file.identity.ctime_ns))
        .number(file.identity.device)
        .number(file.identity.inode)
        .text(packed(file.metadata));
    auto place = spool_.add(writer.record());
    if (place.ok()) {
        ++files_;
        bytes_ += file.identity.size;
    }
    return place;
}

Result<PlannedFile> PlanList::at(std::uint64_t place) const {
    const auto found = spool_.at(place);
    return found.ok() ? file_of(found->record) : Result<PlannedFile>(found.error());
}

Result<PlannedFile> PlanList::Reader::next() {
    auto found = list_->spool_.at(place_);
    if (!found.ok())
        return found.error();
    place_ = found->next;
    return file_of(found->record);
}

} // namespace ferry
