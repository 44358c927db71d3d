#include "transfer/job_outcome.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "transfer/remote_path.hpp"
#include "transfer/upload_events.hpp"

#include <utility>

namespace ferry {

void InOrder::done(const FileResult& result) {
    if (result.position == next_ && waiting_.empty()) {
        ++next_;
        return listener_.file_done(result);
    }
    const auto place = results_.add(result);
    if (!place.ok())
        listener_.file_done(result);
    settle(result.position, place.ok() ? *place : settled);
}

void InOrder::failed(std::size_t position) {
    settle(position, settled);
}

void InOrder::flush() {
    for (const std::uint64_t place : waiting_)
        pass_on(place);
    next_ += waiting_.size();
    waiting_.clear();
}

void InOrder::settle(std::size_t position, std::uint64_t place) {
    if (position - next_ >= waiting_.size())
        waiting_.resize(position - next_ + 1, unknown);
    waiting_[position - next_] = place;
    for (; !waiting_.empty() && waiting_.front() != unknown; waiting_.pop_front(), ++next_)
        pass_on(waiting_.front());
    if (waiting_.empty())
        results_ = ResultList();
}

void InOrder::pass_on(std::uint64_t place) {
    if (place == unknown || place == settled)
        return;
    const auto result = results_.take(place);
    if (result.ok())
        listener_.file_done(*result);
    else
        lost_ = result.error();
}

Status JobOutcome::keep_receipts(std::string path) {
    auto opened = Receipts::open(std::move(path));
    if (!opened.ok())
        return opened.error();
    receipts_.emplace(std::move(*opened));
    return {};
}

Status JobOutcome::close_receipts(Status status) {
    const Status written = receipts_ ? receipts_->finish() : Status();
    if (written || status)
        return written ? status : written;
    return {status.error().kind, status.error().message + "; and " + written.error().message};
}

void JobOutcome::tell(const FileResult& result) {
    told_.next();
    if (told_.first_beyond())
        log_.info("further files are told only at the log level debug");
    if (!told_.wanted())
        return;
    told_.write(printable(remote_path(parent_folder(result.asked_name), result.name)) +
                (result.skipped  ? ": skipped, a file of that name and size is there"
                 : result.before ? ": was uploaded before"
                                 : ": uploaded") +
                " as " + printable(result.id));
}

void JobOutcome::operator()(const FileResult& result) {
    ++files_;
    skipped_ += result.skipped ? 1 : 0;
    bytes_ += result.skipped ? 0 : result.size;
    tell(result);
    (*this)(file_done_event(result));
    if (receipts_)
        receipts_->add(result);
    in_order_.done(result);
}

void JobOutcome::operator()(const FailedFile& file) {
    std::string message = file.error.message;
    if (!file.upload_id.empty())
        message += "; its upload " + printable(file.upload_id) + " stays open for the next run" +
                   (file.parts_stored == 0 ? "" : ", with " + count_of(file.parts_stored, "part") + " stored");
    const std::string path = printable(file.path);
    if (alone_) // the step's own failure says the same
        only_ = path;
    else
        log_.error(path + " was not uploaded: " + message);
    (*this)(file_failed_event(file));
    in_order_.failed(file.position);
    if (failed_++ == 0)
        first_ = {file.error.kind, message};
}

Status JobOutcome::status(const std::optional<Error>& cause) const {
    if (!cause && failed_ == 0)
        return in_order_.lost() ? Status(*in_order_.lost()) : Status();
    Error error = cause ? *cause : first_;
    if (error.message.find(only_.substr(only_.rfind('/') + 1)) == std::string::npos) // never where it is empty
        error.message = only_ + " was not uploaded: " + error.message;
    const std::uint64_t further = failed_ > 0 ? failed_ - 1 : 0;
    if (further > 0)
        error.message += "; and " + count_of(further, "more file") + " failed";
    return error;
}

} // namespace ferry
