// The schema's defaults, put where a document leaves them out.
#pragma once

#include "schema/json_value.hpp"

namespace ferry {

// A copy of `options` with the defaults of `schema`'s properties for keys that are missing, in nested objects too (a
// default {} is filled in its turn). `default` is read beside a $ref before it is at its target. A property that only
// one branch of anyOf or oneOf declares gets none: which branch applies is the document's to say.
JsonObject::Ptr with_defaults(const JsonObject::Ptr& schema, const JsonObject& options);

} // namespace ferry
