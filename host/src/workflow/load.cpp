#include "workflow/load.hpp"

#include "document/strict_json.hpp"
#include "schema/json_places.hpp"
#include "schema/json_value.hpp"
#include "unique_fd.hpp"
#include "workflow/check_options.hpp"
#include "workflow/draft.hpp"
#include "workflow/scope.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <variant>

namespace ferry {

namespace {

constexpr std::size_t kLargestFile = 64u << 20;

std::string system_error() {
    return std::strerror(errno);
}

// The content, or nullopt with the reason in `reason`. A FIFO or device is never waited for.
std::optional<std::string> read_regular_file(const std::string& file, std::string& reason) {
    const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0) {
        reason = "cannot be read: " + system_error();
        return std::nullopt;
    }
    if (!S_ISREG(status.st_mode)) {
        reason = S_ISDIR(status.st_mode) ? "is a folder" : "is no regular file";
        return std::nullopt;
    }
    std::string content;
    char buffer[65536];
    for (;;) {
        const ssize_t count = ::read(fd.get(), buffer, sizeof buffer);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            reason = "cannot be read: " + system_error();
            return std::nullopt;
        }
        if (count == 0)
            return content;
        content.append(buffer, static_cast<std::size_t>(count));
        if (content.size() > kLargestFile) {
            reason = "is larger than " + std::to_string(kLargestFile >> 20) + " MiB";
            return std::nullopt;
        }
    }
}

// By the step that it belongs to, so that all that is wrong with one stands together; what belongs to none comes first.
long step_number(const Diagnostic& diagnostic) {
    constexpr std::string_view kSteps = "/steps/";
    return diagnostic.pointer.starts_with(kSteps) ? std::strtol(diagnostic.pointer.c_str() + kSteps.size(), nullptr, 10)
                                                  : -1;
}

// `text`: of the workflow file, to tell where in it the problems are; empty if there is none.
LoadResult finished(Draft&& draft, bool plugin_failed, std::string_view text) {
    LoadResult result;
    add_places(text, draft.diagnostics);
    std::stable_sort(draft.diagnostics.begin(), draft.diagnostics.end(),
                     [](const Diagnostic& a, const Diagnostic& b) { return step_number(a) < step_number(b); });
    result.plugin_failed = plugin_failed;
    result.token_variables = draft.workflow.token_variables;
    if (!has_errors(draft.diagnostics))
        result.workflow = std::make_shared<const Workflow>(std::move(draft.workflow));
    result.diagnostics = std::move(draft.diagnostics);
    return result;
}

std::string folder_of(const std::string& file) {
    std::error_code error;
    const auto path = std::filesystem::absolute(file, error).lexically_normal();
    return path.has_parent_path() ? path.parent_path().string() : "/";
}

LoadResult check_task(const std::string& task, const JsonObject::Ptr& options, const std::string& file,
                      const TaskRegistry& registry, const LoadRequest& request) {
    Draft draft;
    draft.workflow.file = file;
    draft.workflow.directory = file.empty() ? request.work_dir : folder_of(file);
    draft.workflow.name = task;
    Step& step = draft.workflow.steps.emplace_back();
    step.id = step.task = task;
    step.with = options ? options : new_object();
    draft.workflow.by_id[task] = 0;
    draft.workflow.order = {0};
    bind_variables(new_object(), request.vars, request.environment, draft);
    const bool plugin_failed = find_tasks(registry, draft);
    check_options(Graph(std::vector<std::vector<std::size_t>>(1)), request, draft);
    return finished(std::move(draft), plugin_failed, {});
}

Diagnostic unexpected(const std::string& file, const std::exception& error) {
    return {file, "", 0, 0, std::string("cannot be checked: ") + error.what(), "", false};
}

// Nothing in there should throw but for want of memory; a message is then still better than a crash.
template <typename Check> LoadResult guarded(const std::string& file, Check&& check) {
    try {
        return check();
    } catch (const std::exception& error) {
        LoadResult result;
        result.diagnostics.push_back(unexpected(file, error));
        return result;
    }
}

} // namespace

Environment process_environment() {
    return [](std::string_view name) -> std::optional<std::string> {
        const char* value = std::getenv(std::string(name).c_str());
        return value ? std::optional<std::string>(value) : std::nullopt;
    };
}

int LoadResult::exit_code() const {
    if (plugin_failed)
        return 3;
    return has_errors(diagnostics) || !workflow ? 2 : 0;
}

Poco::JSON::Object::Ptr read_json_object(const std::string& file, Diagnostics& diagnostics, std::string* text) {
    const auto refuse = [&](std::string found, std::string allowed, std::size_t line = 0, std::size_t column = 0) {
        diagnostics.push_back({file, "", line, column, std::move(found), std::move(allowed), false});
        return JsonObject::Ptr();
    };
    std::string reason;
    auto content = read_regular_file(file, reason);
    if (!content)
        return refuse(reason, "needed: a readable file with a JSON object");
    JsonResult parsed = parse_json(*content);
    if (const auto* error = std::get_if<JsonError>(&parsed))
        return refuse(error->message, "", error->line, error->column);
    auto object = object_of(std::get<Json>(parsed));
    if (!object) {
        refuse(describe_value(std::get<Json>(parsed)), "needed: a JSON object");
        add_places(*content, diagnostics);
    }
    if (text)
        *text = *std::move(content);
    return object;
}

struct WorkflowTemplate::Parts {
    JsonObject::Ptr document;
    std::string text;
    Draft draft;
    Graph graph;
    bool plugin_failed;
    std::map<std::string, bool> declared;

    Parts(JsonObject::Ptr file_content, std::string file_text, const std::string& file, const TaskRegistry& registry)
        : document(std::move(file_content))
        , text(std::move(file_text))
        , graph(drafted(document, file, draft))
        , plugin_failed(find_tasks(registry, draft)) {
        add_places(text, draft.diagnostics);
        if (const auto vars = object_of(document->get("vars")))
            for (const std::string& name : vars->getNames())
                declared[name] = kind_of(vars->get(name)) == JsonKind::null;
    }

    static Graph drafted(const JsonObject::Ptr& document, const std::string& file, Draft& draft) {
        draft.workflow.file = file;
        draft.workflow.directory = folder_of(file);
        draft_workflow(document, draft);
        return link_steps(document, draft);
    }
};

WorkflowTemplate::WorkflowTemplate(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}
WorkflowTemplate::~WorkflowTemplate() = default;
WorkflowTemplate::WorkflowTemplate(WorkflowTemplate&&) noexcept = default;
WorkflowTemplate& WorkflowTemplate::operator=(WorkflowTemplate&&) noexcept = default;

std::optional<WorkflowTemplate> WorkflowTemplate::read(const std::string& file, const TaskRegistry& registry,
                                                       Diagnostics& diagnostics) {
    try {
        std::string text;
        auto document = read_json_object(file, diagnostics, &text);
        if (!document)
            return std::nullopt;
        return WorkflowTemplate(std::make_unique<const Parts>(std::move(document), std::move(text), file, registry));
    } catch (const std::exception& error) {
        diagnostics.push_back(unexpected(file, error));
        return std::nullopt;
    }
}

LoadResult WorkflowTemplate::load(const LoadRequest& request) const {
    return guarded(parts_->draft.workflow.file, [&] {
        Draft draft = parts_->draft;
        bind_variables(parts_->document, request.vars, request.environment, draft);
        check_options(parts_->graph, request, draft);
        return finished(std::move(draft), parts_->plugin_failed, parts_->text);
    });
}

LoadResult WorkflowTemplate::bind(const LoadRequest& request) const {
    return guarded(parts_->draft.workflow.file, [&] {
        Draft draft = parts_->draft;
        bind_variables(parts_->document, request.vars, request.environment, draft);
        return finished(std::move(draft), parts_->plugin_failed, parts_->text);
    });
}

const std::map<std::string, bool>& WorkflowTemplate::declared() const {
    return parts_->declared;
}

const Workflow& WorkflowTemplate::steps() const {
    return parts_->draft.workflow;
}

const Diagnostics& WorkflowTemplate::problems() const {
    return parts_->draft.diagnostics;
}

bool WorkflowTemplate::lacks_tasks() const {
    const auto& steps = parts_->draft.workflow.steps;
    return std::any_of(steps.begin(), steps.end(), [](const Step& step) { return !step.entry; });
}

LoadResult load_workflow(const std::string& file, const TaskRegistry& registry, const LoadRequest& request) {
    LoadResult result;
    const auto made = WorkflowTemplate::read(file, registry, result.diagnostics);
    return made ? made->load(request) : result;
}

LoadResult load_task(const std::string& task, const Poco::JSON::Object::Ptr& options, const std::string& file,
                     const TaskRegistry& registry, const LoadRequest& request) {
    return guarded(file, [&] { return check_task(task, options, file, registry, request); });
}

} // namespace ferry
