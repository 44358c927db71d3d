// What happens in a job, for programs.
#pragma once

#include "base/clock.hpp"

#include <Poco/JSON/Object.h>

#include <cstdint>
#include <string>

namespace ferry {

// Type and the fields as a JSON object's text.
struct JobEvent {
    std::string type;
    std::string json;
};

// Makes one, field by field.
class EventFields {
  public:
    EventFields& text(const char* key, const std::string& value); // a path may be bytes; JSON is UTF-8
    EventFields& number(const char* key, std::uint64_t value);
    EventFields& milliseconds(const char* key, Duration time); // a negative one as 0
    JobEvent event(std::string type) const;

  private:
    Poco::JSON::Object::Ptr object_ = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
};

} // namespace ferry
