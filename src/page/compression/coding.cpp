#include "page/compression/coding.hpp"

#include <array>

#include "page/compression/brotli_coding.hpp"
#include "page/compression/isal_coding.hpp"
#include "page/compression/zlib_coding.hpp"
#include "text/ascii.hpp"

namespace aep::page::compression {
namespace {

struct Name {
    std::string_view text;
    Coding coding;
};

constexpr std::array<Name, 4> kNames{
    {{"gzip", Coding::gzip}, {"x-gzip", Coding::gzip}, {"deflate", Coding::deflate}, {"br", Coding::brotli}}};

}  // namespace

std::optional<Coding> content_coding(std::string_view header) noexcept {
    for (const Name& name : kNames) {
        if (text::equals_ignoring_case(header, name.text)) {
            return name.coding;
        }
    }
    return std::nullopt;
}

std::string_view to_string(Coding coding) noexcept {
    switch (coding) {
        case Coding::gzip:
            return "gzip";
        case Coding::deflate:
            return "deflate";
        case Coding::brotli:
            return "br";
    }
    return {};
}

bool has_zlib_frame(char first) noexcept {
    // RFC 1950 2.2: CM is 8, and CINFO at most 7. A deflate stream of text hardly ever begins so.
    constexpr unsigned kDeflate = 8;
    const auto cmf = static_cast<unsigned char>(first);
    return (cmf & 0x0fU) == kDeflate && (cmf >> 4U) <= 7;
}

std::unique_ptr<Decoder> Decoder::create(Coding coding, BlockCache& cache) noexcept {
    if (coding == Coding::brotli) {
        return make_brotli_decoder(cache);
    }
#if AEP_ISAL
    return make_isal_decoder(coding, cache);
#else
    return make_zlib_decoder(coding, cache);
#endif
}

std::unique_ptr<Encoder> Encoder::create(Coding coding, BlockCache& cache) noexcept {
    if (coding == Coding::brotli) {
        return make_brotli_encoder(cache);
    }
#if AEP_ISAL
    return make_isal_encoder(coding, cache);
#else
    return make_zlib_encoder(coding, cache);
#endif
}

}  // namespace aep::page::compression
