// PlatformSettings by name, for `--set`.
#include "document/text.hpp"
#include "document/units.hpp"
#include "local_platform.hpp"

#include <stdexcept>

namespace ferry::platform {
namespace {

struct Setting {
    std::string allowed;
    bool (*set)(PlatformSettings&, std::string_view); // false if the value is not allowed
};

template <class T> using Choice = std::pair<std::string_view, T>;

template <class T> bool choose(T& into, std::string_view value, std::initializer_list<Choice<T>> choices) {
    for (const auto& [name, meaning] : choices)
        if (name == value) {
            into = meaning;
            return true;
        }
    return false;
}

bool truth(bool& into, std::string_view value) {
    return choose<bool>(into, value, {{"true", true}, {"false", false}});
}

bool size(std::uint64_t& into, std::string_view value) {
    const auto read = parse_size(value);
    if (read)
        into = *read;
    return read.has_value();
}

bool time(Milliseconds& into, std::string_view value) {
    const auto read = parse_duration(value);
    if (read)
        into = *read;
    return read.has_value();
}

// With a sign, as "-1h".
bool signed_time(Milliseconds& into, std::string_view value) {
    const bool behind = value.starts_with('-');
    if (behind || value.starts_with('+'))
        value.remove_prefix(1);
    const bool good = time(into, value);
    if (good && behind)
        into = -into;
    return good;
}

bool part_size(PlatformSettings& s, std::string_view value) {
    if (choose<PartSizePolicy>(s.part_size, value, {{"echo", PartSizePolicy::echo}, {"large", PartSizePolicy::large}}))
        return true;
    s.part_size = PartSizePolicy::fixed;
    return size(s.fixed_part_size, value) && s.fixed_part_size > 0;
}

bool header(PlatformSettings& s, std::string_view value) {
    const auto colon = value.find(':');
    if (colon == std::string_view::npos || colon == 0)
        return false;
    s.demanded_headers[std::string(value.substr(0, colon))] = std::string(value.substr(colon + 1));
    return true;
}

using S = PlatformSettings;
using V = std::string_view;

using Settings = std::map<std::string, Setting, std::less<>>;

// Those that take any value of a kind.
Settings measures() {
    return {
        {"part_size", {"echo, large or a size", part_size}},
        {"min_part_size", {"a size", [](S& s, V v) { return size(s.min_part_size, v); }}},
        {"max_part_size", {"a size", [](S& s, V v) { return size(s.max_part_size, v); }}},
        {"parallel_uploads", {"true or false", [](S& s, V v) { return truth(s.parallel_uploads, v); }}},
        {"may_write", {"true or false", [](S& s, V v) { return truth(s.may_write, v); }}},
        {"refuse_twin", {"true or false", [](S& s, V v) { return truth(s.refuse_twin, v); }}},
        {"enforce_size", {"true or false", [](S& s, V v) { return truth(s.enforce_size, v); }}},
        {"rate_reset_ms", {"true or false", [](S& s, V v) { return truth(s.rate_reset_ms, v); }}},
        {"url_lifetime", {"a duration", [](S& s, V v) { return time(s.url_lifetime, v); }}},
        {"clock_skew",
         {"a duration, with - in front for a clock that is behind",
          [](S& s, V v) { return signed_time(s.clock_skew, v); }}},
        {"api_latency", {"a duration", [](S& s, V v) { return time(s.api_latency, v); }}},
        {"storage_latency", {"a duration", [](S& s, V v) { return time(s.storage_latency, v); }}},
        {"header", {"NAME:VALUE", header}},
        {"host",
         {"a host name",
          [](S& s, V v) {
              s.advertised_host = v;
              return !v.empty();
          }}},
    };
}

// Those that take one of a few words.
Settings choices() {
    return {
        {"conflict",
         {"at-init, at-complete or rename",
          [](S& s, V v) {
              return choose<ConflictPolicy>(s.conflict, v,
                                            {{"at-init", ConflictPolicy::at_init},
                                             {"at-complete", ConflictPolicy::at_complete},
                                             {"rename", ConflictPolicy::rename}});
          }}},
        {"expires",
         {"iso, s or ms",
          [](S& s, V v) {
              return choose<ExpiresForm>(
                  s.expires, v,
                  {{"iso", ExpiresForm::iso}, {"s", ExpiresForm::seconds}, {"ms", ExpiresForm::milliseconds}});
          }}},
        {"success_codes",
         {"top or report",
          [](S& s, V v) {
              return choose<bool>(s.success_codes_on_top, v, {{"top", true}, {"report", false}});
          }}},
        {"complete_status",
         {"200 or 201",
          [](S& s, V v) {
              return choose<int>(s.complete_status, v, {{"200", 200}, {"201", 201}});
          }}},
        {"bulk_key",
         {"either, id or file_id",
          [](S& s, V v) {
              return choose<BulkKey>(s.bulk_key, v,
                                     {{"either", BulkKey::either}, {"id", BulkKey::id}, {"file_id", BulkKey::file_id}});
          }}},
        {"href_scheme",
         {"http or https",
          [](S& s, V v) {
              return choose<std::string>(s.href_scheme, v, {{"http", "http"}, {"https", "https"}});
          }}},
        {"types",
         {"upper or lower",
          [](S& s, V v) {
              return choose<bool>(s.upper_case_types, v, {{"upper", true}, {"lower", false}});
          }}},
        {"patch_null",
         {"remove or ignore",
          [](S& s, V v) {
              return choose<bool>(s.patch_null_removes, v, {{"remove", true}, {"ignore", false}});
          }}},
        {"etag",
         {"md5, kms or opaque",
          [](S& s, V v) {
              return choose<EtagForm>(s.etag, v,
                                      {{"md5", EtagForm::md5}, {"kms", EtagForm::kms}, {"opaque", EtagForm::opaque}});
          }}},
    };
}

const Settings& table() {
    static const Settings settings = [] {
        Settings all = measures();
        all.merge(choices());
        return all;
    }();
    return settings;
}

} // namespace

void set(PlatformSettings& settings, std::string_view name, std::string_view value) {
    const auto found = table().find(name);
    if (found == table().end()) {
        std::string names;
        for (const auto& [known, setting] : table())
            names += " " + known;
        throw std::invalid_argument("no such setting: " + printable(name) + "; there are" + names);
    }
    if (!found->second.set(settings, value))
        throw std::invalid_argument("setting " + printable(name) + " must be " + found->second.allowed + ", not " +
                                    printable(value));
}

} // namespace ferry::platform
