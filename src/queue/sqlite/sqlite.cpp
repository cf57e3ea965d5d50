#include "sqlite.hpp"

#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

namespace aep::queue::sqlite {

Fault fault_of(int result) noexcept {
    constexpr int kPrimary = 0xFF;  // the upper bits of an extended result say more of the same
    switch (result & kPrimary) {
        case SQLITE_OK:
        case SQLITE_ROW:
        case SQLITE_DONE:
            return Fault::none;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_INTERRUPT:
            return Fault::busy;
        case SQLITE_FULL:
        case SQLITE_NOMEM:
        case SQLITE_TOOBIG:
            return Fault::full;
        case SQLITE_IOERR:
            return result == SQLITE_IOERR_CORRUPTFS ? Fault::damaged : Fault::unusable;
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_PROTOCOL:
        case SQLITE_NOLFS:
            return Fault::unusable;
        default:
            // Not only SQLITE_CORRUPT and SQLITE_NOTADB: our statements are right, so that a missing table or a key
            // that is there twice is damage as well.
            return Fault::damaged;
    }
}

Run::~Run() {
    if (statement_ == nullptr) {
        return;
    }
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

void Run::bind(std::string_view value) noexcept {
    // A null pointer would bind NULL.
    sqlite3_bind_text64(statement_, ++bound_, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC,
                        SQLITE_UTF8);
}

bool Run::next() {
    if (statement_ == nullptr) {  // it could not be compiled: the database knows
        failed_ = true;
        return false;
    }
    const int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW) {
        return true;
    }
    if (result != SQLITE_DONE) {
        failed_ = true;
        database_.note_failure();
    }
    return false;
}

bool Run::finish() {
    while (next()) {
    }
    return !failed_;
}

std::string_view Run::text(int column) const noexcept {
    const void* data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    if (data == nullptr || size <= 0) {
        return {};
    }
    return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Statement::Statement(Database& database, std::string_view sql) : database_(database) {
    if (database.failed()) {
        return;
    }
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
        database.note_failure();
    }
    handle_.reset(statement);
}

namespace {

/// SQLite's own pauses grow up to 100 ms: where several workers write to a file without a break, who waits for so long
/// hardly ever finds it free.
int wait_a_little(void* most, int times) noexcept {
    constexpr std::chrono::milliseconds kPause{1};
    if (times * kPause.count() >= *static_cast<const int*>(most)) {
        return 0;
    }
    std::this_thread::sleep_for(kPause);
    return 1;
}

}  // namespace

Database::Database(const std::string& path) {
    sqlite3* database = nullptr;
    constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    const int result = sqlite3_open_v2(path.c_str(), &database, kFlags, nullptr);
    handle_.reset(database);  // there is one after most failures too
    if (result != SQLITE_OK) {
        if (database == nullptr) {
            note_failure(fault_of(result), sqlite3_errstr(result));
        } else {
            note_failure();
        }
        return;
    }
    sqlite3_extended_result_codes(database, 1);
    sqlite3_busy_handler(database, wait_a_little, &busy_timeout_);
}

bool Database::execute(const char* sql) {
    if (failed()) {
        return false;
    }
    if (sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        note_failure();
        return false;
    }
    return true;
}

std::int64_t Database::number(std::string_view sql) {
    Statement statement(*this, sql);
    Run run = statement.run();
    return run.next() ? run.integer(0) : 0;
}

std::string Database::text(std::string_view sql) {
    Statement statement(*this, sql);
    Run run = statement.run();
    return run.next() ? std::string(run.text(0)) : std::string();
}

void Database::roll_back() const noexcept {
    if (handle() != nullptr && in_transaction()) {
        sqlite3_exec(handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

bool Database::moved() const noexcept {
    int moved = 0;
    return handle() != nullptr &&
           sqlite3_file_control(handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

void Database::checkpoint_on_close(bool on) const noexcept {
    if (handle() != nullptr) {  // there is none where it could not be opened for want of memory
        sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on ? 0 : 1, nullptr);
    }
}

void Database::wait_for_others(int most) noexcept {
    busy_timeout_ = most;
}

void Database::checkpoint() noexcept {
    if (handle() == nullptr) {
        return;
    }
    sqlite3_busy_timeout(handle(), 0);
    sqlite3_wal_checkpoint_v2(handle(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    sqlite3_busy_handler(handle(), wait_a_little, &busy_timeout_);
}

void Database::note_failure() {
    const int result = sqlite3_extended_errcode(handle());
    std::string text = sqlite3_errmsg(handle());
    const int number = sqlite3_system_errno(handle());
    const Fault fault = fault_of(result);
    if (fault == Fault::unusable && number != 0) {
        text += " (" + std::generic_category().message(number) + ")";
    }
    note_failure(fault == Fault::none ? Fault::unusable : fault, std::move(text));
}

void Database::note_failure(Fault fault, std::string text) {
    if (!failed()) {
        failure_ = {fault, std::move(text)};
    }
}

}  // namespace aep::queue::sqlite
