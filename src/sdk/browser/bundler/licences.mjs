// The header comment of the SDK file: what is in it, whose it is, and under which terms.

import { readPackageFile, versionOf } from "./packages.mjs";

// Every package with code in the file, and where it states its copyright.
const PACKAGES = new Map([
    ["@adobe/alloy", "LICENSE_BANNER"],
    ["@adobe/alloy-core", "src/index.js"],
    ["@adobe/aep-rules-engine", "LICENSE"],
    ["@adobe/reactor-query-string", "index.js"],
    ["@adobe/adobe-client-data-layer", "COPYRIGHT"],
    ["@adobe/magento-storefront-events-sdk", "dist/index.js.LICENSE.txt"],
    ["@adobe/magento-storefront-event-collector", "dist/index.js.LICENSE.txt"],
    ["js-cookie", "LICENSE"],
    ["uuid", "LICENSE.md"],
]);

const COPYRIGHT = /^[ *]*((?:© )?Copyright [\d©(].*|\(c\) \d.*?)[ *]*$/mi;

const copyrightOf = (name, file) => {
    const [, line] = readPackageFile(name, file).match(COPYRIGHT) ?? [];
    if (!line) {
        throw new Error(`${file} of ${name} has no copyright line`);
    }
    return line.replace("© ", line.startsWith("©") ? "" : "(c) ");
};

/** The text behind a licence file's copyright line. */
const termsOf = (name) => {
    const text = readPackageFile(name, PACKAGES.get(name));
    return text.slice(text.indexOf("\n", text.search(COPYRIGHT))).trim();
};

const TERMS = {
    "Apache-2.0": () => termsOf("@adobe/alloy"),
    "MIT": () => termsOf("js-cookie"),
};

const licenceOf = (name) => JSON.parse(readPackageFile(name, "package.json")).license;

const PACKAGE_IN_PATH = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/** Makes sure that the header names every package that these files are from. */
export const requireListed = (paths) => {
    for (const path of paths) {
        const [, name] = path.match(PACKAGE_IN_PATH) ?? [];
        if (name && !PACKAGES.has(name)) {
            throw new Error(`${name} goes into the SDK file, but bundler/licences.mjs does not name it`);
        }
    }
};

const section = ([licence, terms]) => {
    const packages = [...PACKAGES]
        .filter(([name]) => licenceOf(name) === licence)
        .map(([name, file]) => `  ${name} ${versionOf(name)}\n    ${copyrightOf(name, file)}`);
    return `${licence}:\n${packages.join("\n")}\n\n${terms()}`;
};

/** The comment that the SDK file begins with. */
export const licenceHeader = () => {
    const unknown = [...PACKAGES.keys()].filter((name) => !(licenceOf(name) in TERMS));
    if (unknown.length) {
        throw new Error(`the terms of these packages are not known: ${unknown.join(", ")}`);
    }
    const text = [
        "ngx_aep: Adobe's SDKs for storefronts in one file. Own parts: BSD-2-Clause, see LICENSE of ngx_aep.",
        "Contains, minified, and of magento-storefront-event-collector only what forwards to Experience Platform:",
        ...Object.entries(TERMS).map(section),
    ].join("\n\n");
    return `/*!\n${text.replace(/^(?=.)/gm, " * ").replace(/^$/gm, " *")}\n */`;
};
