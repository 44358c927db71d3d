// The job's events for programs, as JSON text. No secret is among the fields. A file's
// `name` is its path below the target, the same in all of them.
#pragma once

#include "transfer/part_sender.hpp"
#include "transfer/upload_job.hpp"
#include "transfer/work_queue.hpp"

namespace ferry {

JobEvent file_started_event(const PlannedFile& file, const OpenedUpload& opened);
JobEvent part_done_event(const UploadSession& session, std::uint32_t number);
JobEvent retry_event(const UploadSession& session, const RetryNotice& notice);
JobEvent file_done_event(const FileResult& result);
JobEvent file_failed_event(const FailedFile& file);

} // namespace ferry
