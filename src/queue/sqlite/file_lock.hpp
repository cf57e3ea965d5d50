#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace aep::queue::sqlite {

/// A lock that a process has as long as it lives, on a file of no other use. Another descriptor of the same
/// process does not get it either.
class FileLock {
  public:
    /// Nothing when another has it, or after a failure, which `error` then tells.
    static std::optional<FileLock> take(const std::string& path, std::string& error);

    FileLock(FileLock&& other) noexcept
        : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}
    FileLock& operator=(FileLock&&) = delete;
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock();

    /// Removes the file, with the lock still held.
    void remove() noexcept;

  private:
    FileLock(std::string path, int file) noexcept : path_(std::move(path)), file_(file) {}

    std::string path_;
    int file_;
};

/// "what: why", with the text of errno.
std::string with_errno(std::string_view what);

}  // namespace aep::queue::sqlite
