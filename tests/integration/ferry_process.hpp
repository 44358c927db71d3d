// The real `ferry` as a child process, with an environment of its own.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

namespace ferry::test {

struct ProcessResult {
    int status = 0; // the exit code, or 128 + the signal that killed it
    std::string out;
    std::string err;
};

struct ProcessSetup {
    std::filesystem::path work_dir;
    std::map<std::string, std::string> environment; // besides PATH and the sanitizers' options; nothing else is passed
    std::vector<std::string> under; // a program by its path, with its options, that runs ferry, such as a checker
};

class FerryProcess {
  public:
    FerryProcess(const std::vector<std::string>& arguments, const ProcessSetup& setup);
    ~FerryProcess(); // kills it if it still runs
    FerryProcess(const FerryProcess&) = delete;
    FerryProcess& operator=(const FerryProcess&) = delete;

    pid_t pid() const { return pid_; }
    void signal(int number) const;
    bool running() const;     // false: wait() answers at once
    std::string told() const; // on standard error so far
    ProcessResult wait();

  private:
    std::filesystem::path out_;
    std::filesystem::path err_;
    pid_t pid_ = -1;
};

const char* ferry_binary(); // absolute path

ProcessResult run_ferry(const std::vector<std::string>& arguments, const ProcessSetup& setup);

} // namespace ferry::test
