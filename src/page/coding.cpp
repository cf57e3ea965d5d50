#include "page/coding.hpp"

#include <array>

#include "page/ascii.hpp"

namespace aep::page {
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
        if (equals_ignoring_case(header, name.text)) {
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

}  // namespace aep::page
