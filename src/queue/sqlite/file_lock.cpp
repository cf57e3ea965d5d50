#include "file_lock.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace aep::queue::sqlite {
namespace {

/// Who had the lock may have removed the file after it was opened here: then this lock keeps nobody out.
bool still_names(const std::string& path, int file) noexcept {
    struct stat opened {};
    struct stat named {};
    return fstat(file, &opened) == 0 && stat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

}  // namespace

std::optional<FileLock> FileLock::take(const std::string& path, std::string& error) {
    constexpr int kTries = 10;
    constexpr mode_t kMode = 0600;
    for (int count = 0; count < kTries; ++count) {
        const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kMode);
        if (file < 0) {
            error = with_errno(path + " cannot be opened");
            return std::nullopt;
        }
        FileLock lock(path, file);
        if (flock(file, LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK && errno != EINTR) {
                error = with_errno(path + " cannot be locked");
            }
            return std::nullopt;
        }
        if (still_names(path, file)) {
            return lock;
        }
    }
    return std::nullopt;
}

FileLock::~FileLock() {
    if (file_ >= 0) {
        close(file_);
    }
}

void FileLock::remove() noexcept {
    unlink(path_.c_str());
}

std::string with_errno(std::string_view what) {
    const int number = errno;
    return std::string(what) + ": " + std::generic_category().message(number);
}

}  // namespace aep::queue::sqlite
