#include "page/encoded_page.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expect.hpp"

namespace {

using namespace aep::page::compression;
using namespace aep::page;

constexpr std::string_view kHead = "<!doctype html><head>";
constexpr std::string_view kTag = "<script async src=\"/aep/0.js\"></script>";
constexpr std::array<std::size_t, 5> kPieces{1, 5, 1000, 16384, 1U << 20U};

std::string rest_of_page(std::size_t size) {
    std::string text = "<title>Shop</title>";
    for (unsigned number = 0; text.size() < size; number += 7919) {
        text += "<li>" + std::to_string(number);
    }
    text.resize(size);
    return text;
}

std::string encode(Coding coding, std::string_view text) {
    BlockCache cache;
    const auto encoder = Encoder::create(coding, cache);
    std::string out(text.size() + 1000, '\0');
    Stream stream{text, out.data(), out.size()};
    assert_int_equal(encoder->step(stream, Encoder::Flush::finish), Encoder::Result::done);
    out.resize(out.size() - stream.room);
    return out;
}

/// What a page becomes that comes in such pieces. Nothing when it fails, or has no place for the tag; `written` is
/// what was written until then.
std::optional<std::string> with_tag(Coding coding, std::string_view bytes, std::size_t piece, bool encoded,
                                    std::string* written = nullptr) {
    constexpr std::size_t kRoom = 8192;
    BlockCache cache;
    EncodedPage page(coding, true, nullptr, cache);
    std::string_view left;
    std::size_t at = 0;
    EncodedPage::Search found = EncodedPage::Search::searching;
    while (found == EncodedPage::Search::searching && at < bytes.size()) {
        left = bytes.substr(at, piece);
        at += left.size();
        found = page.search(left);
    }
    if (found == EncodedPage::Search::searching) {
        found = page.finish_search();
    }
    if (found != EncodedPage::Search::found || !page.start(kTag, encoded)) {
        return std::nullopt;
    }
    std::string out;
    for (;;) {
        const auto flush = at == bytes.size() ? Encoder::Flush::finish : Encoder::Flush::none;
        EncodedPage::Progress progress = EncodedPage::Progress::room;
        while (progress == EncodedPage::Progress::room || progress == EncodedPage::Progress::pause) {
            std::array<char, kRoom> buffer{};
            Stream stream{left, buffer.data(), buffer.size()};
            progress = page.step(stream, flush);
            left = stream.in;
            out.append(buffer.data(), buffer.size() - stream.room);
        }
        if (progress == EncodedPage::Progress::end) {
            return out;
        }
        if (progress == EncodedPage::Progress::failed) {
            if (written != nullptr) {
                *written = out;
            }
            return std::nullopt;
        }
        left = bytes.substr(at, piece);
        at += left.size();
    }
}

std::string decode(Coding coding, std::string_view bytes, Decoder::Result result = Decoder::Result::end) {
    constexpr std::size_t kMost = 1U << 20U;
    BlockCache cache;
    std::string out(kMost, '\0');
    Stream stream{bytes, out.data(), out.size()};
    assert_int_equal(Decoder::create(coding, cache)->step(stream), result);
    out.resize(out.size() - stream.room);
    return out;
}

void a_page_gets_its_tag_however_it_is_cut(void**) {
    for (const Coding coding : {Coding::gzip, Coding::deflate, Coding::brotli}) {
        // Some are as large as what is decoded at once.
        for (const std::size_t size : {0U, 100U, 2048U, 2048U + 16384U, 100000U}) {
            const std::string rest = rest_of_page(size - std::min(size, kHead.size()));
            const std::string bytes = encode(coding, std::string(kHead) + rest);
            const std::string wanted = std::string(kHead) + std::string(kTag) + rest;
            for (const std::size_t piece : kPieces) {
                assert_true(with_tag(coding, bytes, piece, false) == wanted);
                const auto encoded = with_tag(coding, bytes, piece, true);
                assert_true(encoded.has_value());
                assert_true(decode(coding, *encoded) == wanted);
            }
        }
    }
}

void a_page_of_several_gzip_members_is_whole(void**) {
    const std::string rest = rest_of_page(3000);
    const std::string head = encode(Coding::gzip, kHead);
    const std::string bytes = head + encode(Coding::gzip, rest) + encode(Coding::gzip, rest) + "padding";
    const std::string wanted = std::string(kHead) + std::string(kTag) + rest + rest;
    for (const std::size_t piece : {std::size_t{1}, head.size(), bytes.size()}) {
        assert_true(with_tag(Coding::gzip, bytes, piece, false) == wanted);
    }
}

void a_page_that_is_cut_short_does_not_end(void**) {
    for (const Coding coding : {Coding::gzip, Coding::deflate, Coding::brotli}) {
        const std::string bytes = encode(coding, std::string(kHead) + rest_of_page(50000));
        for (const std::size_t piece : kPieces) {
            assert_false(with_tag(coding, bytes.substr(0, bytes.size() - 1), piece, true).has_value());
        }
    }
}

void all_of_a_damaged_page_arrives_that_can_be_decoded(void**) {
    constexpr std::size_t kChecksum = 8;
    const std::string rest = rest_of_page(50000);
    const std::string wanted = std::string(kHead) + std::string(kTag) + rest;
    const std::string bytes = encode(Coding::gzip, std::string(kHead) + rest);
    const std::string data = bytes.substr(0, bytes.size() - kChecksum);
    for (const std::string& damaged : {data, data + "checksum", bytes + "\x1f\x8b garbage"}) {
        for (const std::size_t piece : kPieces) {
            std::string written;
            assert_false(with_tag(Coding::gzip, damaged, piece, false, &written).has_value());
            assert_true(written == wanted);
            assert_false(with_tag(Coding::gzip, damaged, piece, true, &written).has_value());
            assert_true(decode(Coding::gzip, written, Decoder::Result::more) == wanted);
        }
    }
}

/// Decodes a page that comes whole and leaves without a coding, up to the end or a failure.
struct Run {
    std::uint64_t written = 0;
    unsigned pauses = 0;
    bool has_ended = false;
    bool is_bomb = false;
};

Run run(Coding coding, std::string_view bytes) {
    BlockCache cache;
    EncodedPage page(coding, true, nullptr, cache);
    assert_int_equal(page.search(bytes), EncodedPage::Search::found);
    assert_true(page.start(kTag, false));
    std::vector<char> room(1U << 20U);
    Run result;
    for (;;) {
        Stream stream{bytes, room.data(), room.size()};
        const EncodedPage::Progress progress = page.step(stream, Encoder::Flush::finish);
        bytes = stream.in;
        result.written += room.size() - stream.room;
        result.pauses += progress == EncodedPage::Progress::pause ? 1 : 0;
        if (progress == EncodedPage::Progress::end || progress == EncodedPage::Progress::failed) {
            result.has_ended = progress == EncodedPage::Progress::end;
            result.is_bomb = page.is_bomb();
            return result;
        }
    }
}

void a_long_page_pauses_so_that_others_have_a_turn(void**) {
    constexpr std::size_t kSize = 10U << 20U;
    for (const Coding coding : {Coding::gzip, Coding::brotli}) {
        const Run result = run(coding, encode(coding, std::string(kHead) + std::string(kSize, 'A')));
        assert_true(result.has_ended);
        assert_false(result.is_bomb);
        assert_int_equal(result.written, kHead.size() + kTag.size() + kSize);
        assert_in_range(result.pauses, 9, 10);
    }
}

void a_bomb_is_broken_off(void**) {
    const Run result =
        run(Coding::brotli, encode(Coding::brotli, std::string(kHead) + std::string(80U << 20U, 'A')));
    assert_false(result.has_ended);
    assert_true(result.is_bomb);
    assert_in_range(result.written, EncodedPage::kBombSize, EncodedPage::kBombSize + (1U << 20U));
}

void a_large_page_that_grows_as_pages_do_is_no_bomb(void**) {
    const Run result =
        run(Coding::brotli, encode(Coding::brotli, std::string(kHead) + rest_of_page(80U << 20U)));
    assert_true(result.has_ended);
    assert_false(result.is_bomb);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_page_gets_its_tag_however_it_is_cut),
        cmocka_unit_test(a_page_of_several_gzip_members_is_whole),
        cmocka_unit_test(a_page_that_is_cut_short_does_not_end),
        cmocka_unit_test(all_of_a_damaged_page_arrives_that_can_be_decoded),
        cmocka_unit_test(a_long_page_pauses_so_that_others_have_a_turn),
        cmocka_unit_test(a_bomb_is_broken_off),
        cmocka_unit_test(a_large_page_that_grows_as_pages_do_is_no_bomb),
    };
    return cmocka_run_group_tests_name("encoded page", tests, nullptr, nullptr);
}
