#pragma once

#include <cstdint>
#include <string_view>

#include "page/html/head_finder.hpp"

namespace aep::page::html::test {

/// Whether Content-Type names the charset.
enum class Charset : std::uint8_t { known, unknown, either };

/// One document and what a HeadFinder says of it. In `input` a '^' marks the place of the tag (and is not part
/// of the document), and "{text*count}" stands for so many repetitions.
struct HeadCase {
    std::string_view behaviour;
    Charset charset;
    Verdict verdict;
    std::string_view input;
};

constexpr auto kFound = Verdict::found;
constexpr auto kNotDocument = Verdict::not_document;
constexpr auto kNoHead = Verdict::no_head;
constexpr auto kTagged = Verdict::tagged;
constexpr auto kAmp = Verdict::amp;
constexpr auto kEncoding = Verdict::encoding;

constexpr auto kKnown = Charset::known;
constexpr auto kUnknown = Charset::unknown;
constexpr auto kEither = Charset::either;

}  // namespace aep::page::html::test
