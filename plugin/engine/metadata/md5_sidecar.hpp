// FILE.md5: the MD5 that md5sum, or whatever made the file, has left beside it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace ferry {

enum class Md5Lines {
    found,        // `digest` is the file's
    none,         // no line is the file's
    contradictory // several are, and do not agree
};

struct FoundMd5 {
    Md5Lines lines = Md5Lines::none;
    std::string digest; // 32 lower-case hex digits, if found
};

// The MD5 of the file called `name` in what md5sum has written, with or without --tag: the line whose path ends in that
// name. A digest alone, or of standard input, is the file's if there is nothing else.
FoundMd5 find_md5(std::string_view text, std::string_view name);

struct Md5Sidecar {
    std::string digest;  // empty: there is none
    std::string problem; // a sentence on why what lies there cannot be used; empty: there is no such file, or it can
    bool older = false;  // than the file, so that it may tell of bytes that it had before
};

// `mtime_ns`: of the file itself.
Md5Sidecar read_md5_sidecar(const std::string& path, std::int64_t mtime_ns);

// The digest that goes with an upload of `path`; empty if there is none, or none to be relied on, which is warned of:
// it never stops an upload.
std::string md5_to_send(const std::string& path, std::int64_t mtime_ns, const std::function<void(std::string)>& warn);

} // namespace ferry
