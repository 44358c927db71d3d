// SIGINT, SIGTERM, SIGHUP and SIGUSR1: the first stops the run in order, a second one ends the process at once.
#pragma once

#include "stop.hpp"
#include "tasks/process_groups.hpp"

namespace ferry {

// Installs the handlers for the life of the process; both arguments must live as long. INT and HUP stay ignored where
// they were (nohup, background jobs of a shell). A second signal kills the groups and exits with 128 + its number; one
// that follows within half a second counts as the same (timeout and schedulers signal process and group in one go).
void install_signal_handlers(StopFlag& stop, ProcessGroups& groups);

// Writing to a closed pipe, or beyond the limit of a file's size, is an error to be told, not a death. Commands get the
// default back.
void ignore_write_signals();

} // namespace ferry
