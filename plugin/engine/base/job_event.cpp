#include "base/job_event.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"

#include <utility>

namespace ferry {
namespace {

constexpr std::size_t longest_text = 8192;

} // namespace

EventFields& EventFields::text(const char* key, const std::string& value) {
    object_->set(key, is_utf8(value) ? value : printable(value, longest_text));
    return *this;
}

EventFields& EventFields::number(const char* key, std::uint64_t value) {
    object_->set(key, static_cast<Poco::UInt64>(value));
    return *this;
}

EventFields& EventFields::milliseconds(const char* key, Duration time) {
    return number(key, time.count() < 0 ? 0 : static_cast<std::uint64_t>(time.count()));
}

JobEvent EventFields::event(std::string type) const {
    return {std::move(type), to_json(Poco::Dynamic::Var(object_))};
}

} // namespace ferry
