#include "common_options.hpp"

#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "document/units.hpp"

#include <cstdint>
#include <utility>

namespace ferry {

using Poco::Dynamic::Var;
using Poco::JSON::Object;

std::optional<std::string> OptionFields::text_of(const Object& object, const std::string& key) {
    if (!object.has(key))
        return std::nullopt;
    return object.getValue<std::string>(key);
}

void OptionFields::problem(std::string pointer, std::string_view found, std::string allowed) {
    problems_.push_back({std::move(pointer), '"' + printable(found, 120) + '"', std::move(allowed)});
}

Duration OptionFields::duration(const Object& object, const std::string& pointer, const std::string& key) {
    const Var value = object.get(key);
    if (!value.isString())
        return Duration(static_cast<std::int64_t>(value.convert<double>() * 1000.0));
    if (const auto time = parse_duration(value.extract<std::string>()))
        return *time;
    problem(pointer + "/" + key, value.extract<std::string>(), "a duration such as 30, \"90s\", \"5m\" or \"6h\"");
    return {};
}

namespace {

// The address of a project's page, as a browser shows it, holds the id behind /u/.
std::string what_is_meant(const std::string& project) {
    std::string allowed = "a project id is owner/short-name, as in the address of the project's page, not its title";
    const std::size_t user = project.starts_with("https://") ? project.find("/u/") : std::string::npos;
    const std::size_t slash = user == std::string::npos ? user : project.find('/', user + 3);
    if (slash != std::string::npos && slash + 1 < project.size()) {
        const std::size_t end = project.find_first_of("/?#", slash + 1);
        allowed = "a project id is only a part of that address: write " +
                  printable(project.substr(user + 3, end == std::string::npos ? end : end - user - 3), 120);
    }
    return allowed;
}

} // namespace

void OptionFields::read_target(Target& target) {
    target.project = text("project").value_or("");
    target.parent = text("parent").value_or("");
    if (!options_.has("project"))
        return;
    const std::size_t slash = target.project.find('/');
    const bool good = slash != std::string::npos && slash > 0 && slash + 1 < target.project.size() &&
                      target.project.find('/', slash + 1) == std::string::npos &&
                      target.project.find_first_of(" \t\r\n") == std::string::npos;
    if (!good)
        problem("/project", target.project, what_is_meant(target.project));
}

void OptionFields::read_patience(PlatformOptions& platform) {
    const Object& retry = *options_.getObject("retry");
    platform.retry.attempts = retry.getValue<int>("attempts");
    platform.retry.max_elapsed = duration(retry, "/retry", "max_elapsed");
    const Object& timeouts = *options_.getObject("timeouts");
    platform.timeouts.connect = duration(timeouts, "/timeouts", "connect");
    platform.timeouts.stall = duration(timeouts, "/timeouts", "stall");
    platform.timeouts.answer = platform.timeouts.stall; // design: waiting for the answer to a part included
    if (timeouts.has("complete"))                       // of tasks that have files put together
        platform.complete_timeout = duration(timeouts, "/timeouts", "complete");
    for (const auto& [name, value] :
         {std::pair{"connect", platform.timeouts.connect}, std::pair{"stall", platform.timeouts.stall},
          std::pair{"complete", platform.complete_timeout}})
        if (timeouts.has(name) && value <= Duration(0))
            problem(std::string("/timeouts/") + name, format_duration(value), "a time above 0");
}

void OptionFields::read_credentials(CredentialOptions& credentials) const {
    credentials.endpoint = text("endpoint");
    credentials.profile = text("profile");
    credentials.token_env = text("token_env");
    credentials.token_file = text("token_file");
}

Status read_with(std::string_view json, const std::string& task, const std::function<void(const Object&)>& read) {
    const std::string options = "the options of " + task;
    const JsonResult parsed = parse_json(json);
    if (const auto* error = std::get_if<JsonError>(&parsed))
        return {ErrorKind::internal, options + " are not JSON: " + error->message};
    const Var& value = std::get<Var>(parsed);
    if (value.type() != typeid(Object::Ptr))
        return {ErrorKind::internal, options + " are not a JSON object"};
    try {
        read(*value.extract<Object::Ptr>());
        return {};
    } catch (const Poco::Exception& problem) {
        return {ErrorKind::internal, options + " are not what its schema admits: " + problem.displayText()};
    }
}

} // namespace ferry
