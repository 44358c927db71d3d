#include "transfer/upload_session.hpp"

#include <utility>

namespace ferry {

PartJob UploadSession::part_job(std::uint32_t number) const {
    return {.path = file_.path,
            .name = file_.remote(),
            .identity = file_.identity,
            .upload_id = opened_.upload_id,
            .number = number,
            .count = opened_.plan.count(),
            .range = opened_.plan.range(number)};
}

std::vector<PartReport> UploadSession::unreported() const {
    std::vector<PartReport> reports;
    for (const Part& part : parts_)
        if (part.stored && !part.reported)
            reports.push_back(part.report);
    return reports;
}

std::vector<PartReport> UploadSession::to_complete() const {
    if (!opened_.gone_on_with)
        return unreported();
    std::vector<PartReport> reports;
    for (const Part& part : parts_)
        reports.push_back(part.report);
    return reports;
}

std::vector<SentPart> UploadSession::parts() const {
    std::vector<SentPart> sent;
    for (const Part& part : parts_)
        if (part.stored)
            sent.push_back({part.report, part.md5, part.verified});
    return sent;
}

std::string UploadSession::etag() const {
    std::vector<Md5> digests;
    digests.reserve(parts_.size());
    for (const Part& part : parts_) {
        if (!part.verified)
            return {};
        digests.push_back(*part.md5);
    }
    const Result<std::string> composite = composite_etag(digests);
    return composite.ok() ? *composite : std::string();
}

bool UploadSession::wants_abort() const {
    return failure_ && failure_->drop && !abort_tried_ && !open_upload().empty();
}

bool UploadSession::has_work() const {
    if (failure_)
        return in_flight_ == 0 && wants_abort();
    switch (state_) {
    case State::pending:
        return true;
    case State::sending:
        if (vanished_)
            return false;
        if (next_part_ <= opened_.plan.count())
            return opened_.parallel || in_flight_ == 0; // contract 4.9
        return in_flight_ == 0;                         // all are stored: complete
    default:
        return false;
    }
}

std::optional<Work> UploadSession::take() {
    if (!has_work())
        return std::nullopt;
    ++in_flight_;
    if (failure_) {
        abort_tried_ = true;
        return Work{WorkKind::abort, this};
    }
    if (state_ == State::pending) {
        state_ = State::starting;
        return Work{WorkKind::init, this};
    }
    if (next_part_ <= opened_.plan.count()) {
        const std::uint32_t number = next_part_++;
        skip_stored();
        return Work{WorkKind::part, this, number};
    }
    state_ = State::completing;
    return Work{WorkKind::complete, this};
}

bool UploadSession::finished() const {
    if (in_flight_ != 0)
        return false;
    return failure_ ? !wants_abort() : state_ == State::done;
}

void UploadSession::init_done(OpenedUpload opened) {
    --in_flight_;
    opened_ = std::move(opened);
    nothing_open_ = false;
    renamed_ = false;
    parts_.assign(opened_.plan.count(), {});
    mends_ = 0;
    for (StoredPart& part : std::exchange(opened_.stored, {})) {
        const std::uint32_t number = part.sent.report.number;
        store(number, std::move(part.sent), part.reported);
    }
    next_part_ = 1;
    skip_stored();
    state_ = State::sending;
}

void UploadSession::skip_stored() {
    while (next_part_ <= opened_.plan.count() && parts_[next_part_ - 1].stored)
        ++next_part_;
}

void UploadSession::store(std::uint32_t number, SentPart sent, bool reported) {
    parts_[number - 1] = {std::move(sent.report), sent.md5, sent.verified, true, reported};
    ++parts_stored_;
    bytes_stored_ += opened_.plan.range(number).size;
}

void UploadSession::part_done(std::uint32_t number, SentPart sent, bool reported) {
    --in_flight_;
    store(number, std::move(sent), reported);
    start_over_if_drained();
}

void UploadSession::parts_lost(const std::vector<std::uint32_t>& lost, const std::vector<std::uint32_t>& reported) {
    --in_flight_;
    ++mends_;
    for (const std::uint32_t number : reported)
        parts_[number - 1].reported = true;
    for (const std::uint32_t number : lost) {
        parts_[number - 1] = {};
        --parts_stored_;
        bytes_stored_ -= opened_.plan.range(number).size;
    }
    next_part_ = 1;
    skip_stored();
    state_ = State::sending;
}

void UploadSession::complete_done() {
    --in_flight_;
    state_ = State::done;
}

void UploadSession::abort_done(bool aborted) {
    --in_flight_;
    nothing_open_ = nothing_open_ || aborted;
}

void UploadSession::work_dropped() {
    --in_flight_;
}

void UploadSession::work_failed(WorkFailure failure) {
    --in_flight_;
    const bool again = failure.vanished && !failure_ && (vanished_ || restarts_ < max_restarts);
    if (failure.closed || (failure.vanished && !failure.drop && !again)) {
        nothing_open_ = true; // the id stays as it is: other slots may be reading it
        parts_stored_ = 0;
    }
    if (again)
        vanished_ = true;
    else if (!failure_)
        failure_ = std::move(failure);
    else
        failure_->drop = failure_->drop || failure.drop;
    start_over_if_drained();
}

void UploadSession::start_over_if_drained() {
    if (!vanished_ || failure_ || in_flight_ != 0)
        return;
    vanished_ = false;
    ++restarts_;
    state_ = State::pending;
    lost_upload_ = std::exchange(opened_, {}).upload_id;
    parts_.clear();
    parts_stored_ = 0;
    bytes_stored_ = 0;
}

} // namespace ferry
