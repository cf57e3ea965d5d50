#pragma once

#include <string_view>

#include "cmocka.hpp"

// cmocka's macro would hide methods of that name.
#undef skip

namespace aep::test {

/// Where a check stands: what std::source_location says, which clang 14 does not know yet.
struct Where {
    const char* file;
    int line;

    static constexpr Where here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
        return {file, line};
    }
};

/// Fails the test, and shows both, unless the texts are equal.
inline void expect_text(std::string_view found, std::string_view expected, Where where = Where::here()) {
    if (found != expected) {
        print_error("found:    %.*s\nexpected: %.*s\n", static_cast<int>(found.size()), found.data(),
                    static_cast<int>(expected.size()), expected.data());
        _fail(where.file, where.line);
    }
}

/// Fails the test unless the text holds the other.
inline void expect_part(std::string_view found, std::string_view part, Where where = Where::here()) {
    if (found.find(part) == std::string_view::npos) {
        print_error("found:          %.*s\nexpected in it: %.*s\n", static_cast<int>(found.size()),
                    found.data(), static_cast<int>(part.size()), part.data());
        _fail(where.file, where.line);
    }
}

}  // namespace aep::test
