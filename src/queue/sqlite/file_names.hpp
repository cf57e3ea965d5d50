#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace aep::queue::sqlite {

/// The names of the files in a queue's directory: `N.db` of one worker each, and those of all workers. They go without
/// their ending.
inline constexpr const char* kConsentFile = "consent";
inline constexpr const char* kOrderFile = "orders";
inline constexpr const char* kEnding = ".db";

/// The numbers of the workers' files that are there, in order.
std::vector<std::uint32_t> file_numbers_in(const std::string& directory);

}  // namespace aep::queue::sqlite
