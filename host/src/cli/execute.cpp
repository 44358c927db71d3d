#include "cli/execute.hpp"

#include "cli/session.hpp"
#include "report/result_writer.hpp"

namespace ferry {
namespace {

struct Executor {
    int operator()(const UsageError& error) const {
        Console console;
        Log(console, FERRY_LOG_ERROR).error(error.message);
        if (!error.help.empty())
            console.line(error.help);
        return exit_code::usage;
    }
    int operator()(const PrintCommand& print) const {
        const auto reason = write_stdout(print.text);
        if (!reason)
            return exit_code::done;
        Console console;
        Log(console, FERRY_LOG_ERROR).error(*reason);
        return exit_code::failed;
    }
    int operator()(const RunCommand& command) const { return execute_run(command); }
    int operator()(const BatchCommand& command) const { return execute_batch(command); }
    int operator()(const TaskCommand& command) const { return execute_task(command); }
    int operator()(const ValidateCommand& command) const {
        return command.manifest.empty() ? execute_validate(command) : execute_validate_rows(command);
    }
    int operator()(const TasksCommand& command) const { return execute_tasks(command); }
    int operator()(const CompleteCommand& command) const { return execute_complete(command); }
};

} // namespace

int execute(const Command& command) {
    return std::visit(Executor(), command);
}

} // namespace ferry
