#include "metadata/sidecar.hpp"

#include "base/descriptor.hpp"
#include "base/system_reason.hpp"
#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "state/private_folder.hpp"

#include <Poco/JSON/Object.h>

#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <sys/stat.h>
#include <variant>

namespace ferry {
namespace {

constexpr std::size_t sidecar_limit = 4u << 20; // bytes; 1,000 pairs of the longest texts, escaped, fit twice

struct Sidecar {
    std::string name; // for people
    const std::function<void(std::string)>& warn;

    void unusable(const std::string& why) const { warn(name + ": " + why + "; the file goes without it"); }

    FileMetadata pairs_of(const Poco::JSON::Object& object) const {
        FileMetadata metadata;
        for (const auto& [key, value] : object) {
            if (value.isEmpty()) // null is no value
                continue;
            const auto text = metadata_text(value);
            std::string problem = metadata_key_problem(key);
            if (problem.empty())
                problem = text ? metadata_value_problem(*text) : "is no text, number or truth value";
            if (problem.empty())
                metadata.pairs[key] = *text;
            else
                warn(name + ": '" + printable(key, 100) + "' is left out: " + problem);
        }
        return metadata;
    }
};

} // namespace

FileMetadata read_sidecar(const std::string& path, const std::function<void(std::string)>& warn) {
    const std::string beside = path + ".meta";
    const Sidecar sidecar{printable(beside), warn};
    const Descriptor file(::open(beside.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file) {
        if (errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG)
            sidecar.unusable("cannot be opened: " + system_reason(errno));
        return {};
    }
    struct stat info {};
    if (::fstat(file.get(), &info) == 0 && S_ISDIR(info.st_mode)) // a folder that happens to be called so
        return {};
    if (!S_ISREG(info.st_mode)) {
        sidecar.unusable("is no regular file");
        return {};
    }
    const Result<std::string> text = read_all(file.get(), sidecar_limit + 1);
    if (!text.ok() || text->size() > sidecar_limit) {
        sidecar.unusable(text.ok() ? "is larger than 4 MiB" : "cannot be read: " + text.error().message);
        return {};
    }
    const JsonResult parsed = parse_json(*text);
    if (const auto* error = std::get_if<JsonError>(&parsed)) {
        sidecar.unusable("line " + std::to_string(error->line) + ", column " + std::to_string(error->column) +
                         ": is not JSON: " + printable(error->message));
        return {};
    }
    const auto& value = std::get<Poco::Dynamic::Var>(parsed);
    if (value.type() != typeid(Poco::JSON::Object::Ptr)) {
        sidecar.unusable("is no JSON object of metadata");
        return {};
    }
    FileMetadata metadata = sidecar.pairs_of(*value.extract<Poco::JSON::Object::Ptr>());
    if (metadata.pairs.size() <= metadata_limits::pairs)
        return metadata;
    sidecar.unusable(too_many_pairs(metadata.pairs.size()));
    return {};
}

} // namespace ferry
