// The npm packages that go into the SDK file, and what we know about them.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const MODULES = join(dirname(fileURLToPath(import.meta.url)), "..", "node_modules");

export const pathOf = (name, ...file) => join(MODULES, name, ...file);

export const readPackageFile = (name, file) => readFileSync(pathOf(name, file), "utf8");

export const versionOf = (name) => JSON.parse(readPackageFile(name, "package.json")).version;

/**
 * Reads a published file that the bundler edits, and makes sure that it is the one that the edits were made for.
 *
 * @throws {Error} which says what to do after a change of the package's version
 */
export const readPinned = ({ name, file, version, sha256 }) => {
    const text = readPackageFile(name, file);
    const found = createHash("sha256").update(text).digest("hex");
    if (found !== sha256) {
        throw new Error(
            `${file} of ${name} ${versionOf(name)} is not the file that the bundler's edits were made for ` +
            `(version ${version}, SHA-256 ${sha256}; found ${found}). If the version was changed on purpose, check ` +
            "the edits in src/sdk/browser/bundler against the new file, run the browser tests, then enter the new " +
            "sum there.");
    }
    return text;
};

/** Replaces a text that must be there exactly once. */
export const replaceOnce = (text, from, to) => {
    const parts = text.split(from);
    if (parts.length !== 2) {
        throw new Error(`expected once, found ${parts.length - 1} times: ${from}`);
    }
    return parts.join(to);
};
