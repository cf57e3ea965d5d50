#include "file_format.hpp"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

namespace aep::queue::sqlite {
namespace {

bool is_new(Database& database) {
    return database.number("PRAGMA application_id") == 0 && database.number("PRAGMA user_version") == 0 &&
           database.number("SELECT count(*) FROM sqlite_master") == 0;
}

/// What every connection needs.
constexpr const char* kDurability =
    "PRAGMA synchronous = FULL;"
    "PRAGMA secure_delete = ON;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA cache_size = -2048";  // KiB

/// What a connection needs, and does not find in the file.
bool prepare_connection(Database& database) {
    if (database.text("PRAGMA journal_mode = WAL") != "wal") {
        database.note_failure(Fault::unusable, "its file system does not support a write-ahead log");
        return false;
    }
    return database.execute(kDurability) &&
           database.execute(
               "PRAGMA wal_autocheckpoint = 512;"       // pages
               "PRAGMA journal_size_limit = 8388608");  // bytes: what stays of the log after a peak
}

bool create(Database& database, const FileFormat& format) {
    // Before anything is written. A page holds several entries, so that a group of them is written by fewer calls: a
    // quarter less time for groups, and no more for single ones.
    if (!database.execute("PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL") ||
        !prepare_connection(database)) {
        return false;
    }
    const std::string marks = "PRAGMA application_id = " + std::to_string(format.application_id) +
                              "; PRAGMA user_version = " + std::to_string(format.version);
    const bool done = database.execute("BEGIN IMMEDIATE") &&
                      (!is_new(database) ||  // another process was faster
                       (database.execute(format.schema.c_str()) && database.execute(marks.c_str()))) &&
                      database.execute(format.additions.c_str()) && database.execute("COMMIT");
    if (!done) {
        database.roll_back();
    }
    return done;
}

}  // namespace

bool create_file(const std::string& path) noexcept {
    constexpr mode_t kMode = 0600;
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kMode);
    if (file >= 0) {
        close(file);
        return true;
    }
    return errno == EEXIST;
}

Opening open_as(Database& database, const FileFormat& format, std::string& foreign) {
    // Nothing of a file that is not ours is changed, not even when it is closed.
    database.checkpoint_on_close(false);
    const bool fresh = is_new(database);
    const std::int64_t application = database.number("PRAGMA application_id");
    const std::int64_t version = database.number("PRAGMA user_version");
    if (database.failed()) {
        return Opening::failed;
    }
    if (!fresh && application != format.application_id) {
        foreign = "it is no file of this queue";
        return Opening::foreign;
    }
    if (!fresh && version != format.version) {
        foreign = "its format is version " + std::to_string(version) + ", this module reads version " +
                  std::to_string(format.version);
        return Opening::foreign;
    }
    const auto prepare = [&] {
        return prepare_connection(database) && database.execute(format.additions.c_str());
    };
    if (!(fresh ? create(database, format) : prepare())) {
        return Opening::failed;
    }
    database.checkpoint_on_close(true);
    return Opening::opened;
}

Opening visit(Database& database, std::int64_t application_id, std::int64_t version) {
    database.checkpoint_on_close(false);
    if (database.moved()) {
        return Opening::foreign;
    }
    const bool is_ours = database.number("PRAGMA application_id") == application_id &&
                         database.number("PRAGMA user_version") == version &&
                         database.text("PRAGMA journal_mode") == "wal";
    // Its log is found by its name: only if the file still has that is it this file's.
    if (!database.failed() && (!is_ours || database.moved())) {
        return Opening::foreign;
    }
    const bool is_ready = database.execute(kDurability) && database.execute("PRAGMA wal_autocheckpoint = 0");
    return is_ready ? Opening::opened : Opening::failed;
}

bool tidy(Database& database) {
    constexpr std::int64_t kSparePages = 256;    // for what comes next
    constexpr std::int64_t kPagesAtOnce = 1024;  // takes some milliseconds
    const std::int64_t unused = database.number("PRAGMA freelist_count");
    if (unused > kSparePages) {
        const std::int64_t pages = std::min(unused - kSparePages, kPagesAtOnce);
        database.execute(("PRAGMA incremental_vacuum(" + std::to_string(pages) + ")").c_str());
    }
    database.checkpoint();
    return unused > kSparePages + kPagesAtOnce;
}

}  // namespace aep::queue::sqlite
