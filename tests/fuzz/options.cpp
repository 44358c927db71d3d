// The options of tasks: what the schemas admit, the readers behind them take without surprise. An input is a JSON
// object, or the lines KEY=VALUE that `ferry task --set` would get.
#include "fuzz.hpp"

#include "cli/set_options.hpp"
#include "document/strict_json.hpp"
#include "option_reader.hpp"
#include "schema/defaults.hpp"
#include "schema/hostile_values.hpp"
#include "schema/json_value.hpp"
#include "schema/validator.hpp"
#include "schemas.hpp"
#include "tasks/command_options.hpp"
#include "unfinished_options.hpp"
#include "verify_option_reader.hpp"

using namespace ferry;

namespace {

JsonObject::Ptr from_sets(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> sets;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const std::size_t equals = line.find('=');
        if (equals != std::string_view::npos)
            sets.emplace_back(line.substr(0, equals), line.substr(equals + 1));
    }
    Diagnostics problems;
    auto options = task_options("", sets, problems);
    fuzz::require(options || has_errors(problems), "what is refused has a reason");
    for (const Diagnostic& problem : problems)
        fuzz::require_plain(to_text(problem), "a problem of --set is plain");
    return options;
}

JsonObject::Ptr read_input(std::string_view text) {
    if (!text.starts_with('{'))
        return from_sets(text);
    const JsonResult parsed = parse_json(text);
    const auto* value = std::get_if<Json>(&parsed);
    return value ? object_of(*value) : JsonObject::Ptr();
}

JsonObject::Ptr schema_of(std::string_view text) {
    return object_of(std::get<Json>(parse_json(text)));
}

// The options with defaults as JSON; empty if they are refused.
std::string admitted(const Validator& validator, const JsonObject::Ptr& options) {
    Diagnostics problems = validator.check(options, "file", "/with");
    find_hostile_values(options, "file", "/with", problems);
    for (const Diagnostic& problem : problems)
        fuzz::require_plain(to_text(problem), "a problem is plain");
    if (!problems.empty())
        return {};
    const auto complete = with_defaults(validator.schema(), *options);
    fuzz::require(validator.check(complete).empty(), "the schema admits its own defaults");
    fuzz::require(json_equal(complete, with_defaults(validator.schema(), *complete)), "defaults are filled in once");
    return to_json(complete);
}

void check_upload(const JsonObject::Ptr& options) {
    static const Validator validator(schema_of(schemas::upload()));
    const std::string json = admitted(validator, options);
    if (json.empty())
        return;
    const auto read = read_options(json);
    fuzz::require(read.ok(), "what the schema admits can be read", read.ok() ? "" : read.error().message);
    for (const OptionProblem& problem : read->problems)
        fuzz::require_plain(problem.pointer + problem.found + problem.allowed, "a problem of the upload is plain");
    if (!read->problems.empty())
        return;
    const UploadOptions& upload = read->upload;
    fuzz::require(upload.target.project.empty() != upload.target.parent.empty(), "one target");
    fuzz::require(upload.parallel_parts >= 1 && upload.parallel_parts <= 64, "1 to 64 parts at once");
    fuzz::require(upload.retry.attempts >= 1 && upload.retry.attempts <= 100, "1 to 100 attempts");
    fuzz::require(upload.timeouts.connect > Duration(0) && upload.timeouts.stall > Duration(0) &&
                      upload.complete_timeout > Duration(0) && upload.retry.max_elapsed >= Duration(0),
                  "times are above 0");
    fuzz::require(!upload.part_size || (*upload.part_size >= 5u << 20u && *upload.part_size <= 5ull << 30u),
                  "the size of parts is one that the platform takes");
}

template <class Options>
void check_companion(const Validator& validator, const JsonObject::Ptr& options,
                     Result<ReadTask<Options>> (*read)(std::string_view)) {
    const std::string json = admitted(validator, options);
    if (json.empty())
        return;
    const auto task = read(json);
    fuzz::require(task.ok(), "what the schema admits can be read", task.ok() ? "" : task.error().message);
    for (const OptionProblem& problem : task->problems)
        fuzz::require_plain(problem.pointer + problem.found + problem.allowed, "a problem of the task is plain");
}

void check_companions(const JsonObject::Ptr& options) {
    static const Validator list(schema_of(schemas::uploads_list()));
    static const Validator abort(schema_of(schemas::uploads_abort()));
    check_companion(list, options, read_list_options);
    check_companion(abort, options, read_abort_options);
    static const Validator verify(schema_of(schemas::upload_verify()));
    check_companion(verify, options, read_verify_options);
}

void check_command(const JsonObject::Ptr& options) {
    static const Validator validator(schema_of(schemas::command()));
    const std::string json = admitted(validator, options);
    if (json.empty())
        return;
    Diagnostics problems;
    const CommandOptions command = read_command_options(json, problems);
    for (const Diagnostic& problem : problems)
        fuzz::require_plain(to_text(problem), "a problem of the command is plain");
    fuzz::require(!command.command.empty() || has_errors(problems), "there is a program to run");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto options = read_input(fuzz::view(data, size));
    if (!options)
        return 0;
    check_upload(options);
    check_companions(options);
    check_command(options);
    return 0;
}
