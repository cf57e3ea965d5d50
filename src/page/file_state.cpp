#include "page/file_state.hpp"

#include <sys/stat.h>
#include <time.h>

#ifdef __linux__
#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#endif

namespace aep::page {
namespace {

std::int64_t nanoseconds(const timespec& time) noexcept {
    constexpr std::int64_t kSecond = 1'000'000'000;
    return static_cast<std::int64_t>(time.tv_sec) * kSecond + time.tv_nsec;
}

}  // namespace

#ifdef __linux__

std::optional<FileMemory::State> state_of(int file) noexcept {
    struct stat found {};
    if (fstat(file, &found) != 0 || !S_ISREG(found.st_mode)) {
        return std::nullopt;
    }
    return FileMemory::State{found.st_dev, found.st_ino, found.st_size, nanoseconds(found.st_mtim),
                             nanoseconds(found.st_ctim)};
}

bool has_exact_times(int file) noexcept {
    constexpr std::uint32_t kXfs = 0x58465342;  // XFS_SUPER_MAGIC, which older headers lack
    constexpr std::array<std::uint32_t, 5> kKnown{EXT4_SUPER_MAGIC, kXfs, BTRFS_SUPER_MAGIC, F2FS_SUPER_MAGIC,
                                                  OVERLAYFS_SUPER_MAGIC};
    struct statfs found {};
    return fstatfs(file, &found) == 0 &&
           std::ranges::find(kKnown, static_cast<std::uint32_t>(found.f_type)) != kKnown.end();
}

std::int64_t file_clock() noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return nanoseconds(now);
}

#else

std::optional<FileMemory::State> state_of(int /*file*/) noexcept {
    return std::nullopt;
}

bool has_exact_times(int /*file*/) noexcept {
    return false;
}

std::int64_t file_clock() noexcept {
    return 0;
}

#endif

}  // namespace aep::page
