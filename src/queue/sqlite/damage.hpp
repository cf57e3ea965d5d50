#pragma once

#include <string>

#include "queue/entry.hpp"

namespace aep::queue::sqlite {

/// Renames a database that nobody may use, with its log, to `<path>.damaged-<time>`; nothing after a failure, in
/// errno.
std::string move_damaged(const std::string& path, Time now);

/// Removes a database with its log.
void remove_database(const std::string& path);

}  // namespace aep::queue::sqlite
