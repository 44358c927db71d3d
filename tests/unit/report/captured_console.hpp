// A console that writes to a file of the test.
#pragma once

#include "report/console.hpp"
#include "temp_dir.hpp"
#include "unique_fd.hpp"

#include <fcntl.h>

#include <string>

namespace ferry::test {

struct CapturedConsole {
    TempDir dir;
    UniqueFd file{::open((dir / "err").c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
    Console console{file.get()};

    std::string text() const { return read_file(dir / "err"); }
};

} // namespace ferry::test
