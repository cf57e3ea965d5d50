#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "entry_columns.hpp"
#include "file_format.hpp"
#include "queue/dead_letters.hpp"
#include "queue/entry.hpp"
#include "sqlite.hpp"

namespace aep::queue::sqlite {

/// The dead letters of one file, whoever has its lock, for as long as this is there: a moment. It finds what others do to
/// the file meanwhile, and they find what it does; the tables stay right, whatever else is kept of them in memory.
class DeadLetterFile {
  public:
    /// Which of them a piece of work is about.
    struct Piece {
        struct Letter {
            std::int64_t row = 0;
            std::string lane;
            std::uint64_t size = 0;
        };
        std::vector<Letter> letters;
        std::int64_t last = 0;  ///< row: all up to it have been looked at
        bool is_last = false;   ///< there is nothing behind it
    };

    static constexpr int kMostLooked = 250;  ///< rows of one piece: some MB at most are read
    static constexpr std::size_t kMostChanged = 200;
    static constexpr std::uint64_t kMostBytes = std::uint64_t{2} << 20U;  ///< of those that are changed
    static constexpr int kBusyTimeout = 20;  ///< ms to wait for who has the file; there is a later turn

    /// Opens a file that exists. `part`: of the identifiers.
    DeadLetterFile(const std::string& path, EntryId::Kind kind, std::uint32_t part);

    [[nodiscard]] Opening opening() const noexcept { return opening_; }
    [[nodiscard]] Fault fault() const noexcept { return base_.failure().fault; }

    // All are to be called where it is open, and may fail: see fault().

    /// Adds up to `most` letters behind a row. Gives where it has come to.
    Piece list(const DeadLetterFilter& filter, std::int64_t after, std::size_t most,
               std::vector<DeadLetterSummary>& letters);
    std::optional<DeadLetter> read(std::int64_t row);

    /// Letters behind a row, as many as can be changed at once.
    Piece find(const DeadLetterFilter& filter, std::int64_t after);
    /// Make entries of them again, or remove them, as one durable unit. Give how many were.
    std::size_t requeue(const Piece& piece, Time received);
    std::size_t discard(const Piece& piece);

    /// In a file of all workers, where nobody else does it: overwrites what was deleted, and gives space back.
    void tidy();

  private:
    template <typename Take>
    Piece look(const DeadLetterFilter& filter, std::int64_t after, Take take);
    template <typename Change>
    std::size_t change(const Piece& piece, Change change);
    bool remove(const Piece::Letter& letter);
    bool count(const Piece::Letter& letter, bool is_entry_now);

    Database base_;
    EntryId::Kind kind_;
    std::uint32_t part_;
    Opening opening_ = Opening::failed;
    std::optional<Statement> remove_;
    std::optional<Statement> count_;
};

}  // namespace aep::queue::sqlite
