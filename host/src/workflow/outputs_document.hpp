// The outputs document: what a run hands on, as schemas/outputs.schema.json says.
#pragma once

#include "workflow/runner.hpp"

#include <Poco/JSON/Object.h>

namespace ferry {

// With `row` and `vars` if the result belongs to a row of a batch.
Poco::JSON::Object::Ptr outputs_document(const RunResult& result);

} // namespace ferry
