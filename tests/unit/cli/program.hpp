// The program `ferry` itself, run in a folder of the test.
#pragma once

#include "document/strict_json.hpp"
#include "temp_dir.hpp"

#include <Poco/JSON/Object.h>
#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace ferry::test {

struct Program {
    TempDir dir;
    std::function<void()> in_child; // before exec
    pid_t pid = -1;

    void start(const std::vector<std::string>& arguments) {
        std::vector<char*> words{const_cast<char*>(FERRY)};
        for (const std::string& argument : arguments)
            words.push_back(const_cast<char*>(argument.c_str()));
        words.push_back(nullptr);
        const std::string out = (dir / "out").string();
        const std::string err = (dir / "err").string();
        pid = ::fork();
        REQUIRE(pid >= 0);
        if (pid > 0)
            return;
        if (::chdir(dir.path().c_str()) != 0)
            ::_exit(99);
        ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
        ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
        if (in_child)
            in_child();
        ::execv(FERRY, words.data());
        ::_exit(98);
    }
    // The exit code; 1000 + signal if one ended it.
    int wait() {
        int status = 0;
        REQUIRE(::waitpid(pid, &status, 0) == pid);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    }
    int run(const std::vector<std::string>& arguments) {
        start(arguments);
        const int code = wait();
        INFO("standard error: ", err());
        return code;
    }
    std::string out() const { return read_file(dir / "out"); }
    std::string err() const { return read_file(dir / "err"); }
    Poco::JSON::Object::Ptr document() const {
        const auto parsed = parse_json(out());
        INFO("standard output: ", out());
        REQUIRE(std::holds_alternative<Poco::Dynamic::Var>(parsed));
        return std::get<Poco::Dynamic::Var>(parsed).extract<Poco::JSON::Object::Ptr>();
    }
    // A workflow of one bash step.
    void workflow(const std::string& script, const std::string& more = {}) const {
        dir.write("w.json", R"({"name":"w","steps":[{"id":"s","task":"command","with":{"command":["bash","-c",)" +
                                to_json(script) + "]}" + more + "}]}");
    }
    // Until the file is there; the test's time limit ends it otherwise.
    void await(const std::string& name) const {
        while (!std::filesystem::exists(dir / name))
            std::this_thread::yield();
    }
};

} // namespace ferry::test
