#include "report/leftovers.hpp"

#include "document/text.hpp"
#include "document/units.hpp"
#include "schema/json_value.hpp"
#include "workflow/step_record.hpp"

#include <algorithm>
#include <limits>

namespace ferry {
namespace {

// 0 where a plugin's slip makes it no count.
std::uint64_t count_in(const JsonObject& object, const char* key) {
    const Json value = member(object, key);
    if (kind_of(value) != JsonKind::integer)
        return 0;
    try {
        return value.convert<Poco::UInt64>();
    } catch (const Poco::Exception&) {
        return 0;
    }
}

std::uint64_t sum_of(std::uint64_t a, std::uint64_t b) {
    return b > std::numeric_limits<std::uint64_t>::max() - a ? std::numeric_limits<std::uint64_t>::max() : a + b;
}

// The options but for what arrays hold.
std::string frame_of(const JsonObject& with) {
    auto frame = new_object();
    for (const auto& [name, value] : with)
        frame->set(name, array_of(value) ? Json(JsonArray::Ptr(new JsonArray)) : value);
    return canonical_json(Json(frame));
}

} // namespace

Leftovers::Drop Leftovers::drop_from(const Json& value) {
    const auto object = object_of(value);
    if (!object)
        return {};
    Drop drop{text_of(member(*object, "task")), object_of(member(*object, "with"))};
    return drop.task.empty() ? Drop() : drop;
}

// True if one of the same options was there already.
bool Leftovers::join(std::vector<Drop>& drops, const Drop& drop) {
    const std::string frame = frame_of(*drop.with);
    const auto same = std::find_if(drops.begin(), drops.end(), [&](const Drop& one) {
        return one.task == drop.task && frame_of(*one.with) == frame;
    });
    if (same == drops.end())
        return false;
    auto joined = new_object();
    for (const std::string& name : same->with->getNames()) { // in their order
        const Json value = same->with->get(name);
        JsonArray::Ptr items = array_of(value) ? JsonArray::Ptr(new JsonArray) : JsonArray::Ptr();
        for (const auto& part : {value, member(*drop.with, name.c_str())})
            if (const auto array = items ? array_of(part) : JsonArray::Ptr())
                for (const Json& item : *array)
                    items->add(item);
        joined->set(name, items ? Json(items) : value);
    }
    same->with = joined;
    return true;
}

void Leftovers::add_step(const JsonObject& unfinished) {
    uploads_ = sum_of(uploads_, count_in(unfinished, "uploads"));
    bytes_ = sum_of(bytes_, count_in(unfinished, "bytes"));
    const Drop drop = drop_from(member(unfinished, "drop"));
    all_named_ = all_named_ && drop.with && uploads_ <= most_named;
    if (!all_named_)
        drops_.clear();
    else if (!join(drops_, drop))
        drops_.push_back(drop);
    const Drop widest = drop_from(member(unfinished, "drop_all"));
    if (!widest.with || join(widest_, widest))
        return;
    if (widest_.size() < most_commands)
        widest_.push_back(widest);
    else
        more_commands_ = true;
}

void Leftovers::add(const RunResult& result) {
    for (const StepResult& step : result.steps)
        if (step.status == StepStatus::failed)
            if (const auto unfinished = object_of(member(*step.outputs, "unfinished")))
                if (count_in(*unfinished, "uploads") > 0)
                    add_step(*unfinished);
}

std::string Leftovers::text(const std::string& state_dir, const Command& command) const {
    const bool one = uploads_ == 1;
    std::string text = count_of(uploads_, "unfinished upload") + " (" + format_size(bytes_) +
                       " stored on the platform, known in " + printable(state_dir) + ") " + (one ? "is" : "are") +
                       " kept for resume: run the same again to finish " + (one ? "it" : "them");
    const std::vector<Drop>& drops = all_named_ ? drops_ : widest_;
    if (drops.empty())
        return text;
    text += all_named_ ? std::string(", or drop ") + (one ? "it" : "them") + " with: "
                       : ", or drop all that this state directory knows there with: ";
    for (std::size_t i = 0; i < drops.size(); ++i)
        text += (i == 0 ? "" : "; and ") + command(drops[i].task, *drops[i].with);
    return text + (!all_named_ && more_commands_ ? "; and so for the other targets" : "");
}

} // namespace ferry
