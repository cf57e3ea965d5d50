#include "cmocka.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>

#include "head_finder_charset_cases.hpp"
#include "head_finder_document_cases.hpp"
#include "head_finder_place_cases.hpp"
#include "head_finder_reading.hpp"
#include "page/html/head_finder.hpp"

namespace {

using namespace aep::page::html;
using namespace aep::page::html::test;

// It lives in nginx's pools, once for each page.
static_assert(std::is_trivially_copyable_v<HeadFinder> && std::is_trivially_destructible_v<HeadFinder>);
static_assert(sizeof(HeadFinder) <= 256);

/// Feeds one document and holds the finder to what it promises about settled().
class Feeder {
  public:
    explicit Feeder(bool charset_known) : finder_(charset_known) {}

    void feed(std::string_view bytes) {
        finder_.feed(bytes);
        fed_ += bytes.size();
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
            return {finder_.verdict(), 0};
        }
        assert_in_range(finder_.position(), settled_, fed_);
        return {finder_.verdict(), finder_.position()};
    }

  private:
    HeadFinder finder_;
    std::uint64_t fed_ = 0;
    std::uint64_t settled_ = 0;
};

Result find_in_one(std::string_view bytes, bool charset_known) {
    Feeder feeder(charset_known);
    feeder.feed(bytes);
    return feeder.finish();
}

Result find_cut(std::string_view bytes, std::size_t cut, bool charset_known) {
    Feeder feeder(charset_known);
    feeder.feed(bytes.substr(0, cut));
    feeder.feed(bytes.substr(cut));
    return feeder.finish();
}

Result find_in_pieces(std::string_view bytes, std::size_t size, bool charset_known) {
    Feeder feeder(charset_known);
    for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
        feeder.feed(bytes.substr(0, size));
        feeder.feed({});
    }
    return feeder.finish();
}

void expect(Result result, Result expected, const HeadCase& c, bool charset_known) {
    if (result != expected) {
        fail_msg("%.*s (charset %sknown): verdict %d at %llu, expected %d at %llu",
                 static_cast<int>(c.behaviour.size()), c.behaviour.data(), charset_known ? "" : "not ",
                 static_cast<int>(result.verdict), static_cast<unsigned long long>(result.position),
                 static_cast<int>(expected.verdict), static_cast<unsigned long long>(expected.position));
    }
}

template <typename Check>
void for_each_document(const Check& check) {
    const auto run = [&](const HeadCase& c) {
        const Document document = document_of(c);
        for (const bool charset_known : {true, false}) {
            if (c.charset != (charset_known ? Charset::unknown : Charset::known)) {
                check(c, document, charset_known);
            }
        }
    };
    std::for_each(std::begin(kDocumentCases), std::end(kDocumentCases), run);
    std::for_each(std::begin(kPlaceCases), std::end(kPlaceCases), run);
    std::for_each(std::begin(kCharsetCases), std::end(kCharsetCases), run);
}

void finds_the_place(void** /*state*/) {
    for_each_document([](const HeadCase& c, const Document& document, bool charset_known) {
        expect(find_in_one(document.bytes, charset_known), document.expected, c, charset_known);
    });
}

void finds_the_same_place_byte_by_byte(void** /*state*/) {
    for_each_document([](const HeadCase& c, const Document& document, bool charset_known) {
        expect(find_in_pieces(document.bytes, 1, charset_known), document.expected, c, charset_known);
    });
}

void finds_the_same_place_in_pieces(void** /*state*/) {
    for_each_document([](const HeadCase& c, const Document& document, bool charset_known) {
        for (const std::size_t size : {2U, 3U, 7U, 64U, 1000U, 1024U, 4096U}) {
            expect(find_in_pieces(document.bytes, size, charset_known), document.expected, c, charset_known);
        }
    });
}

/// Every cut; of documents that are long because of a filling, every cut but some in the filling.
void finds_the_same_place_with_every_cut(void** /*state*/) {
    constexpr std::size_t kEach = 2500;
    constexpr std::size_t kVeryLong = 100000;
    for_each_document([](const HeadCase& c, const Document& document, bool charset_known) {
        const std::size_t size = document.bytes.size();
        for (std::size_t cut = 0; cut <= size;) {
            expect(find_cut(document.bytes, cut, charset_known), document.expected, c, charset_known);
            const bool is_in_filling = cut > kEach && cut + kEach < size;
            cut += !is_in_filling ? 1 : size > kVeryLong ? 9973 : 97;
        }
    });
}

/// What follows the place is not looked at, so it cannot change it.
void does_not_read_behind_the_place(void** /*state*/) {
    for_each_document([](const HeadCase& c, const Document& document, bool charset_known) {
        HeadFinder finder(charset_known);
        if (finder.feed(document.bytes) == Verdict::searching) {
            return;
        }
        finder.feed("<head><meta charset=utf-8></head>");
        finder.finish();
        const bool found = finder.verdict() == Verdict::found;
        expect({finder.verdict(), found ? finder.position() : 0}, document.expected, c, charset_known);
    });
}

/// Images and data are let go with the first bytes that cannot begin a document.
void lets_other_things_go_at_once(void** /*state*/) {
    for (const std::string_view start :
         {"{", "[", "G", "%", "\x89", "x", "<d", "<s", "</h", "<tr", "\n\t1", "<!-->a"}) {
        HeadFinder finder(false);
        assert_int_equal(static_cast<int>(finder.feed(start)), static_cast<int>(Verdict::not_document));
    }
    for (const std::string_view start :
         {"<", "<h", "<ht", "<t", "<b", "<!", "<!d", "</", "\xEF", "&", " \n", "<?x"}) {
        HeadFinder finder(false);
        assert_int_equal(static_cast<int>(finder.feed(start)), static_cast<int>(Verdict::searching));
    }
}

/// What cannot have the place before it may leave although the search goes on.
void lets_bytes_leave_while_it_searches(void** /*state*/) {
    struct Sample {
        std::string_view start;
        std::uint64_t settled;
    };
    for (const Sample& sample : {Sample{"<!doctype html>\n", 16},
                                 {"<!doctype html><!-- x", 21},
                                 {"<!doctype ht", 12},
                                 {"<html><head", 6},
                                 {"<html>  <", 8},
                                 {"<html></", 6},
                                 {"<html>&#3", 6},
                                 {"<head><title>x", 6},
                                 {"<head><title>x</tit", 6},
                                 {"<head><title></title a", 6},
                                 {"<head><title></title>", 21},
                                 {"<head><script><!-- x", 6},
                                 {"<head> <!-- x", 7},
                                 {"<head><meta ", 6},
                                 {"\xEF\xBB\xBF", 3},
                                 {"\n\xEF\xBB", 1},
                                 {"\n\xEF\xBB\xBF <!--", 1}}) {
        HeadFinder finder(false);
        assert_int_equal(static_cast<int>(finder.feed(sample.start)), static_cast<int>(Verdict::searching));
        assert_int_equal(finder.settled(), sample.settled);
    }
}

void a_tag_too_long_to_be_held_may_leave(void** /*state*/) {
    HeadFinder finder(true);
    finder.feed("<html ");
    finder.feed(std::string(HeadFinder::kMaxHeld - 6, 'x'));
    assert_int_equal(finder.settled(), 0);
    finder.feed("x");
    assert_int_equal(finder.settled(), HeadFinder::kMaxHeld + 1);
}

Verdict flushed(std::string_view bytes) {
    HeadFinder finder(true);
    finder.feed(bytes);
    return finder.flush();
}

void a_flush_takes_the_tag_along_unless_it_may_be_there_already(void** /*state*/) {
    assert_int_equal(static_cast<int>(flushed("<html><head>")), static_cast<int>(Verdict::found));
    assert_int_equal(static_cast<int>(flushed("<html><head><scr")), static_cast<int>(Verdict::searching));
    assert_int_equal(static_cast<int>(flushed("<html><he")), static_cast<int>(Verdict::searching));
    assert_int_equal(static_cast<int>(flushed("<html>")), static_cast<int>(Verdict::searching));
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_place),
        cmocka_unit_test(a_flush_takes_the_tag_along_unless_it_may_be_there_already),
        cmocka_unit_test(finds_the_same_place_byte_by_byte),
        cmocka_unit_test(finds_the_same_place_in_pieces),
        cmocka_unit_test(finds_the_same_place_with_every_cut),
        cmocka_unit_test(does_not_read_behind_the_place),
        cmocka_unit_test(lets_other_things_go_at_once),
        cmocka_unit_test(lets_bytes_leave_while_it_searches),
        cmocka_unit_test(a_tag_too_long_to_be_held_may_leave),
    };
    return cmocka_run_group_tests_name("head_finder", tests, nullptr, nullptr);
}
