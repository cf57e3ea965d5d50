#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <sqlite3.h>

namespace aep::queue::sqlite {

/// What a failed call means for a file.
enum class Fault : std::uint8_t {
    none,
    busy,      ///< somebody else is writing to it: later
    full,      ///< no space, or no memory: later
    unusable,  ///< it cannot be read or written: to be opened again, later
    damaged,   ///< its content makes no sense
};

Fault fault_of(int result) noexcept;

struct Failure {
    Fault fault = Fault::none;
    std::string text;
};

class Database;

/// One run of a statement, which is reset at its end: an open one would hold up checkpoints.
class Run {
  public:
    /// Text is not copied: it has to outlive the run.
    template <typename... Values>
    Run(Database& database, sqlite3_stmt* statement, const Values&... values) noexcept
        : database_(database), statement_(statement) {
        (bind(values), ...);
    }
    ~Run();
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    /// True: there is another row. False at the end, and after a failure, which the database then knows of.
    bool next();
    /// Runs to the end. False after a failure.
    bool finish();
    [[nodiscard]] bool failed() const noexcept { return failed_; }

    [[nodiscard]] std::int64_t integer(int column) const noexcept {
        return sqlite3_column_int64(statement_, column);
    }
    /// Valid until the next row.
    [[nodiscard]] std::string_view text(int column) const noexcept;

  private:
    void bind(std::integral auto value) noexcept {
        sqlite3_bind_int64(statement_, ++bound_, static_cast<std::int64_t>(value));
    }
    void bind(std::string_view value) noexcept;

    Database& database_;
    sqlite3_stmt* statement_;
    int bound_ = 0;
    bool failed_ = false;
};

/// A statement that is compiled once. It must not outlive its database.
class Statement {
  public:
    Statement(Database& database, std::string_view sql);

    template <typename... Values>
    [[nodiscard]] Run run(const Values&... values) noexcept {
        return Run(database_, handle_.get(), values...);
    }

  private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
    };
    Database& database_;
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// A connection, for one thread. Failures are values: the first one since forget_failure() is kept.
class Database {
  public:
    /// Opens a file that exists.
    explicit Database(const std::string& path);
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    bool execute(const char* sql);
    /// The first column of the first row; 0 when there is none.
    std::int64_t number(std::string_view sql);
    std::string text(std::string_view sql);

    /// Rows that the last statement has changed.
    [[nodiscard]] std::int64_t changes() const noexcept { return sqlite3_changes(handle_.get()); }
    /// The key of the row that was inserted last.
    [[nodiscard]] std::int64_t last_row() const noexcept { return sqlite3_last_insert_rowid(handle_.get()); }
    [[nodiscard]] bool in_transaction() const noexcept { return sqlite3_get_autocommit(handle_.get()) == 0; }
    /// Ends what begin has begun, in any state.
    void roll_back() const noexcept;

    /// Whether somebody has removed or renamed the file.
    [[nodiscard]] bool moved() const noexcept;
    /// Whether what is in the write-ahead log goes into the file on close(); it may take a while.
    void checkpoint_on_close(bool on) const noexcept;
    /// Moves the write-ahead log into the file and empties it, unless somebody reads just now.
    void checkpoint() noexcept;

    [[nodiscard]] const Failure& failure() const noexcept { return failure_; }
    [[nodiscard]] bool failed() const noexcept { return failure_.fault != Fault::none; }
    void forget_failure() { failure_ = {}; }
    void note_failure();
    void note_failure(Fault fault, std::string text);

    [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }

    static constexpr int kBusyTimeout = 1000;  ///< ms: how long to wait for another connection that writes
    /// The same, of this one, in ms. Pauses in between are short, as several workers may write without a break.
    void wait_for_others(int most) noexcept;

  private:
    struct Close {
        void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
    };
    std::unique_ptr<sqlite3, Close> handle_;
    int busy_timeout_ = kBusyTimeout;
    Failure failure_;
};

}  // namespace aep::queue::sqlite
