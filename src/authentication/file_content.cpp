#include "file_content.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace aep::authentication {
namespace {

constexpr std::size_t kLargest = std::size_t{1} << 20U;

FileContent failure(std::string error) {
    return {.text = {}, .error = std::move(error)};
}

FileContent failure_of_system() {
    return failure("cannot be read: " + std::system_category().message(errno));
}

/// A descriptor that is closed with it.
struct Descriptor {
    explicit Descriptor(int opened) noexcept : number(opened) {}
    ~Descriptor() {
        if (number >= 0) {
            close(number);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number;
};

}  // namespace

FileContent read_file(const std::string& path, Privacy privacy) {
    // A pipe without a writer must not stop the start.
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat facts {};
    if (file.number < 0 || fstat(file.number, &facts) != 0) {
        return failure_of_system();
    }
    if (!S_ISREG(facts.st_mode)) {
        return failure("is not a regular file");
    }
    if (privacy == Privacy::secret && (facts.st_mode & S_IRWXO) != 0) {
        return failure(
            "is open to all users of this machine: expected one that only its owner (and perhaps its group) "
            "may "
            "read; run \"chmod o= " +
            path + "\"");
    }
    if (privacy == Privacy::own_secret && (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return failure(
            "holds a secret that others than its owner can read or change: run \"chmod 600\" on it");
    }
    FileContent content;
    std::array<char, 16384> buffer{};
    for (;;) {
        const ssize_t count = read(file.number, buffer.data(), buffer.size());
        if (count < 0) {
            return failure_of_system();
        }
        if (count == 0) {
            return content;
        }
        content.text.append(buffer.data(), static_cast<std::size_t>(count));
        if (content.text.size() > kLargest) {
            return failure("is larger than 1 MB");
        }
    }
}

}  // namespace aep::authentication
