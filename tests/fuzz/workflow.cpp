// The workflow file: read, checked against the schemas, linked, its references resolved.
#include "fuzz.hpp"

#include "fake_tasks.hpp"
#include "workflow/load.hpp"
#include "workflow/reference.hpp"

#include <algorithm>
#include <set>
#include <sys/mman.h>
#include <unistd.h>

using namespace ferry;

namespace {

constexpr std::string_view token = "hidden-0123456789abcdef";

// A file that lives in memory and is written anew for each input.
const std::string& file_with(const std::uint8_t* data, std::size_t size) {
    static const int descriptor = ::memfd_create("workflow", 0);
    static const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
    const bool written =
        ::ftruncate(descriptor, 0) == 0 && ::pwrite(descriptor, data, size, 0) == static_cast<ssize_t>(size);
    fuzz::require(written, "the file is written");
    return path;
}

LoadRequest request() {
    LoadRequest request;
    request.vars = {{"sample", "a*[b"}, {"count", "1e1"}};
    request.environment = [](std::string_view name) -> std::optional<std::string> {
        if (name == "SB_AUTH_TOKEN" || name == "TOKEN")
            return std::string(token);
        return name == "HOME" ? std::optional<std::string>("/home/me") : std::nullopt;
    };
    request.work_dir = "/nonexistent/work";
    request.state_dir = "/nonexistent/state";
    return request;
}

void check_steps(const Workflow& workflow) {
    std::set<std::size_t> done;
    for (const std::size_t number : workflow.order) {
        const Step& step = workflow.steps.at(number);
        fuzz::require(
            std::all_of(step.needs.begin(), step.needs.end(), [&](std::size_t n) { return done.contains(n); }),
            "each step comes after those it needs");
        fuzz::require(done.insert(number).second, "each step stands once in the order");
        fuzz::require(step.entry && step.validator && step.with, "an admitted step is complete");
        fuzz::require(workflow.by_id.at(step.id) == number, "a step is found by its id");
        fuzz::require(step.retry.attempts >= 1 && step.retry.delay.count() >= 0, "the retries are sound");
        fuzz::require(!step.timeout || step.timeout->count() > 0, "the timeout is above 0");
    }
    fuzz::require(done.size() == workflow.steps.size() && !done.empty(), "the order has all steps");
}

// What the input itself says stands in quotes, so never at the start.
bool tells_of_exception(std::string_view found) {
    return found.starts_with("cannot be checked: ") || found.starts_with("a value that cannot be checked");
}

// Pieces together are the text again.
void check_template(std::string_view text) {
    std::string joined;
    bool bad = false;
    for (const Piece& piece : parse_template(text)) {
        if (const auto* plain = std::get_if<std::string>(&piece))
            for (std::size_t i = 0; i < plain->size(); ++i)
                joined += plain->substr(i, 2) == "${" ? "$$" : std::string(1, (*plain)[i]);
        else if (const auto* reference = std::get_if<Reference>(&piece))
            joined += reference->text;
        else
            bad = true;
    }
    fuzz::require(bad || joined == text, "pieces together are the text again", printable(joined, 4096));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const test::FakeTasks tasks;
    const std::string& file = file_with(data, size);
    const bool holds_token = fuzz::view(data, size).find(token) != std::string_view::npos; // of its own
    const LoadResult result = load_workflow(file, tasks.registry(), request());
    fuzz::require(!result.plugin_failed, "no plugin is missing");
    fuzz::require((result.exit_code() == 0) == (result.workflow != nullptr), "there is a workflow or an error");
    fuzz::require(result.workflow || !result.diagnostics.empty(), "what is refused has a reason");
    for (const Diagnostic& diagnostic : result.diagnostics) {
        const std::string text = to_text(diagnostic);
        fuzz::require_plain(text, "a diagnostic is plain");
        fuzz::require(holds_token || text.find(token) == std::string::npos, "no diagnostic shows a token", text);
        fuzz::require(!tells_of_exception(diagnostic.found), "nothing throws", text);
    }
    if (result.workflow)
        check_steps(*result.workflow);
    check_template(fuzz::view(data, size));
    return 0;
}
