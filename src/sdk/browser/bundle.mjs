// Makes the SDK file that nginx serves to storefront pages:
//
//     node bundle.mjs --out DIRECTORY
//
// writes aep.js, its compressed forms aep.js.gz and aep.js.br, and sdk_bytes.cpp, which puts all three into the
// module. The same sources and packages give the same bytes.

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { rollup } from "rollup";
import { minify } from "terser";
import { bundleAlloy } from "./bundler/alloy.mjs";
import { cppSource } from "./bundler/cpp.mjs";
import { licenceHeader } from "./bundler/licences.mjs";
import { versionOf } from "./bundler/packages.mjs";
import { bundleCollector, bundleStorefrontEvents } from "./bundler/storefront.mjs";
import { failOnWarning } from "./bundler/warnings.mjs";

const VERSIONS = {
    alloy: versionOf("@adobe/alloy"),
    collector: versionOf("@adobe/magento-storefront-event-collector"),
};

const HASH_LENGTH = 20;

/** What our code imports as "bundled:...". */
const bundledModules = async () => new Map([
    ["bundled:alloy", await bundleAlloy()],
    ["bundled:storefront-events-sdk", bundleStorefrontEvents()],
    ["bundled:storefront-event-collector", await bundleCollector()],
    ["bundled:versions", `export default ${JSON.stringify(VERSIONS)};`],
]);

const joinModules = async () => {
    const modules = await bundledModules();
    const bundle = await rollup({
        input: join(dirname(fileURLToPath(import.meta.url)), "page", "main.js"),
        onwarn: failOnWarning,
        plugins: [{
            name: "bundled",
            resolveId: (id) => (modules.has(id) ? id : null),
            load: (id) => modules.get(id) ?? null,
        }],
    });
    const { output } = await bundle.generate({ format: "iife" });
    await bundle.close();
    return output[0].code;
};

const shrink = async (code) => {
    const { code: small } = await minify(code, {
        ecma: 2020,
        compress: { passes: 3 },
        // Shops serve pages in other encodings than UTF-8, and a script without one of its own takes the page's.
        format: { ascii_only: true, comments: false, preamble: licenceHeader() },
    });
    return small;
};

const makeBundle = async () => {
    const plain = Buffer.from(`${await shrink(await joinModules())}\n`);
    if (plain.some((byte) => byte > 0x7f)) {
        throw new Error("the SDK file must be ASCII, but its header comment is not");
    }
    const digest = (algorithm, encoding) => createHash(algorithm).update(plain).digest(encoding);
    return {
        plain,
        gzip: gzipSync(plain, { level: constants.Z_BEST_COMPRESSION, memLevel: 9 }),
        brotli: brotliCompressSync(plain, { params: {
            [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
            [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
            [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
            [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
        } }),
        hash: digest("sha256", "hex").slice(0, HASH_LENGTH),
        integrity: `sha384-${digest("sha384", "base64")}`,
        alloyVersion: VERSIONS.alloy,
        collectorVersion: VERSIONS.collector,
    };
};

const { values: { out } } = parseArgs({ options: { out: { type: "string" } } });
if (!out) {
    console.error("usage: node bundle.mjs --out DIRECTORY");
    process.exit(2);
}
try {
    const bundle = await makeBundle();
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, "aep.js"), bundle.plain);
    writeFileSync(join(out, "aep.js.gz"), bundle.gzip);
    writeFileSync(join(out, "aep.js.br"), bundle.brotli);
    writeFileSync(join(out, "sdk_bytes.cpp"), cppSource(bundle));
    console.log(`aep.js: ${bundle.plain.length} bytes, gzip ${bundle.gzip.length}, brotli ${bundle.brotli.length}, ` +
                `hash ${bundle.hash}`);
} catch (error) {
    console.error(`The SDK file could not be made: ${error.message}`);
    process.exit(1);
}
