#pragma once

#include <cstdint>
#include <string>

#include "sqlite.hpp"

namespace aep::queue::sqlite {

/// What a kind of file is known by, and what it holds when it is new.
struct FileFormat {
    std::int64_t application_id;
    std::int64_t version;
    std::string additions;  ///< to the schema, since the version was first used; for any number of times
    std::string schema;
};

enum class Opening : std::uint8_t {
    opened,
    foreign,  ///< not of this kind or version: left as it was
    failed,   ///< the database knows why
};

/// Makes an empty file that only its owner may read, where there is none. False after a failure, in errno.
bool create_file(const std::string& path) noexcept;

/// Makes a connection one to a durable file of a format. A file that is empty, or whose making was interrupted, is
/// made new. `foreign` gets what was found instead.
Opening open_as(Database& database, const FileFormat& format, std::string& foreign);

/// Makes a connection one to a file of a format that is there, to look after its dead letters: nothing of the file is made
/// or brought up to date, nor what is in its write-ahead log moved. Nothing else is done to one that is foreign, or not
/// finished.
Opening visit(Database& database, std::int64_t application_id, std::int64_t version);

/// Overwrites what was deleted, and gives unused pages back to the file system, but for some. Whether there are more
/// than can go at once.
bool tidy(Database& database);

}  // namespace aep::queue::sqlite
