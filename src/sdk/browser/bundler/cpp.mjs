// Files as C++ source, for the module to carry: the SDK file in its three forms, and the status page's files.

// Three octal digits end an escape by themselves; "?" could begin a trigraph.
const ESCAPED = Array.from({ length: 256 }, (_, byte) => {
    const isPlain = byte >= 0x20 && byte < 0x7f && !'"\\?'.includes(String.fromCharCode(byte));
    return isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
});

const BYTES_PER_LINE = 4096;

const literal = (bytes) => {
    const lines = [];
    for (let start = 0; start < bytes.length; start += BYTES_PER_LINE) {
        lines.push(`    "${Array.from(bytes.subarray(start, start + BYTES_PER_LINE), (byte) => ESCAPED[byte]).join("")}"`);
    }
    return lines.join("\n");
};

const constant = (name, bytes) => `constexpr std::string_view ${name}{\n${literal(bytes)},\n    ${bytes.length}};\n`;

const longLiterals = `// ISO C++ asks compilers for 65,536 characters in a literal; those we support take more.
#pragma GCC diagnostic ignored "-Woverlength-strings"`;

/** The definition of aep::sdk::bundle(), see src/sdk/bundle.hpp. */
export const cppSource = ({ plain, gzip, brotli, hash, integrity, alloyVersion, collectorVersion }) =>
    `// Written by src/sdk/browser/bundle.mjs.

#include "sdk/bundle.hpp"

${longLiterals}

namespace aep::sdk {

namespace {

${constant("kPlain", plain)}
${constant("kGzip", gzip)}
${constant("kBrotli", brotli)}
constexpr Bundle kBundle{
    .plain = kPlain,
    .gzip = kGzip,
    .brotli = kBrotli,
    .hash = "${hash}",
    .integrity = "${integrity}",
    .alloy_version = "${alloyVersion}",
    .collector_version = "${collectorVersion}",
};

}  // namespace

const Bundle& bundle() noexcept {
    return kBundle;
}

}  // namespace aep::sdk
`;

const assetEntry = ({ name, contentType, etag }, index) =>
    `    {"${name}", {kContent${index}, "${contentType}", ${JSON.stringify(etag)}}},`;

/** The definition of aep::status::find_asset(), see src/status/assets.hpp. */
export const assetsSource = (assets) =>
    `// Written by src/sdk/browser/status_page.mjs.

#include "status/assets.hpp"

#include <utility>

${longLiterals}

namespace aep::status {

namespace {

${assets.map(({ content }, index) => constant(`kContent${index}`, content)).join("\n")}
constexpr std::pair<std::string_view, Asset> kAssets[] = {
${assets.map(assetEntry).join("\n")}
};

}  // namespace

const Asset* find_asset(std::string_view name) noexcept {
    for (const auto& [known, asset] : kAssets) {
        if (known == name) {
            return &asset;
        }
    }
    return nullptr;
}

}  // namespace aep::status
`;
