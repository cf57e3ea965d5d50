#include "page/file_memory.hpp"

#include <algorithm>

namespace aep::page {
namespace {

constexpr std::uint64_t kShelfLife = 1000;        // milliseconds
constexpr std::int64_t kSettled = 2'000'000'000;  // nanoseconds

}  // namespace

/// Hashes by multiplication: the upper bits of the product depend on all bits (Knuth, TAOCP 6.4).
std::size_t FileMemory::place_of(const Look& look) noexcept {
    constexpr std::uint64_t kGoldenRatio = 0x9E3779B97F4A7C15U;
    const auto mixed =
        static_cast<std::uint64_t>(look.modified) * kGoldenRatio + static_cast<std::uint64_t>(look.size);
    return (mixed * kGoldenRatio >> 32U) % kFiles;
}

FileMemory::Advice FileMemory::advise(const Look& look, std::uint64_t now) noexcept {
    Entry& entry = entries_[place_of(look)];
    if (entry.look != look) {
        entry.look = look;
        entry.since = now - kShelfLife;
        entry.is_known = false;
        return Advice::read;
    }
    if (now - entry.since >= kShelfLife) {
        entry.since = now;
        entry.is_known = false;
        return Advice::learn;
    }
    return entry.is_known ? Advice::check : Advice::read;
}

std::optional<std::string_view> FileMemory::find(const Look& look, const State& state) const noexcept {
    const Entry& entry = entries_[place_of(look)];
    if (!entry.is_known || entry.look != look || entry.state != state) {
        return std::nullopt;
    }
    return std::string_view(entry.bytes.data(), entry.size);
}

void FileMemory::remember(const Look& look, const State& state, std::int64_t begun,
                          std::string_view bytes) noexcept {
    Entry& entry = entries_[place_of(look)];
    const bool is_settled = std::max(state.modified, state.changed) <= begun - kSettled;
    if (entry.look != look || state.size != look.size || !is_settled || bytes.size() > kLongest) {
        return;
    }
    entry.state = state;
    entry.is_known = true;
    entry.size = static_cast<std::uint16_t>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), entry.bytes.begin());
}

}  // namespace aep::page
