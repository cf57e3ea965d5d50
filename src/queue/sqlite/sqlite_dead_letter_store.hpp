#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dead_letter_file.hpp"
#include "queue/dead_letters.hpp"

namespace aep::queue::sqlite {

/// The dead letters of all files of a directory. Each call opens one file, for a moment, in the order of their
/// identifiers: the workers' by their numbers, then the common ones. No file is made, moved or removed; what is foreign is
/// left alone.
class SqliteDeadLetterStore final : public DeadLetterStore {
  public:
    explicit SqliteDeadLetterStore(std::string directory) : directory_(std::move(directory)) {}

    Step list(const DeadLetterFilter& filter, EntryId after, std::size_t most,
              std::vector<DeadLetterSummary>& letters) override;
    Step read(EntryId id, std::optional<DeadLetter>& letter) override;
    Step requeue(const DeadLetterFilter& filter, EntryId after, Time received) override;
    Step discard(const DeadLetterFilter& filter, EntryId after) override;

  private:
    /// A file, and from where on it is looked at.
    struct Place {
        EntryId after;  ///< names the file, too
        std::string path;
        bool is_last = false;
    };

    [[nodiscard]] std::optional<Place> place_behind(EntryId after) const;
    [[nodiscard]] Place place_of(EntryId id) const;
    template <typename Work>
    Step work(const DeadLetterFilter& filter, EntryId after, Work work);
    template <typename Change>
    Step change(const DeadLetterFilter& filter, EntryId after, Change change);

    std::string directory_;
};

}  // namespace aep::queue::sqlite
