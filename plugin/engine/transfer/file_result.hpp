// A file's entry among the outputs, from what the platform says of it.
#pragma once

#include "platform/platform_api.hpp"
#include "transfer/upload_job.hpp"
#include "transfer/upload_session.hpp"

namespace ferry {

// Name, project and parent are the platform's where it tells them, else what was asked for. How the file was cut and
// sent is for the caller to fill in.
FileResult file_result(const PlannedFile& file, const Target& target, const RemoteFile& remote);

} // namespace ferry
