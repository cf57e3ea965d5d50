#pragma once

#include "cmocka.hpp"

#include <charconv>
#include <string>
#include <string_view>

#include "head_finder_cases.hpp"

namespace aep::page::html::test {

struct Result {
    Verdict verdict;
    std::uint64_t position;

    bool operator==(const Result&) const = default;
};

struct Document {
    std::string bytes;
    Result expected;
};

/// Writes "{text*count}" out. Braces without a star are just braces.
inline std::string expand(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t star = text.find('*');
        const std::size_t end = text.find('}');
        if (text.front() != '{' || star == std::string_view::npos || end == std::string_view::npos ||
            star > end) {
            out += text.front();
            text.remove_prefix(1);
            continue;
        }
        std::size_t count = 0;
        std::from_chars(text.data() + star + 1, text.data() + end, count);
        for (; count > 0; --count) {
            out += text.substr(1, star - 1);
        }
        text.remove_prefix(end + 1);
    }
    return out;
}

inline Document document_of(const HeadCase& c) {
    Document document{expand(c.input), {c.verdict, 0}};
    const std::size_t mark = document.bytes.find('^');
    assert_int_equal(mark != std::string::npos, c.verdict == Verdict::found);
    if (mark != std::string::npos) {
        document.bytes.erase(mark, 1);
        document.expected.position = mark;
    }
    return document;
}

}  // namespace aep::page::html::test
