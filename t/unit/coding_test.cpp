#include "page/compression/coding.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "expect.hpp"
#include "page/compression/brotli_coding.hpp"
#include "page/compression/isal_coding.hpp"
#include "page/compression/zlib_coding.hpp"

namespace {

using namespace aep::page::compression;
using aep::test::expect_text;

/// One library's way to read and write a coding. All that are built are tested, whichever the module uses.
struct Library {
    Coding coding;
    std::unique_ptr<Decoder> (*decoder)(Coding, BlockCache&) noexcept;
    std::unique_ptr<Encoder> (*encoder)(Coding, BlockCache&) noexcept;
};

std::unique_ptr<Decoder> brotli_decoder(Coding, BlockCache& cache) noexcept {
    return make_brotli_decoder(cache);
}

std::unique_ptr<Encoder> brotli_encoder(Coding, BlockCache& cache) noexcept {
    return make_brotli_encoder(cache);
}

constexpr auto kLibraries = std::to_array<Library>({
    {Coding::gzip, make_zlib_decoder, make_zlib_encoder},
        {Coding::deflate, make_zlib_decoder, make_zlib_encoder},
#if AEP_ISAL
        {Coding::gzip, make_isal_decoder, make_isal_encoder},
        {Coding::deflate, make_isal_decoder, make_isal_encoder},
#endif
        {Coding::brotli, brotli_decoder, brotli_encoder},
});

/// In what pieces a text goes in, and with how much room at once.
struct Cut {
    std::size_t piece;
    std::size_t room;
};

constexpr auto kCuts =
    std::to_array<Cut>({{1, 16}, {7, 100}, {4096, 8192}, {16384, 4096}, {1U << 20U, 1U << 20U}});

/// A text in which some repeats, near and far, and some does not.
std::string page(std::size_t size) {
    constexpr unsigned kMultiplier = 1664525;  // of a linear congruential generator
    constexpr unsigned kIncrement = 1013904223;
    std::string text = "<!doctype html><head>";
    unsigned state = 1;
    while (text.size() < size) {
        state = state * kMultiplier + kIncrement;
        text +=
            (state >> 28U) == 0 ? text.substr(text.size() / 3, 300) : "<li>" + std::to_string(state >> 16U);
    }
    text.resize(size);
    return text;
}

void put(Encoder& encoder, std::string_view in, Encoder::Flush flush, std::size_t room, std::string& out) {
    std::vector<char> buffer(room);
    Stream stream{in, nullptr, 0};
    Encoder::Result result = Encoder::Result::room;
    while (result == Encoder::Result::room) {
        stream.out = buffer.data();
        stream.room = room;
        result = encoder.step(stream, flush);
        out.append(buffer.data(), room - stream.room);
    }
    assert_int_equal(result, Encoder::Result::done);
    assert_true(stream.in.empty());
}

std::string encoded(Encoder& encoder, std::string_view text, Cut cut) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += cut.piece) {
        put(encoder, text.substr(at, cut.piece), Encoder::Flush::none, cut.room, out);
    }
    put(encoder, {}, Encoder::Flush::finish, cut.room, out);
    return out;
}

struct Decoded {
    std::string text;
    Decoder::Result result = Decoder::Result::more;
};

/// Feeds a decoder, behind an end as well: another gzip member may follow.
void feed(Decoder& decoder, std::string_view in, Cut cut, Decoded& out) {
    std::vector<char> buffer(cut.room);
    for (std::size_t at = 0; at < in.size() && out.result != Decoder::Result::wrong; at += cut.piece) {
        Stream stream{in.substr(at, cut.piece), nullptr, 0};
        do {
            stream.out = buffer.data();
            stream.room = cut.room;
            out.result = decoder.step(stream);
            out.text.append(buffer.data(), cut.room - stream.room);
        } while (out.result == Decoder::Result::more && (!stream.in.empty() || stream.room == 0));
    }
}

Decoded decoded(const Library& library, std::string_view in, Cut cut) {
    BlockCache cache;
    const auto decoder = library.decoder(library.coding, cache);
    Decoded out;
    feed(*decoder, in, cut, out);
    return out;
}

std::string encoded(const Library& library, std::string_view text, Cut cut = {1U << 20U, 1U << 20U}) {
    BlockCache cache;
    return encoded(*library.encoder(library.coding, cache), text, cut);
}

void a_coding_is_known_by_its_names(void**) {
    assert_true(content_coding("GZip") == Coding::gzip);
    assert_true(content_coding("x-gzip") == Coding::gzip);
    assert_true(content_coding("deflate") == Coding::deflate);
    assert_true(content_coding("br") == Coding::brotli);
    for (const std::string_view other : {"", "zstd", "gzip, br", "identity", "gzi"}) {
        assert_false(content_coding(other).has_value());
    }
}

void what_one_library_writes_each_reads_however_it_is_cut(void**) {
    for (const std::size_t size : {0U, 1U, 1000U, 70000U, 300000U}) {
        const std::string text = page(size);
        for (const Library& writer : kLibraries) {
            for (const Cut& written : kCuts) {
                const std::string bytes = encoded(writer, text, written);
                for (const Library& reader : kLibraries) {
                    if (reader.coding == writer.coding) {
                        const Decoded out = decoded(reader, bytes, kCuts[size % kCuts.size()]);
                        assert_int_equal(out.result, Decoder::Result::end);
                        assert_true(out.text == text);
                    }
                }
            }
        }
    }
}

void a_compressed_text_can_be_read_in_any_pieces(void**) {
    const std::string text = page(70000);
    for (const Library& library : kLibraries) {
        const std::string bytes = encoded(library, text);
        for (const Cut& cut : kCuts) {
            const Decoded out = decoded(library, bytes, cut);
            assert_int_equal(out.result, Decoder::Result::end);
            assert_true(out.text == text);
        }
    }
}

void what_is_flushed_can_be_read_at_once(void**) {
    const std::string text = page(100000);
    for (const Library& library : kLibraries) {
        BlockCache cache;
        const auto encoder = library.encoder(library.coding, cache);
        const auto decoder = library.decoder(library.coding, cache);
        Decoded out;
        std::size_t at = 0;
        for (const std::size_t piece : {1U, 2U, 300U, 0U, 40000U, 5U}) {
            std::string bytes;
            put(*encoder, std::string_view(text).substr(at, piece), Encoder::Flush::sync, 100, bytes);
            feed(*decoder, bytes, {4096, 4096}, out);
            at += piece;
            assert_true(out.text == std::string_view(text).substr(0, at));
        }
        std::string end;
        put(*encoder, {}, Encoder::Flush::finish, 100, end);
        feed(*decoder, end, {1, 4096}, out);
        assert_int_equal(out.result, Decoder::Result::end);
        assert_int_equal(out.text.size(), at);
    }
}

/// What zlib's own function writes: raw deflate for -15, gzip with `header` for 31.
std::string zlib_stream(std::string_view text, int format, gz_header* header = nullptr) {
    constexpr int kMemory = 8;
    z_stream state{};
    assert_int_equal(deflateInit2(&state, 9, Z_DEFLATED, format, kMemory, Z_DEFAULT_STRATEGY), Z_OK);
    if (header != nullptr) {
        assert_int_equal(deflateSetHeader(&state, header), Z_OK);
    }
    std::string out(text.size() + 1000, '\0');
    std::string in(text);
    state.next_in = reinterpret_cast<Bytef*>(in.data());
    state.avail_in = static_cast<unsigned>(in.size());
    state.next_out = reinterpret_cast<Bytef*>(out.data());
    state.avail_out = static_cast<unsigned>(out.size());
    assert_int_equal(deflate(&state, Z_FINISH), Z_STREAM_END);
    out.resize(state.total_out);
    deflateEnd(&state);
    return out;
}

void deflate_may_come_without_its_frame(void**) {
    const std::string text = page(70000);
    const std::string bytes = zlib_stream(text, -MAX_WBITS);
    for (const Library& library : kLibraries) {
        for (const Cut& cut : kCuts) {
            if (library.coding == Coding::deflate) {
                assert_true(decoded(library, bytes, cut).text == text);
            }
        }
    }
}

void a_gzip_header_may_have_all_its_fields(void**) {
    const std::string text = page(1000);
    std::array<Bytef, 5> extra{'A', 'P', 1, 0, 7};
    std::array<Bytef, 11> name{'p', 'a', 'g', 'e', '.', 'h', 't', 'm', 'l'};
    gz_header header{};
    header.extra = extra.data();
    header.extra_len = extra.size();
    header.name = name.data();
    header.comment = name.data();
    header.hcrc = 1;
    const std::string bytes = zlib_stream(text, MAX_WBITS + 16, &header);
    for (const Library& library : kLibraries) {
        for (std::size_t piece = 1; piece < 50 && library.coding == Coding::gzip; ++piece) {
            const Decoded out = decoded(library, bytes, {piece, 4096});
            assert_int_equal(out.result, Decoder::Result::end);
            expect_text(out.text, text);
        }
    }
}

void gzip_may_have_several_members_and_what_follows_is_ignored(void**) {
    const std::string text = page(5000);
    for (const Library& library : kLibraries) {
        if (library.coding != Coding::gzip) {
            continue;
        }
        const std::string member = encoded(library, text);
        std::string members;
        std::string texts;
        for (int count = 0; count < 3; ++count) {
            members += member;
            texts += text;
        }
        for (const Cut& cut : kCuts) {
            assert_true(decoded(library, members, cut).text == texts);
            assert_true(decoded(library, member + "padding", cut).text == text);
        }
    }
}

void what_is_not_in_the_coding_is_wrong(void**) {
    const std::string text = page(70000);
    for (const Library& library : kLibraries) {
        assert_int_equal(decoded(library, "<!doctype html><html>", {7, 4096}).result, Decoder::Result::wrong);
        const std::string bytes = encoded(library, text);
        const std::string half = bytes.substr(0, bytes.size() / 2);
        assert_int_equal(decoded(library, half, {4096, 4096}).result, Decoder::Result::more);
        if (library.coding != Coding::brotli) {
            std::string other = bytes;
            other[other.size() - (library.coding == Coding::gzip ? 5 : 1)] ^= 1;  // in the checksum
            assert_int_equal(decoded(library, other, {4096, 4096}).result, Decoder::Result::wrong);
        }
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_coding_is_known_by_its_names),
        cmocka_unit_test(what_one_library_writes_each_reads_however_it_is_cut),
        cmocka_unit_test(a_compressed_text_can_be_read_in_any_pieces),
        cmocka_unit_test(what_is_flushed_can_be_read_at_once),
        cmocka_unit_test(deflate_may_come_without_its_frame),
        cmocka_unit_test(a_gzip_header_may_have_all_its_fields),
        cmocka_unit_test(gzip_may_have_several_members_and_what_follows_is_ignored),
        cmocka_unit_test(what_is_not_in_the_coding_is_wrong),
    };
    return cmocka_run_group_tests_name("coding", tests, nullptr, nullptr);
}
