#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace aep::queue {

/// In which order the decisions of a visitor came, through whichever worker: an older one is not appended when a newer
/// one has come meanwhile. Of fixed size, in shared memory (all zero: none came). What is forgotten, as another
/// visitor has the place, is at worst appended.
class ConsentOrder {
  public:
    /// The place of one decision in the order.
    class Turn {
      public:
        Turn() = default;  ///< of what is no decision: never overtaken

        /// Whether a newer one has come. In any process and thread, without a lock.
        [[nodiscard]] bool is_overtaken() const noexcept {
            return order_ != nullptr && order_->is_overtaken(identity_, number_);
        }

      private:
        friend ConsentOrder;
        Turn(const ConsentOrder& order, std::uint64_t identity, std::uint64_t number) noexcept
            : order_(&order), identity_(identity), number_(number) {}

        const ConsentOrder* order_ = nullptr;
        std::uint64_t identity_ = 0;
        std::uint64_t number_ = 0;
    };

    /// A decision of an identity (the hash of it) comes in. The caller holds the lock.
    Turn begin(std::uint64_t identity) noexcept {
        Place& place = places_[identity % kPlaces];
        ++last_;
        // Who reads between the two finds the number of a decision that came before this one.
        place.identity.store(identity);
        place.number.store(last_);
        return {*this, identity, last_};
    }

  private:
    static constexpr std::size_t kPlaces = 4096;
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

    struct Place {
        std::atomic<std::uint64_t> identity;
        std::atomic<std::uint64_t> number;
    };

    [[nodiscard]] bool is_overtaken(std::uint64_t identity, std::uint64_t number) const noexcept {
        const Place& place = places_[identity % kPlaces];
        // The number is this visitor's only where the place is the same visitor's before and after it was read.
        return place.identity.load() == identity && place.number.load() > number &&
               place.identity.load() == identity;
    }

    std::uint64_t last_ = 0;
    std::array<Place, kPlaces> places_{};
};

}  // namespace aep::queue
