// How far a job is, to a host that wants to know.
#pragma once

#include "ferry_plugin.h"
#include "transfer/upload_job.hpp"

namespace ferry {

void report_progress(const ferry_services& services, const UploadProgress& progress, bool final);

} // namespace ferry
