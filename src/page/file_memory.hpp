#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace aep::page {

/// Remembers the bytes in front of the tag's place for the files that are asked for most: such a page need not be
/// read, only its file's state asked for, which costs half. A file that is written, cut off, replaced or touched is
/// in another state. One for each worker process; not for several threads.
class FileMemory {
  public:
    /// More bytes are not remembered.
    static constexpr std::size_t kLongest = 512;

    /// What nginx knows of a page's file. Two files may look the same.
    struct Look {
        std::int64_t size = -1;
        std::int64_t modified = -1;  ///< seconds
        bool charset_known = false;  ///< as HeadFinder's

        bool operator==(const Look&) const = default;
    };

    /// What the system says of a file.
    struct State {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::int64_t size = 0;
        std::int64_t modified = 0;  ///< nanoseconds, as `changed`
        std::int64_t changed =
            0;  ///< when it was written or anything was done to its inode: nobody can set it

        bool operator==(const State&) const = default;
    };

    enum class Advice : std::uint8_t {
        read,   ///< the file
        learn,  ///< read it, then remember()
        check,  ///< ask for its state, then find()
    };

    /// Says what to do with a file. `now` is in milliseconds, by a clock that nobody sets. A file is learned when it is
    /// asked for the second time, and anew each second: a program that has it mapped into its memory may write it
    /// without changing its times for a while.
    Advice advise(const Look& look, std::uint64_t now) noexcept;

    /// Returns the bytes in front of the tag's place; nothing when this is not the file that they were read from.
    [[nodiscard]] std::optional<std::string_view> find(const Look& look, const State& state) const noexcept;

    /// Remembers them. `state` is the file's after they were read; `begun` is when reading began, in nanoseconds by
    /// the clock of the state's times. A file that has changed shortly before is not remembered: it could change again
    /// and have the same times, because the system's clock ticks only now and then.
    void remember(const Look& look, const State& state, std::int64_t begun, std::string_view bytes) noexcept;

  private:
    static constexpr std::size_t kFiles = 64;

    struct Entry {
        Look look;
        State state;
        std::uint64_t since = 0;  ///< when it was last to be learned
        bool is_known = false;
        std::uint16_t size = 0;
        std::array<char, kLongest> bytes;
    };

    static std::size_t place_of(const Look& look) noexcept;

    std::array<Entry, kFiles> entries_{};
};

}  // namespace aep::page
