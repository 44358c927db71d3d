#include "ferry_process.hpp"

#include "temp_dir.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace ferry::test {

namespace {

bool is_inherited(std::string_view entry) {
    for (const std::string_view name : {"PATH=", "ASAN_OPTIONS=", "UBSAN_OPTIONS=", "TSAN_OPTIONS=", "LSAN_OPTIONS="})
        if (entry.starts_with(name))
            return true;
    return false;
}

std::vector<std::string> environment_of(const ProcessSetup& setup) {
    std::vector<std::string> entries;
    for (char** entry = environ; *entry; ++entry)
        if (is_inherited(*entry))
            entries.emplace_back(*entry);
    for (const auto& [name, value] : setup.environment)
        entries.push_back(name + "=" + value);
    return entries;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> list;
    for (std::string& text : texts)
        list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

std::filesystem::path unique_file(const std::filesystem::path& folder, const char* name) {
    static std::atomic<int> number{0};
    return folder / ("." + std::string(name) + std::to_string(++number));
}

} // namespace

FerryProcess::FerryProcess(const std::vector<std::string>& arguments, const ProcessSetup& setup)
    : out_(unique_file(setup.work_dir, "stdout"))
    , err_(unique_file(setup.work_dir, "stderr")) {
    std::vector<std::string> words = setup.under;
    words.emplace_back(FERRY_BINARY);
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> entries = environment_of(setup);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, out_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addchdir_np(&actions, setup.work_dir.c_str());
    const int failed =
        posix_spawn(&pid_, words[0].c_str(), &actions, nullptr, pointers(words).data(), pointers(entries).data());
    posix_spawn_file_actions_destroy(&actions);
    if (failed)
        throw std::runtime_error("cannot start " + words[0] + ": " + std::strerror(failed));
}

FerryProcess::~FerryProcess() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
}

void FerryProcess::signal(int number) const {
    ::kill(pid_, number);
}

bool FerryProcess::running() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

std::string FerryProcess::told() const {
    return read_file(err_);
}

ProcessResult FerryProcess::wait() {
    int status = 0;
    if (::waitpid(pid_, &status, 0) != pid_)
        throw std::runtime_error("cannot wait for ferry");
    pid_ = -1;
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(out_), read_file(err_)};
}

const char* ferry_binary() {
    return FERRY_BINARY;
}

ProcessResult run_ferry(const std::vector<std::string>& arguments, const ProcessSetup& setup) {
    return FerryProcess(arguments, setup).wait();
}

} // namespace ferry::test
