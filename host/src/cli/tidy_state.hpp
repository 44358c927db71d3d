// What runs leave in the state directory for later runs, removed once nobody has used it for kept_unused_days.
#pragma once

#include <string>

namespace ferry {

// Records of steps, and the folders of runs and batches; not what is in use. Bounded in work, and at most once an hour
// for a state directory; what it leaves, a later turn finds. Nothing of it fails a run.
void tidy_state(const std::string& state_dir);

} // namespace ferry
