#include "tasks/command_task.hpp"

#include "document/glob.hpp"
#include "document/strict_json.hpp"
#include "document/text.hpp"
#include "document/units.hpp"
#include "plugins/abi_text.hpp"
#include "plugins/error_text.hpp"
#include "secret_text.hpp"

#include <Poco/JSON/Array.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>

namespace ferry {
namespace {

constexpr std::size_t shown_lines = 10;
constexpr std::size_t shown_line_size = 400;

std::string text_of(ferry_string text) {
    return std::string(from_abi(text).value_or(""));
}

int32_t fail(ferry_error& error, const char* kind, const std::string& message) {
    set_error(&error, FERRY_FAILED, kind, message);
    return FERRY_FAILED;
}

std::string signal_name(int signal) {
    const char* name = ::sigabbrev_np(signal);
    return name ? "SIG" + std::string(name) : "signal " + std::to_string(signal);
}

std::string start_reason(const std::string& program, int error) {
    const std::string what = "the command '" + printable(program, 200) + "' cannot be started: ";
    switch (error) {
    case ENOEXEC:
        return what + "it is neither a program of this machine nor a script with a #! line";
    case ENOENT:
        return what + "the interpreter of its #! line, or its loader, is missing";
    case E2BIG:
        return what + "its arguments and environment are too long together; pass long lists in a file";
    default:
        return what + std::strerror(error);
    }
}

bool same_file(const UniqueFd& file, const std::string& path) {
    struct stat left {};
    struct stat right {};
    return ::fstat(file.get(), &left) == 0 && ::stat(path.c_str(), &right) == 0 && left.st_dev == right.st_dev &&
           left.st_ino == right.st_ino;
}

bool is_full(const std::string& file) {
    struct statvfs disk {};
    return ::statvfs(std::filesystem::path(file).parent_path().c_str(), &disk) == 0 && disk.f_blocks > 0 &&
           disk.f_bavail == 0;
}

// Most commands print nothing: thousands of empty files help nobody.
void remove_if_empty(const std::string& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && info.st_size == 0)
        ::unlink(path.c_str());
}

} // namespace

CommandTask::CommandTask(CommandOptions options, const CommandSettings& settings, const ferry_run_context& context,
                         const ferry_services& services)
    : options_(std::move(options))
    , settings_(settings)
    , context_(context)
    , services_(services)
    , work_dir_(text_of(context.work_dir)) {}

void CommandTask::log(int32_t level, const std::string& message) const {
    services_.log(services_.ctx, level, to_abi(message));
}

void CommandTask::set_output(const std::string& name, const std::string& json) const {
    services_.output_set(services_.ctx, to_abi(name), to_abi(json));
}

int32_t CommandTask::run(ferry_error& error) {
    if (context_.dry_run != 0)
        return dry_run();
    if (auto reason = check_inputs())
        return fail(error, "input", *reason);
    Streams streams;
    if (auto reason = open_streams(streams))
        return fail(error, "file", *reason);
    const auto start = prepare(streams);
    if (const auto* problem = std::get_if<FileError>(&start))
        return fail(error, "start", problem->reason);
    const auto close_streams = [&streams] { // hundreds of steps may run side by side
        streams.input = {};
        streams.output = {};
        streams.error = {};
    };
    const ChildWatch watch{close_streams, [this] { return cancelled(); }, [this] { tell_of_grace(); }, settings_.grace};
    const OutputMoments before = moments_before();
    const auto end = run_child(std::get<ChildStart>(start), watch, settings_.groups);
    const int32_t code = std::holds_alternative<int>(end)
                             ? fail(error, "start", start_reason(options_.command.front(), std::get<int>(end)))
                             : judge(std::get<ChildEnd>(end), streams, before, error);
    if (streams.output_kept)
        remove_if_empty(streams.output_file);
    if (streams.error_kept)
        remove_if_empty(streams.error_file);
    return code;
}

int32_t CommandTask::dry_run() const {
    std::string line = "would run:";
    for (const std::string& word : options_.command)
        line += " " + word;
    log(FERRY_LOG_DEBUG, printable(without_secrets(line, settings_.token_variables)));
    return FERRY_OK;
}

std::optional<std::string> CommandTask::check_inputs() const {
    for (const auto& [label, path] : options_.inputs) {
        const auto found = existing_paths(work_dir_, path);
        if (const auto* problem = std::get_if<FileError>(&found))
            return label + ": " + problem->reason;
    }
    return std::nullopt;
}

std::optional<std::string> CommandTask::open_streams(Streams& streams) const {
    auto input = open_command_input(absolute(options_.input));
    if (const auto* problem = std::get_if<FileError>(&input))
        return problem->reason;
    streams.input = std::move(std::get<UniqueFd>(input));
    const std::string stem = kept_stem();
    if (auto reason =
            open_output(options_.output, stem + ".out", streams.output, streams.output_file, streams.output_kept))
        return reason;
    // Both in one file: one description, or they would write over each other.
    if (options_.error && same_file(streams.output, absolute(*options_.error))) {
        streams.error = UniqueFd(::fcntl(streams.output.get(), F_DUPFD_CLOEXEC, 3));
        streams.error_file = streams.output_file;
        return std::nullopt;
    }
    return open_output(options_.error, stem + ".err", streams.error, streams.error_file, streams.error_kept);
}

// "FOLDER/STEP.ATTEMPT", where the attempts of a run that was resumed are counted on: what went wrong in the ones
// before may still be wanted.
std::string CommandTask::kept_stem() const {
    const std::string row = context_.row == 0 ? "" : "row-" + std::to_string(context_.row) + ".";
    const std::string stem = text_of(context_.run_dir) + "/" + row + text_of(context_.step_id) + ".";
    std::uint32_t number = context_.attempt;
    while (is_kept_output(stem + std::to_string(number) + ".out") ||
           is_kept_output(stem + std::to_string(number) + ".err"))
        ++number;
    return stem + std::to_string(number);
}

std::optional<std::string> CommandTask::open_output(const std::optional<std::string>& wanted,
                                                    const std::string& kept_file, UniqueFd& to, std::string& file,
                                                    bool& kept) const {
    FileResult<UniqueFd> opened;
    if (wanted) {
        file = absolute(*wanted);
        opened = open_command_output(file);
    } else {
        if (auto problem = make_run_folder(text_of(context_.run_dir)))
            return problem->reason;
        file = kept_file;
        opened = open_kept_output(file);
        kept = true;
    }
    if (const auto* problem = std::get_if<FileError>(&opened))
        return problem->reason;
    to = std::move(std::get<UniqueFd>(opened));
    return std::nullopt;
}

std::variant<ChildStart, FileError> CommandTask::prepare(const Streams& streams) const {
    ChildStart start;
    start.cwd = absolute(options_.cwd);
    struct stat info {};
    if (::stat(start.cwd.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
        return FileError{"cwd: there is no folder '" + printable(start.cwd, 1000) + "'"};
    if (::access(start.cwd.c_str(), X_OK) != 0)
        return FileError{"cwd: the folder '" + printable(start.cwd, 1000) + "' may not be entered"};
    start.arguments = options_.command;
    start.environment = child_environment(settings_.token_variables, options_.env);
    auto program = find_program(options_.command.front(), start.cwd, variable_of(start.environment, "PATH"));
    if (const auto* missing = std::get_if<NotFound>(&program))
        return FileError{missing->reason};
    start.program = std::get<std::string>(program);
    start.input = streams.input.get();
    start.output = streams.output.get();
    start.error = streams.error.get();
    return start;
}

int32_t CommandTask::judge(const ChildEnd& end, const Streams& streams, const OutputMoments& before,
                           ferry_error& error) const {
    if (end.signal == 0)
        set_output("exit_code", std::to_string(end.exit_code));
    if (end.stopped) {
        set_error(&error, FERRY_CANCELLED, "cancelled", "the command was stopped on request");
        return FERRY_CANCELLED;
    }
    const std::string name = "the command '" + printable(options_.command.front(), 200) + "'";
    if (end.signal != 0 || end.exit_code != 0) {
        const std::string how = end.signal != 0 ? " was ended by " + signal_name(end.signal)
                                                : " ended with exit code " + std::to_string(end.exit_code);
        return fail(error, end.signal != 0 ? "signal" : "exit", name + how + last_words(streams));
    }
    if (end.leftovers_killed) // what they were writing may be cut: no next step shall take it for whole
        return fail(
            error, "background",
            name + " ended well, but left processes behind that were still running after " +
                format_duration(settings_.grace) +
                " and were ended: let it wait for them; start a service that is to outlive its step with setsid");
    if (auto reason = set_outputs())
        return fail(error, "output", *reason);
    warn_of_leftovers(before);
    return FERRY_OK;
}

// It lives on after TERM, and whoever waits would like to know for how long.
void CommandTask::tell_of_grace() const {
    const bool whole = settings_.grace.count() % 1000 == 0;
    const std::string grace =
        whole ? std::to_string(settings_.grace.count() / 1000) + " s" : format_duration(settings_.grace);
    const bool late = context_.deadline_ms > 0 && std::chrono::system_clock::now().time_since_epoch() >=
                                                      std::chrono::milliseconds(context_.deadline_ms);
    log(FERRY_LOG_INFO,
        "waiting up to " + grace + " for the command to end" + (late ? "" : "; a second signal ends it at once"));
}

CommandTask::OutputMoments CommandTask::moments_before() const {
    OutputMoments moments;
    for (const auto& [name, path] : options_.outputs)
        if (!is_glob(path))
            if (const auto moment = moment_of(absolute(literal_of(path))))
                moments.emplace(name, *moment);
    return moments;
}

void CommandTask::warn_of_leftovers(const OutputMoments& before) const {
    for (const auto& [name, path] : options_.outputs) {
        const auto known = before.find(name);
        if (known != before.end() && moment_of(absolute(literal_of(path))) == known->second)
            log(FERRY_LOG_WARN, "output '" + printable(name) + "': the command has not written " +
                                    printable(path, 600) +
                                    ", which was there before; if it is left from an earlier run, have the command "
                                    "remove it first");
    }
}

// The end of what it printed goes to the log; the last line and where to find the rest into the error.
std::string CommandTask::last_words(const Streams& streams) const {
    const std::string* file = &streams.error_file;
    const auto clean = [this](std::string text) { return without_secrets(std::move(text), settings_.token_variables); };
    std::vector<std::string> lines = last_lines(*file, shown_lines, clean);
    if (lines.empty()) {
        file = &streams.output_file;
        lines = last_lines(*file, shown_lines, clean);
    }
    for (std::string& line : lines) {
        line = printable(line, shown_line_size);
        log(FERRY_LOG_ERROR, "| " + line);
    }
    if (lines.empty() && streams.error_kept && is_full(streams.error_file))
        return "; what it printed is lost, as the disk of " + printable(streams.error_file) +
               " is full: make room there, or name another folder with --state-dir";
    return lines.empty() ? "; it printed nothing" : ": " + lines.back() + " (all it printed: " + printable(*file) + ")";
}

std::optional<std::string> CommandTask::set_outputs() const {
    for (const auto& [name, path] : options_.outputs) {
        const std::string what = "the command ended well, but its output '" + printable(name) + "' is missing: ";
        const auto found = existing_paths(work_dir_, path);
        if (const auto* problem = std::get_if<FileError>(&found))
            return what + problem->reason;
        Poco::JSON::Array::Ptr array = new Poco::JSON::Array;
        for (const std::string& file : std::get<std::vector<std::string>>(found)) {
            if (!is_utf8(file))
                return "output '" + printable(name) + "': the name of '" + printable(file) +
                       "' is not UTF-8, so it cannot be handed on; rename the file";
            array->add(file);
        }
        set_output(name, to_json(is_glob(path) ? Poco::Dynamic::Var(array) : array->get(0)));
    }
    return std::nullopt;
}

} // namespace ferry
