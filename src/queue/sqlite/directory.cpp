#include "directory.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "file_lock.hpp"
#include "text/printable.hpp"

namespace aep::queue::sqlite {
namespace {

constexpr std::string_view kMarker = "/instance";
constexpr std::string_view kDirective = "aep_queue: ";

class File {
  public:
    File(const std::string& path, int flags, mode_t mode = 0) noexcept
        : file_(open(path.c_str(), flags | O_CLOEXEC, mode)) {}
    ~File() {
        if (file_ >= 0) {
            close(file_);
        }
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] int get() const noexcept { return file_; }
    explicit operator bool() const noexcept { return file_ >= 0; }

  private:
    int file_;
};

std::string parent_of(const std::string& directory) {
    const std::size_t end = directory.find_last_not_of('/');
    const std::size_t slash = end == std::string::npos ? end : directory.rfind('/', end);
    if (slash == std::string::npos) {
        return ".";
    }
    return slash == 0 ? "/" : directory.substr(0, slash);
}

Fitness refuse(std::string& error, const std::string& text, Fitness fitness = Fitness::wrong) {
    error = std::string(kDirective) + text;
    return fitness;
}

bool sync_directory(const std::string& directory) noexcept {
    const File file(directory, O_RDONLY | O_DIRECTORY);
    return file && fsync(file.get()) == 0;
}

/// Whether it is a directory that the workers alone may write to. Nothing when there is nothing.
std::optional<Fitness> look(const std::string& directory, const Owner& owner, std::string& error) {
    struct stat status {};
    if (stat(directory.c_str(), &status) != 0) {
        return errno == ENOENT ? std::nullopt
                               : std::optional(refuse(error, with_errno(directory + " cannot be looked at")));
    }
    if (!S_ISDIR(status.st_mode)) {
        return refuse(
            error,
            directory + " is not a directory: name a directory for the queue alone, or remove what is there");
    }
    if (status.st_uid != owner.user) {
        return refuse(error, directory + " belongs to user " + std::to_string(status.st_uid) +
                                 ", but nginx's workers are user " + std::to_string(owner.user) +
                                 ": give it to them (chown -R " + std::to_string(owner.user) + " " +
                                 directory + "), or name another directory");
    }
    if ((status.st_mode & S_IWOTH) != 0) {
        return refuse(error,
                      "everybody may write to " + directory +
                          ", but what is queued is private: take that right away (chmod 700 " + directory +
                          ")",
                      Fitness::spoiled);
    }
    return Fitness::fit;
}

/// What an instance has written about itself; nothing when there is no marker, or an unfinished one. The workers' user
/// may put anything there, and who reads is root: no link leads elsewhere, and no pipe holds the master up.
std::optional<std::string> read_marker(const std::string& directory) {
    const File file(directory + std::string(kMarker), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!file) {
        return std::nullopt;
    }
    std::array<char, 4096> buffer{};
    const ssize_t size = read(file.get(), buffer.data(), buffer.size());
    const std::string_view text(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    const std::size_t end = text.find('\n');
    return end == std::string_view::npos ? std::nullopt : std::optional<std::string>(text.substr(0, end));
}

Fitness check_marker(const std::string& directory, const std::string& pid_path, std::string& error) {
    constexpr std::size_t kLongestPath = 256;  // that is printed
    const std::string path = directory + std::string(kMarker);
    struct stat status {};
    if (lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
        return refuse(error, path + " is no file: remove it", Fitness::spoiled);
    }
    const std::optional<std::string> other = read_marker(directory);
    if (!other || *other == pid_path) {
        return Fitness::fit;
    }
    return refuse(error,
                  directory + " is the queue of another nginx, whose pid file is \"" +
                      text::printable(*other, kLongestPath) + "\"; the one of this nginx is " + pid_path +
                      ". Give each nginx a directory of its own. If this nginx shall take over that queue, "
                      "stop the other one and remove " +
                      path,
                  Fitness::spoiled);
}

Fitness write_marker(const std::string& directory, const Owner& owner, const std::string& pid_path,
                     std::string& error) {
    constexpr mode_t kMode = 0600;
    const std::string path = directory + std::string(kMarker);
    const std::string unfinished = path + ".new";
    const std::string text = pid_path + "\n";
    unlink(unfinished.c_str());  // whatever it is: what is written and given away has to be new
    {
        const File file(unfinished, O_WRONLY | O_CREAT | O_EXCL, kMode);
        if (!file || write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
            fchown(file.get(), owner.user, owner.group) != 0 || fsync(file.get()) != 0) {
            const Fitness fitness =
                refuse(error, with_errno(unfinished + " cannot be written"), Fitness::spoiled);
            unlink(unfinished.c_str());
            return fitness;
        }
    }
    if (std::rename(unfinished.c_str(), path.c_str()) != 0 || !sync_directory(directory)) {
        return refuse(error, with_errno(path + " cannot be written"), Fitness::spoiled);
    }
    return Fitness::fit;
}

Fitness create(const std::string& directory, const Owner& owner, std::string& error) {
    constexpr mode_t kMode = 0700;
    if (mkdir(directory.c_str(), kMode) != 0) {
        return refuse(error, with_errno(directory + " cannot be created"));
    }
    // The mode again: the mask of the process may have taken something from it.
    if (chmod(directory.c_str(), kMode) != 0 || chown(directory.c_str(), owner.user, owner.group) != 0) {
        return refuse(error,
                      with_errno(directory + " cannot be given to user " + std::to_string(owner.user)));
    }
    sync_directory(parent_of(directory));
    return Fitness::fit;
}

Fitness check_parent(const std::string& directory, std::string& error) {
    const std::string parent = parent_of(directory);
    struct stat status {};
    if (stat(parent.c_str(), &status) != 0) {
        return refuse(error, with_errno(directory + " cannot be created in " + parent));
    }
    if (!S_ISDIR(status.st_mode)) {
        return refuse(error, directory + " cannot be created: " + parent + " is not a directory");
    }
    return Fitness::fit;
}

/// Calls for each file with such an ending until that says true; whether it has.
template <typename Predicate>
bool any_file(const std::string& directory, std::string_view ending, Predicate&& predicate) {
    const auto close = [](DIR* open) { closedir(open); };
    const std::unique_ptr<DIR, decltype(close)> listing(opendir(directory.c_str()), close);
    while (const dirent* const entry = listing ? readdir(listing.get()) : nullptr) {
        const std::string_view name(entry->d_name);
        if (name.ends_with(ending) && predicate(directory + "/" + entry->d_name)) {
            return true;
        }
    }
    return false;
}

/// Whether a process has one of the files. The workers' user may put anything there, and who looks is root.
bool is_in_use(const std::string& directory) {
    return any_file(directory, ".lock", [](const std::string& path) {
        const File file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        return file && flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    });
}

bool is_same(const std::string& one, const std::string& other) noexcept {
    struct stat first {};
    struct stat second {};
    return stat(one.c_str(), &first) == 0 && stat(other.c_str(), &second) == 0 &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/// Or with nothing in it.
bool is_absent(const std::string& directory) {
    struct stat status {};
    if (lstat(directory.c_str(), &status) != 0) {
        return errno == ENOENT;
    }
    return S_ISDIR(status.st_mode) && !any_file(directory, "", [&](const std::string& path) {
               return path != directory + "/." && path != directory + "/..";
           });
}

}  // namespace

bool has_queue(const std::string& directory, const std::string& pid_path) {
    struct stat status {};
    return lstat(directory.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
           read_marker(directory) == pid_path &&
           any_file(directory, ".db", [](const std::string&) { return true; });
}

Former take_over(const std::string& former, const std::string& directory, const Owner& owner,
                 const std::string& pid_path, std::string& error) {
    error.clear();
    if (is_same(former, directory) || !has_queue(former, pid_path)) {
        return Former::none;
    }
    if (!is_absent(directory)) {
        error = directory + " is in use already";
        return Former::left;
    }
    if (look(former, owner, error) != Fitness::fit) {
        return Former::left;
    }
    if (is_in_use(former)) {
        return Former::in_use;
    }
    if (std::rename(former.c_str(), directory.c_str()) != 0) {
        error = with_errno("it cannot be renamed to " + directory);
        return Former::left;
    }
    sync_directory(parent_of(directory));
    sync_directory(parent_of(former));
    return Former::taken_over;
}

bool is_volatile(const std::string& directory) {
    constexpr std::array<std::string_view, 4> kEmptiedAtStart{"/tmp/", "/run/", "/var/run/", "/dev/"};
    if (std::ranges::any_of(kEmptiedAtStart,
                            [&](std::string_view front) { return directory.starts_with(front); })) {
        return true;
    }
    struct statfs system {};
    if (statfs(directory.c_str(), &system) != 0 && statfs(parent_of(directory).c_str(), &system) != 0) {
        return false;
    }
    const auto kind = static_cast<std::uint32_t>(system.f_type);
    return kind == TMPFS_MAGIC || kind == RAMFS_MAGIC;
}

Fitness prepare_directory(const std::string& directory, const Owner& owner, const std::string& pid_path,
                          std::string& error) {
    error.clear();
    Fitness fitness = Fitness::fit;
    if (const std::optional<Fitness> found = look(directory, owner, error)) {
        fitness = *found;
    } else {
        fitness = check_parent(directory, error);
        fitness = fitness == Fitness::fit ? create(directory, owner, error) : fitness;
    }
    if (fitness == Fitness::fit) {
        fitness = check_marker(directory, pid_path, error);
    }
    return fitness != Fitness::fit || read_marker(directory)
               ? fitness
               : write_marker(directory, owner, pid_path, error);
}

Fitness check_directory(const std::string& directory, const Owner& owner, const std::string& pid_path,
                        std::string& error) {
    error.clear();
    const std::optional<Fitness> found = look(directory, owner, error);
    if (!found) {
        return check_parent(directory, error);
    }
    return *found == Fitness::fit ? check_marker(directory, pid_path, error) : *found;
}

}  // namespace aep::queue::sqlite
