// The C functions behind ferry_services: each finds its session, does its work, and lets no exception out.
#pragma once

#include "ferry_plugin.h"

namespace ferry {

class TaskSession;

ferry_services services_for(TaskSession& session);

} // namespace ferry
