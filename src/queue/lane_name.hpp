#pragma once

#include <string>
#include <string_view>

namespace aep::queue {

/// What a lane is called: the base URL of an Edge; or that, a space, and the ID of a datastream that has a lane of its
/// own. What is away is away for an Edge or for a datastream, and the lanes of an Edge take turns.
inline std::string lane_name(std::string_view edge, std::string_view datastream) {
    std::string name(edge);
    return datastream.empty() ? name : name.append(" ").append(datastream);
}

/// The base URL in a lane's name.
constexpr std::string_view edge_of(std::string_view lane) noexcept {
    return lane.substr(0, lane.find(' '));
}

/// The datastream in a lane's name; empty: those that have none of their own share it.
constexpr std::string_view datastream_of(std::string_view lane) noexcept {
    const std::size_t space = lane.find(' ');
    return lane.substr(space == std::string_view::npos ? lane.size() : space + 1);
}

}  // namespace aep::queue
