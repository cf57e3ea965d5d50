#pragma once

#include <string_view>

#include "cmocka.hpp"

// cmocka's macro would hide methods of that name.
#undef skip

namespace aep::test {

/// Fails the test, and shows both, unless the texts are equal.
inline void expect_text(std::string_view found, std::string_view expected,
                        const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    if (found != expected) {
        print_error("found:    %.*s\nexpected: %.*s\n", static_cast<int>(found.size()), found.data(),
                    static_cast<int>(expected.size()), expected.data());
        _fail(file, line);
    }
}

/// Fails the test unless the text holds the other.
inline void expect_part(std::string_view found, std::string_view part, const char* file = __builtin_FILE(),
                        int line = __builtin_LINE()) {
    if (found.find(part) == std::string_view::npos) {
        print_error("found:          %.*s\nexpected in it: %.*s\n", static_cast<int>(found.size()),
                    found.data(), static_cast<int>(part.size()), part.data());
        _fail(file, line);
    }
}

}  // namespace aep::test
