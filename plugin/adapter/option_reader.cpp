#include "option_reader.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "document/units.hpp"
#include "http/url.hpp"
#include "platform/endpoints.hpp"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace ferry {

namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

constexpr std::uint64_t least_part = 5ull << 20u; // contract 3
constexpr std::uint64_t most_part = 5ull << 30u;

std::optional<std::string> text_of(const Object& object, const std::string& key) {
    if (!object.has(key))
        return std::nullopt;
    return object.getValue<std::string>(key);
}

class Reader {
  public:
    explicit Reader(const Object& options) : options_(options) {}

    ReadOptions run() {
        UploadOptions& upload = out_.upload;
        read_target(upload.target);
        read_files(options_.getArray("files"), upload.files);
        read_part_size(upload.part_size);
        upload.parallel_parts = options_.getValue<int>("parallel_parts");
        upload.conflict = conflict_of(options_.getValue<std::string>("conflict"));
        upload.verify = options_.getValue<std::string>("verify") == "none" ? Verify::none : Verify::etag;
        read_retry(*options_.getObject("retry"), upload.retry);
        read_timeouts(*options_.getObject("timeouts"), upload);
        read_credentials(out_.credentials);
        return std::move(out_);
    }

  private:
    void problem(std::string pointer, std::string_view found, std::string allowed) {
        out_.problems.push_back({std::move(pointer), '"' + printable(found, 120) + '"', std::move(allowed)});
    }

    void read_target(Target& target) {
        target.project = text_of(options_, "project").value_or("");
        target.parent = text_of(options_, "parent").value_or("");
        if (!options_.has("project"))
            return;
        const std::size_t slash = target.project.find('/');
        const bool good = slash != std::string::npos && slash > 0 && slash + 1 < target.project.size() &&
                          target.project.find('/', slash + 1) == std::string::npos &&
                          target.project.find_first_of(" \t\r\n") == std::string::npos;
        if (!good)
            problem("/project", target.project,
                    "a project id is owner/short-name, as in the address of the project's page, not its title");
    }

    void read_files(const Array::Ptr& list, std::vector<FileRequest>& files) {
        for (const Var& entry : *list) {
            if (entry.type() == typeid(Array::Ptr)) {
                read_files(entry.extract<Array::Ptr>(), files); // as deep as the JSON reader lets it be
            } else if (entry.type() == typeid(Object::Ptr)) {
                const Object& file = *entry.extract<Object::Ptr>();
                files.push_back({file.getValue<std::string>("path"), text_of(file, "name"), true});
            } else {
                files.push_back({entry.extract<std::string>(), std::nullopt, false});
            }
        }
    }

    void read_part_size(std::optional<std::uint64_t>& part_size) {
        const Var value = options_.get("part_size");
        if (value.isString() && value.extract<std::string>() == "auto")
            return;
        part_size = value.isString() ? parse_size(value.extract<std::string>()) : value.convert<Poco::UInt64>();
        if (!part_size || *part_size < least_part || *part_size > most_part)
            problem("/part_size", value.toString(), "auto, or a size from 5MiB to 5GiB");
    }

    static Conflict conflict_of(const std::string& word) {
        if (word == "skip")
            return Conflict::skip;
        return word == "overwrite" ? Conflict::overwrite : Conflict::fail;
    }

    Duration duration(const Object& object, const std::string& pointer, const std::string& key) {
        const Var value = object.get(key);
        if (!value.isString())
            return Duration(static_cast<std::int64_t>(value.convert<double>() * 1000.0));
        if (const auto time = parse_duration(value.extract<std::string>()))
            return *time;
        problem(pointer + "/" + key, value.extract<std::string>(), "a duration such as 30, \"90s\", \"5m\" or \"6h\"");
        return {};
    }

    void read_retry(const Object& from, RetrySettings& retry) {
        retry.attempts = from.getValue<int>("attempts");
        retry.max_elapsed = duration(from, "/retry", "max_elapsed");
    }

    void read_timeouts(const Object& from, UploadOptions& upload) {
        upload.timeouts.connect = duration(from, "/timeouts", "connect");
        upload.timeouts.stall = duration(from, "/timeouts", "stall");
        upload.timeouts.answer = upload.timeouts.stall; // design: waiting for the answer to a part included
        upload.complete_timeout = duration(from, "/timeouts", "complete");
        for (const auto& [name, value] :
             {std::pair{"connect", upload.timeouts.connect}, std::pair{"stall", upload.timeouts.stall},
              std::pair{"complete", upload.complete_timeout}})
            if (value <= Duration(0))
                problem(std::string("/timeouts/") + name, format_duration(value), "a time above 0");
    }

    void read_credentials(CredentialOptions& credentials) {
        credentials.endpoint = text_of(options_, "endpoint");
        credentials.profile = text_of(options_, "profile");
        credentials.token_env = text_of(options_, "token_env");
        credentials.token_file = text_of(options_, "token_file");
    }

    const Object& options_;
    ReadOptions out_;
};

} // namespace

Result<ReadOptions> read_options(std::string_view json) {
    const JsonResult parsed = parse_json(json);
    if (const auto* error = std::get_if<JsonError>(&parsed))
        return Error{ErrorKind::internal, "the options of the upload are not JSON: " + error->message};
    const Var& value = std::get<Var>(parsed);
    if (value.type() != typeid(Object::Ptr))
        return Error{ErrorKind::internal, "the options of the upload are not a JSON object"};
    try {
        return Reader(*value.extract<Object::Ptr>()).run();
    } catch (const Poco::Exception& problem) {
        return Error{ErrorKind::internal,
                     "the options of the upload are not what its schema admits: " + problem.displayText()};
    }
}

} // namespace ferry
