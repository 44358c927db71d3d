#include "transfer/job_outcome.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "transfer/upload_events.hpp"

#include <utility>

namespace ferry {

void InOrder::done(FileResult result) {
    const std::size_t position = result.position;
    settle(position, std::move(result));
}

void InOrder::failed(std::size_t position) {
    settle(position, std::nullopt);
}

void InOrder::flush() {
    for (auto& [position, result] : waiting_)
        if (result)
            listener_.file_done(*result);
    waiting_.clear();
}

void InOrder::settle(std::size_t position, std::optional<FileResult> result) {
    waiting_.emplace(position, std::move(result));
    for (auto first = waiting_.begin(); first != waiting_.end() && first->first == next_;
         first = waiting_.erase(first), ++next_)
        if (first->second)
            listener_.file_done(*first->second);
}

void JobOutcome::operator()(const FileResult& result) {
    ++files_;
    bytes_ += result.skipped ? 0 : result.size;
    log_.info(printable(result.name) +
              (result.skipped  ? ": skipped, a file of that name and size is there"
               : result.before ? ": was uploaded before"
                               : ": uploaded") +
              " as " + printable(result.id));
    (*this)(file_done_event(result));
    in_order_.done(result);
}

void JobOutcome::operator()(const FailedFile& file) {
    std::string message = file.error.message;
    if (!file.upload_id.empty())
        message += "; " + (file.parts_stored == 0 ? "its" : count_of(file.parts_stored, "part") + " stored in its") +
                   " upload " + printable(file.upload_id) + ", which stays open for the next run";
    log_.error(printable(file.path) + " was not uploaded: " + message);
    (*this)(file_failed_event(file));
    in_order_.failed(file.position);
    if (failed_++ == 0)
        first_ = {file.error.kind, message};
}

Status JobOutcome::status(const std::optional<Error>& cause) const {
    if (!cause && failed_ == 0)
        return {};
    Error error = cause ? *cause : first_;
    const std::uint64_t further = failed_ > 0 ? failed_ - 1 : 0;
    if (further > 0)
        error.message += "; and " + count_of(further, "more file") + " failed";
    return error;
}

} // namespace ferry
