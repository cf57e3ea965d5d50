#include "damage.hpp"

#include <array>
#include <cstdio>
#include <ctime>

#include <unistd.h>

namespace aep::queue::sqlite {
namespace {

/// What SQLite keeps beside a database.
constexpr std::array kCompanions{"-wal", "-shm"};

std::string as_text(Time now) {
    constexpr Time kSecond = 1000;
    const std::time_t seconds = now / kSecond;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, sizeof "20000101T000000Z"> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts)};
}

}  // namespace

std::string move_damaged(const std::string& path, Time now) {
    const std::string first_choice = path + ".damaged-" + as_text(now);
    std::string target = first_choice;
    for (int count = 2; access(target.c_str(), F_OK) == 0; ++count) {
        target = first_choice + "-" + std::to_string(count);
    }
    // The database first: without its log it could pass for an undamaged one.
    if (std::rename(path.c_str(), target.c_str()) != 0) {
        return {};
    }
    for (const char* companion : kCompanions) {
        std::rename((path + companion).c_str(), (target + companion).c_str());
    }
    return target;
}

void remove_database(const std::string& path) {
    unlink(path.c_str());
    for (const char* companion : kCompanions) {
        unlink((path + companion).c_str());
    }
}

}  // namespace aep::queue::sqlite
