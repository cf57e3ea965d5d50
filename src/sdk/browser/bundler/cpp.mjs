// The SDK file in its three forms as C++ source, for the module to carry.

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

/** The definition of aep::sdk::bundle(), see src/sdk/bundle.hpp. */
export const cppSource = ({ plain, gzip, brotli, hash, integrity, alloyVersion, collectorVersion }) =>
    `// Written by src/sdk/browser/bundle.mjs.

#include "sdk/bundle.hpp"

// ISO C++ asks compilers for 65,536 characters in a literal; those we support take more.
#pragma GCC diagnostic ignored "-Woverlength-strings"

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
