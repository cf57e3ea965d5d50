#include "cmocka.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>

#include "head_end_finder_cases.hpp"
#include "head_finder_reading.hpp"
#include "page/html/place_finder.hpp"

namespace {

using namespace aep::page::html;
using namespace aep::page::html::test;

// They live in nginx's pools.
static_assert(std::is_trivially_destructible_v<HeadEndFinder> &&
              std::is_trivially_destructible_v<PlaceFinder>);

bool allows(void* /*context*/, std::string_view policy) noexcept {
    return policy == "allowed";
}

/// Feeds one document and holds the finder to what it promises.
class Feeder {
  public:
    explicit Feeder(bool charset_known)
        : end_(charset_known, {allows, nullptr}), finder_(charset_known, &end_) {}
    Feeder(const Feeder&) = delete;
    Feeder& operator=(const Feeder&) = delete;

    void feed(std::string_view bytes) {
        const bool was_certain = finder_.is_certain();
        finder_.feed(bytes);
        fed_ += bytes.size();
        assert_true(finder_.is_certain() || !was_certain);
        if (finder_.verdict() == Verdict::searching) {
            assert_in_range(finder_.settled(), settled_, fed_);
            assert_in_range(fed_ - finder_.settled(), 0, HeadFinder::kMaxHeld);
            settled_ = finder_.settled();
        }
    }

    Result finish() {
        finder_.finish();
        assert_int_not_equal(static_cast<int>(finder_.verdict()), static_cast<int>(Verdict::searching));
        if (finder_.verdict() != Verdict::found) {
            assert_true(!finder_.is_certain() || finder_.position() == fed_);
            return {finder_.verdict(), 0};
        }
        assert_true(finder_.is_certain());
        assert_in_range(finder_.position(), settled_, fed_);
        return {finder_.verdict(), finder_.position()};
    }

  private:
    HeadEndFinder end_;
    PlaceFinder finder_;
    std::uint64_t fed_ = 0;
    std::uint64_t settled_ = 0;
};

Result find_in_pieces(std::string_view bytes, std::size_t first, std::size_t size, bool charset_known) {
    Feeder feeder(charset_known);
    feeder.feed(bytes.substr(0, first));
    bytes.remove_prefix(std::min(first, bytes.size()));
    for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
        feeder.feed(bytes.substr(0, size));
    }
    return feeder.finish();
}

void expect(Result result, const Document& document, const HeadCase& c, std::size_t cut) {
    if (result != document.expected) {
        fail_msg("%.*s, cut at %zu: verdict %d at %llu, expected %d at %llu",
                 static_cast<int>(c.behaviour.size()), c.behaviour.data(), cut,
                 static_cast<int>(result.verdict), static_cast<unsigned long long>(result.position),
                 static_cast<int>(document.expected.verdict),
                 static_cast<unsigned long long>(document.expected.position));
    }
}

template <typename Check>
void for_each_document(const Check& check) {
    for (const HeadCase& c : kEndCases) {
        const Document document = document_of(c);
        for (const bool charset_known : {true, false}) {
            if (c.charset != (charset_known ? Charset::unknown : Charset::known)) {
                check(c, document, charset_known);
            }
        }
    }
}

void finds_the_end(void** /*state*/) {
    for_each_document([](const HeadCase& c, const Document& document, bool charset_known) {
        const std::size_t size = document.bytes.size();
        expect(find_in_pieces(document.bytes, size, 1, charset_known), document, c, size);
    });
}

void finds_it_in_pieces(void** /*state*/) {
    for_each_document([](const HeadCase& c, const Document& document, bool charset_known) {
        for (const std::size_t size : {1U, 2U, 3U, 7U, 64U, 1000U, 1024U, 4096U}) {
            expect(find_in_pieces(document.bytes, size, size, charset_known), document, c, size);
        }
    });
}

/// Every cut; of documents that are long because of a filling, some in the filling.
void finds_it_with_every_cut(void** /*state*/) {
    constexpr std::size_t kEach = 2500;
    for_each_document([](const HeadCase& c, const Document& document, bool charset_known) {
        const std::size_t size = document.bytes.size();
        for (std::size_t cut = 0; cut <= size;) {
            expect(find_in_pieces(document.bytes, cut, size, charset_known), document, c, cut);
            const bool is_in_filling = cut > kEach && cut + kEach < size;
            cut += !is_in_filling ? 1 : size > 100'000 ? 49'999 : 997;
        }
    });
}

/// What may leave: all but a token before which the place may be.
void lets_bytes_leave_while_it_searches(void** /*state*/) {
    struct Sample {
        std::string_view start;
        std::uint64_t settled;
    };
    for (const Sample& sample : {Sample{"<head>", 6},
                                 {"<head><title>x", 14},
                                 {"<head><title>x</tit", 19},
                                 {"<head><", 6},
                                 {"<head></", 6},
                                 {"<head></hea", 6},
                                 {"<head><title></title><!", 23},
                                 {"<head><meta name=a", 6},
                                 {"<head><base ", 6},
                                 {"<head><link ", 12},
                                 {"<head><title></title><script src", 32},
                                 {"<head><title></title>  &#3", 23}}) {
        HeadEndFinder end(true);
        PlaceFinder finder(true, &end);
        assert_int_equal(static_cast<int>(finder.feed(sample.start)), static_cast<int>(Verdict::searching));
        assert_int_equal(finder.settled(), sample.settled);
    }
}

/// The header can leave with the first place, as the tag will go in.
void is_certain_with_the_first_place(void** /*state*/) {
    HeadEndFinder end(true);
    PlaceFinder finder(true, &end);
    finder.feed("<!doctype html><html>");
    assert_false(finder.is_certain());
    finder.feed("<head>");
    finder.feed("<style>");
    assert_true(finder.is_certain());
    assert_int_equal(static_cast<int>(finder.verdict()), static_cast<int>(Verdict::searching));
}

/// Another finder has found the first place in the same bytes.
void goes_on_from_a_decision(void** /*state*/) {
    constexpr std::string_view kBytes = "<html><head><title>x</title></head>";
    HeadFinder other(true);
    other.feed(kBytes);
    HeadEndFinder end(true);
    PlaceFinder finder(true, &end);
    assert_int_equal(static_cast<int>(finder.take_over(other.decision(), kBytes)),
                     static_cast<int>(Verdict::found));
    assert_int_equal(finder.position(), 28);
}

/// Without an end it is the finder of the first place.
void finds_the_first_place(void** /*state*/) {
    PlaceFinder finder(true, nullptr);
    assert_int_equal(static_cast<int>(finder.feed("<html><head><title>")), static_cast<int>(Verdict::found));
    assert_int_equal(finder.position(), 12);
    assert_false(finder.is_certain());
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_end),
        cmocka_unit_test(finds_it_in_pieces),
        cmocka_unit_test(finds_it_with_every_cut),
        cmocka_unit_test(lets_bytes_leave_while_it_searches),
        cmocka_unit_test(is_certain_with_the_first_place),
        cmocka_unit_test(goes_on_from_a_decision),
        cmocka_unit_test(finds_the_first_place),
    };
    return cmocka_run_group_tests_name("head_end_finder", tests, nullptr, nullptr);
}
