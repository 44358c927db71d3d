#include "cli/execute.hpp"

#include "cli/complete.hpp"
#include "cli/session.hpp"
#include "report/result_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <system_error>

namespace ferry {
namespace {

constexpr unsigned most_seconds = 5;              // nobody waits longer for a word
constexpr std::uintmax_t largest_file = 4u << 20; // nor for a file to be read

// The folders of --plugin-dir among the words, as far as there are such.
CommonOptions common_in(const std::vector<std::string>& words) {
    constexpr std::string_view option = "--plugin-dir";
    CommonOptions common;
    common.log_level = FERRY_LOG_ERROR;
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string folder;
        if (words[i] == option && i + 1 < words.size())
            folder = words[i + 1];
        else if (words[i].starts_with(std::string(option) + "="))
            folder = words[i].substr(option.size() + 1);
        std::error_code error;
        if (!folder.empty() && std::filesystem::is_directory(folder, error))
            common.plugin_dirs.push_back(std::filesystem::absolute(folder, error).lexically_normal().string());
    }
    return common;
}

// As the shell will read it.
std::string without_tilde(const std::string& file) {
    const char* home = std::getenv("HOME");
    return home && file.starts_with("~/") ? home + file.substr(1) : file;
}

JsonObject::Ptr workflow_in(const std::string& file) {
    std::error_code error;
    const std::string path = without_tilde(file);
    const auto size = std::filesystem::file_size(path, error); // an error for all but regular files
    Diagnostics ignored;
    return error || size > largest_file ? JsonObject::Ptr() : read_json_object(path, ignored);
}

// A shell shows what it is told in the middle of a command line: errors have no place there.
void silence_errors() {
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null >= 0)
        ::dup2(null, STDERR_FILENO);
}

} // namespace

int execute_complete(const CompleteCommand& command) {
    silence_errors();
    ::alarm(most_seconds);
    const CommonOptions common = common_in(command.words);
    Session session(common);
    CompletionSources sources;
    sources.tasks = [&] {
        session.load_plugins();
        std::vector<Candidate> tasks;
        for (const TaskEntry* entry : session.registry().list())
            tasks.push_back({entry->name, entry->summary});
        return tasks;
    };
    sources.schema = [&](const std::string& task) {
        if (!session.registry().find(task))
            session.load_plugins();
        const TaskEntry* entry = session.registry().find(task);
        return entry ? entry->schema : JsonObject::Ptr();
    };
    sources.workflow = workflow_in;
    try {
        write_stdout(to_text(complete(command.words, sources)));
    } catch (const std::exception&) { // no candidates, then
    }
    return exit_code::done;
}

} // namespace ferry
