// Feeds a document to the head finder in one and in pieces. The first byte is 'k' where Content-Type names the
// charset, the second one says how the document is cut, the document follows.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "page/html/place_finder.hpp"
#include "text/ascii.hpp"

namespace {

using aep::page::html::HeadEndFinder;
using aep::page::html::HeadFinder;
using aep::page::html::PlaceFinder;
using aep::page::html::Verdict;

constexpr std::string_view kTag = R"(<script async src="/aep/x.js" data-aep="{&quot;v&quot;:1}"></script>)";
constexpr std::string_view kOtherScript = "<script async src=\"/x.js\"></script>";
constexpr std::string_view kElement = "<script";
constexpr std::string_view kMark = "data-aep";

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

struct Result {
    Verdict verdict = Verdict::searching;
    std::uint64_t position = 0;

    bool operator==(const Result&) const = default;
};

template <typename Finder>
Result result_of(Finder& finder) {
    finder.finish();
    require(finder.verdict() != Verdict::searching);
    return {finder.verdict(), finder.verdict() == Verdict::found ? finder.position() : 0};
}

Result find(std::string_view document, bool charset_known) {
    HeadFinder finder(charset_known);
    finder.feed(document);
    return result_of(finder);
}

/// Feeds a finder in pieces, and holds it to what it promises about settled().
template <typename Finder>
Result find_in_pieces(Finder& finder, std::string_view document, std::uint32_t random) {
    std::uint64_t fed = 0;
    std::uint64_t settled = 0;
    while (!document.empty()) {
        random = random * 1664525U + 1013904223U;
        // Small pieces mostly, large ones now and then.
        const std::size_t most = (random >> 28U) == 0 ? 2000 : std::size_t{1} << (random >> 24U & 0x7U);
        const std::size_t size = std::min<std::size_t>(document.size(), (random >> 8U) % most + 1);
        finder.feed(document.substr(0, size));
        document.remove_prefix(size);
        fed += size;
        if (finder.verdict() == Verdict::searching) {
            require(finder.settled() >= settled && finder.settled() <= fed);
            require(fed - finder.settled() <= HeadFinder::kMaxHeld);
            settled = finder.settled();
        }
    }
    const Result result = result_of(finder);
    require(result.verdict != Verdict::found || (result.position >= settled && result.position <= fed));
    return result;
}

/// The place at the end of <head>.
Result find_end(std::string_view document, bool charset_known) {
    HeadEndFinder end(charset_known);
    PlaceFinder finder(charset_known, &end);
    finder.feed(document);
    return result_of(finder);
}

Result find_end_in_pieces(std::string_view document, bool charset_known, std::uint32_t random) {
    HeadEndFinder end(charset_known);
    PlaceFinder finder(charset_known, &end);
    return find_in_pieces(finder, document, random);
}

std::string with(std::string_view element, std::string_view document, std::uint64_t position) {
    return std::string(document.substr(0, position)).append(element).append(document.substr(position));
}

/// In any case of its letters.
bool contains(std::string_view document, std::string_view word) {
    const auto is_equal = [](char a, char b) { return aep::text::to_lower(a) == b; };
    return std::search(document.begin(), document.end(), word.begin(), word.end(), is_equal) !=
           document.end();
}

/// The place is the same where the document ends at it, and where another script is there already: before it,
/// or, where the place is before what follows, behind it. Where the tag is there already, this is told.
void check_place(std::string_view document, std::uint64_t position, bool charset_known) {
    const Result at_end = find(document.substr(0, position), charset_known);
    if (at_end.verdict == Verdict::not_document) {
        return;  // what makes it a document is behind the place
    }
    require(at_end == Result{Verdict::found, position});
    if (position + kTag.size() + HeadFinder::kMaxHeld > HeadFinder::kMaxSearch) {
        return;
    }
    require(find(with(kTag, document, position), charset_known).verdict == Verdict::tagged);
    if (contains(document, kMark)) {
        return;  // it may count once something has moved: one that is cut off does where it is held back
    }
    const Result again = find(with(kOtherScript, document, position), charset_known);
    const bool is_behind = !charset_known && again.position == position + kOtherScript.size();
    require(again.verdict == Verdict::found && (again.position == position || is_behind));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    const bool charset_known = data[0] == 'k';
    const std::string_view document(reinterpret_cast<const char*>(data) + 2, size - 2);
    const Result whole = find(document, charset_known);
    HeadFinder in_pieces(charset_known);
    require(find_in_pieces(in_pieces, document, data[1]) == whole);
    const Result end = find_end(document, charset_known);
    require(find_end_in_pieces(document, charset_known, data[1]) == end);
    require(end.verdict != Verdict::found ||
            (whole.verdict == Verdict::found && end.position >= whole.position));
    if (whole.verdict == Verdict::found) {
        check_place(document, whole.position, charset_known);
    } else if (whole.verdict == Verdict::tagged) {
        require(contains(document, kElement) && contains(document, kMark));
    }
    return 0;
}
