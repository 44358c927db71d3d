// A lock on an open file, for as long as it is open.
#pragma once

namespace ferry {

enum class FileLock {
    taken,
    held_elsewhere, // by another process, or through another descriptor of this one
    none            // the file system has no locks, so nobody can be excluded
};

FileLock lock_file(int file);

} // namespace ferry
