#include "sqlite_dead_letter_store.hpp"

#include <algorithm>
#include <limits>

#include <sys/stat.h>

#include "file_names.hpp"

namespace aep::queue::sqlite {
namespace {

using Kind = EntryId::Kind;

/// No row is behind it.
constexpr auto kLastRow = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

bool has_content(const std::string& path) noexcept {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 && status.st_size != 0;
}

bool is_at_end(EntryId id) noexcept {
    return id.number >= kLastRow;
}

}  // namespace

SqliteDeadLetterStore::Place SqliteDeadLetterStore::place_of(EntryId id) const {
    const std::string name = id.kind == Kind::consent ? kConsentFile
                             : id.kind == Kind::order ? kOrderFile
                                                      : std::to_string(id.part);
    return {.after = id, .path = directory_ + "/" + name + kEnding, .is_last = id.kind == Kind::order};
}

/// The file in which it goes on; nothing where all is looked at.
std::optional<SqliteDeadLetterStore::Place> SqliteDeadLetterStore::place_behind(EntryId after) const {
    if (after.kind <= Kind::event) {
        const std::uint32_t first = after.kind == Kind::none ? 0 : after.part + (is_at_end(after) ? 1U : 0U);
        const std::vector<std::uint32_t> numbers = file_numbers_in(directory_);
        const auto next = std::ranges::lower_bound(numbers, first);
        if (next != numbers.end()) {
            const bool is_same = after.kind == Kind::event && *next == after.part;
            return place_of({Kind::event, *next, is_same ? after.number : 0});
        }
        return place_of({Kind::consent, 0, 0});
    }
    if (!is_at_end(after)) {
        return place_of(after);
    }
    return after.kind == Kind::consent ? std::optional(place_of({Kind::order, 0, 0})) : std::nullopt;
}

/// `work` gets a file and the row behind which to go on, and tells where it has come to.
template <typename Work>
DeadLetterStore::Step SqliteDeadLetterStore::work(const DeadLetterFilter& filter, EntryId after, Work work) {
    const std::optional<Place> place = filter.id ? place_of(*filter.id) : place_behind(after);
    if (!place) {
        return {.last = after, .is_done = true};
    }
    Step step{.last = place->after};
    step.last.number = kLastRow;
    step.is_done = filter.id.has_value() || place->is_last;
    if (place->after.kind == Kind::none || !has_content(place->path)) {
        return step;
    }
    DeadLetterFile file(place->path, place->after.kind, place->after.part);
    if (file.opening() == Opening::opened) {
        const DeadLetterFile::Piece piece = work(file, static_cast<std::int64_t>(place->after.number), step);
        if (file.fault() == Fault::none && !piece.is_last) {
            step.last.number = static_cast<std::uint64_t>(piece.last);
            step.is_done = false;
        }
    }
    // One that has gone meanwhile has no letters.
    step.is_busy = file.fault() == Fault::busy;
    step.has_failed = file.fault() != Fault::none && !step.is_busy && has_content(place->path);
    return step;
}

DeadLetterStore::Step SqliteDeadLetterStore::list(const DeadLetterFilter& filter, EntryId after,
                                                  std::size_t most, std::vector<DeadLetterSummary>& letters) {
    const std::size_t before = letters.size();
    Step step = work(filter, after, [&](DeadLetterFile& file, std::int64_t row, Step& /*step*/) {
        return file.list(filter, row, most, letters);
    });
    if (step.is_busy) {
        letters.resize(before);
    }
    step.count = letters.size() - before;
    return step;
}

DeadLetterStore::Step SqliteDeadLetterStore::read(EntryId id, std::optional<DeadLetter>& letter) {
    return work({.id = id}, {}, [&](DeadLetterFile& file, std::int64_t row, Step& step) {
        letter = file.read(row);
        step.count = letter ? 1 : 0;
        return DeadLetterFile::Piece{.letters = {}, .last = row, .is_last = true};
    });
}

template <typename Change>
DeadLetterStore::Step SqliteDeadLetterStore::change(const DeadLetterFilter& filter, EntryId after,
                                                    Change change) {
    return work(filter, after, [&](DeadLetterFile& file, std::int64_t row, Step& step) {
        DeadLetterFile::Piece piece = file.find(filter, row);
        if (file.fault() == Fault::none && !piece.letters.empty()) {
            step.count = change(file, piece);
        }
        const bool is_common = step.last.kind != Kind::event;
        if (file.fault() == Fault::none && is_common && piece.is_last) {
            file.tidy();
        }
        return piece;
    });
}

DeadLetterStore::Step SqliteDeadLetterStore::requeue(const DeadLetterFilter& filter, EntryId after,
                                                     Time received) {
    return change(filter, after, [&](DeadLetterFile& file, const DeadLetterFile::Piece& piece) {
        return file.requeue(piece, received);
    });
}

DeadLetterStore::Step SqliteDeadLetterStore::discard(const DeadLetterFilter& filter, EntryId after) {
    return change(filter, after, [](DeadLetterFile& file, const DeadLetterFile::Piece& piece) {
        return file.discard(piece);
    });
}

}  // namespace aep::queue::sqlite
