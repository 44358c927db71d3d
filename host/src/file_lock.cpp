#include "file_lock.hpp"

#include <fcntl.h>

#include <cerrno>

namespace ferry {

FileLock lock_file(int file) {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (::fcntl(file, F_OFD_SETLK, &lock) == 0)
        return FileLock::taken;
    return errno == EAGAIN || errno == EACCES ? FileLock::held_elsewhere : FileLock::none;
}

} // namespace ferry
