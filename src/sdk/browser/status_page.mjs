// Makes the files that the status page loads:
//
//     node status_page.mjs --out DIRECTORY
//
// writes status.js, joined and made small, status.css, status.svg, and status_bytes.cpp, which puts them into the
// module. It stands here because the packages do.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rollup } from "rollup";
import { minify } from "terser";
import { assetsSource } from "./bundler/cpp.mjs";
import { failOnWarning } from "./bundler/warnings.mjs";

const sources = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "status", "browser");

const makeScript = async () => {
    const bundle = await rollup({ input: join(sources, "status.js"), onwarn: failOnWarning });
    const { output: [{ code }] } = await bundle.generate({ format: "es" });
    await bundle.close();
    const { code: small } = await minify(code, { ecma: 2020, module: true, format: { ascii_only: true } });
    return `${small}\n`;
};

const asset = (name, contentType, text) => {
    const content = Buffer.from(text);
    const etag = `"${createHash("sha256").update(content).digest("hex").slice(0, 20)}"`;
    return { name, contentType, content, etag };
};

const { values: { out } } = parseArgs({ options: { out: { type: "string" } } });
if (!out) {
    console.error("usage: node status_page.mjs --out DIRECTORY");
    process.exit(2);
}
try {
    const assets = [
        asset("status.js", "text/javascript; charset=utf-8", await makeScript()),
        asset("status.css", "text/css; charset=utf-8", readFileSync(join(sources, "status.css"), "utf8")),
        asset("status.svg", "image/svg+xml", readFileSync(join(sources, "status.svg"), "utf8")),
    ];
    mkdirSync(out, { recursive: true });
    assets.forEach(({ name, content }) => writeFileSync(join(out, name), content));
    writeFileSync(join(out, "status_bytes.cpp"), assetsSource(assets));
    console.log(assets.map(({ name, content }) => `${name}: ${content.length} bytes`).join(", "));
} catch (error) {
    console.error(`The status page's files could not be made: ${error.message}`);
    process.exit(1);
}
