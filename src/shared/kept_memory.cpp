#include "shared/kept_memory.hpp"

#include <array>
#include <charconv>
#include <string_view>

#include <dirent.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace aep::shared {
namespace {

constexpr int kNone = -1;

void* map(int file, std::size_t size) noexcept {
    const int flags = MAP_SHARED | (file == kNone ? MAP_ANONYMOUS : 0);
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, file, 0);
    return memory == MAP_FAILED ? nullptr : memory;
}

#ifdef MFD_CLOEXEC  // Linux: memory that has a descriptor, which a new program inherits

/// What the system calls such a descriptor's file.
bool is_called(const char* link, std::string_view name) noexcept {
    constexpr std::string_view kFront = "/memfd:";
    std::array<char, 128> target{};
    const ssize_t length = readlink(link, target.data(), target.size());
    if (length <= 0) {
        return false;
    }
    const std::string_view text(target.data(), static_cast<std::size_t>(length));
    return text.starts_with(kFront) && text.substr(kFront.size()).starts_with(name) &&
           text.substr(kFront.size() + name.size()) == " (deleted)";
}

bool has_size(int file, std::size_t size) noexcept {
    struct stat facts {};
    return fstat(file, &facts) == 0 && facts.st_size == static_cast<off_t>(size);
}

/// The descriptor that this process was started with; kNone: there is none.
int find_inherited(std::string_view name, std::size_t size) noexcept {
    DIR* const descriptors = opendir("/proc/self/fd");
    if (descriptors == nullptr) {
        return kNone;
    }
    int found = kNone;
    while (const dirent* const entry = readdir(descriptors)) {
        const std::string_view text(static_cast<const char*>(entry->d_name));
        int number = kNone;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{} || end != text.data() + text.size()) {
            continue;
        }
        std::array<char, 64> link{"/proc/self/fd/"};
        constexpr std::size_t kFront = 14;
        text.copy(link.data() + kFront, link.size() - kFront - 1);
        if (is_called(link.data(), name) && has_size(number, size)) {
            found = number;
            break;
        }
    }
    closedir(descriptors);
    return found;
}

int make_file(const char* name, std::size_t size) noexcept {
    // Without MFD_CLOEXEC: a new binary is to have it.
    const int file = memfd_create(name, 0);
    if (file != kNone && ftruncate(file, static_cast<off_t>(size)) != 0) {
        close(file);
        return kNone;
    }
    return file;
}

#else

int find_inherited(std::string_view, std::size_t) noexcept {
    return kNone;
}
int make_file(const char*, std::size_t) noexcept {
    return kNone;
}

#endif

}  // namespace

void* kept_memory(const char* name, std::size_t size) noexcept {
    const int inherited = find_inherited(name, size);
    return map(inherited != kNone ? inherited : make_file(name, size), size);
}

}  // namespace aep::shared
