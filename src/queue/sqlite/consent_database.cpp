#include "consent_database.hpp"

namespace aep::queue::sqlite {
namespace {

FileFormat consent_format() {
    const std::string columns(kEntryColumnDefinitions);
    const std::string unpublished =
        "CREATE TABLE IF NOT EXISTS unpublished ( -- decisions that the broker of a fleet has not heard of\n"
        "    id       INTEGER PRIMARY KEY, -- as in consents, where it has gone once it is delivered\n"
        "    identity TEXT NOT NULL UNIQUE," +
        columns + ");";
    return {
        .application_id = ConsentDatabase::kApplicationId,
        .version = ConsentDatabase::kVersion,
        .additions = unpublished +
                     "CREATE INDEX IF NOT EXISTS consents_sizes ON consents (lane, size);"
                     "CREATE INDEX IF NOT EXISTS dead_letters_by_identity ON dead_letters (identity)",
        .schema =
            "CREATE TABLE consents ( -- set-consent requests that wait for Edge\n"
            "    id            INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again\n"
            "    identity      TEXT NOT NULL UNIQUE, -- whose consent it is\n"
            "    sending       INTEGER NOT NULL, -- id of the request that is being sent; 0: none\n"
            "    sending_until INTEGER NOT NULL, -- milliseconds since 1970; given up then" +
            columns +
            ");"
            "CREATE INDEX consents_by_lane ON consents (lane, due);"
            "CREATE TABLE dead_letters ( -- set-consent requests that Edge has refused\n"
            "    id       INTEGER PRIMARY KEY,\n"
            "    identity TEXT NOT NULL,    -- empty: a newer decision has come, this one must not be sent\n"
            "    died     INTEGER NOT NULL, -- milliseconds since 1970\n"
            "    status   INTEGER NOT NULL, -- of Edge's answer\n"
            "    reason   TEXT NOT NULL,    -- Edge's answer" +
            columns + ")"};
}

}  // namespace

ConsentDatabase::ConsentDatabase(const std::string& path)
    : base(path), opening(open_as(base, consent_format(), foreign)) {}

std::optional<ConsentDatabase::Sending> ConsentDatabase::sending(std::string_view identity) {
    Run run = find.run(identity);
    return run.next() ? std::optional(Sending{run.integer(0), run.integer(1)}) : std::nullopt;
}

bool ConsentDatabase::has(std::string_view identity) {
    Run run = find_any.run(identity);
    return run.next();
}

std::vector<UnpublishedConsent> ConsentDatabase::read_unpublished(std::string_view lane, Time now,
                                                                  std::size_t most) {
    std::vector<UnpublishedConsent> decisions;
    Run run = oldest_unpublished.run(lane, now, now + ConsentStore::kLongestClaim, most);
    while (run.next()) {
        decisions.push_back({id_of(run.integer(0)), std::string(run.text(1)), read_entry(run, 2)});
    }
    return decisions;
}

bool ConsentDatabase::read_due(std::string_view lane, Time from, Time until, Time now,
                               std::uint32_t most_attempts, std::size_t most, std::vector<Claim>& claims) {
    Run run = due.run(lane, from, until, now, now + ConsentStore::kLongestClaim, most_attempts,
                      most - claims.size());
    while (run.next()) {
        claims.push_back({id_of(run.integer(0)), read_entry(run, 1)});
    }
    return !run.failed();
}

}  // namespace aep::queue::sqlite
