#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace aep::settings {

/// The objects that live with a configuration and belong to the rooms above. Each class T of them names its slot,
/// T::kSlot, so that nothing here has to know it. Trivial: nginx allocates it, all zero.
class Runtime {
  public:
    enum class Slot : std::uint8_t {
        shared_memory,  ///< null when there is no website
        worker,         ///< this process's engines; null in the master, and where they could not start
        transfers,      ///< this process's live requests; null where the worker is
        pages,          ///< this process's; null until there is a page
        intake,         ///< this process's; null where the worker is
        sampler,        ///< this process's; null where the worker is
        operations,     ///< what this process does for operators; null where the worker is
        documents,      ///< how a server block's back office documents are read; null where it takes none
        count,
    };

    template <typename T>
    [[nodiscard]] T* get() const noexcept {
        return static_cast<T*>(objects_[static_cast<std::size_t>(T::kSlot)]);
    }

    template <typename T>
    void set(T* object) noexcept {
        objects_[static_cast<std::size_t>(T::kSlot)] = object;
    }

  private:
    std::array<void*, static_cast<std::size_t>(Slot::count)> objects_;
};

}  // namespace aep::settings
