// Adobe's Web SDK, from the package's ES modules, with all the components of its standard build.

import commonjs from "@rollup/plugin-commonjs";
import nodeResolve from "@rollup/plugin-node-resolve";
import { rollup } from "rollup";
import { requireListed } from "./licences.mjs";
import { pathOf, versionOf } from "./packages.mjs";
import { failOnWarning } from "./warnings.mjs";

const NAME = "@adobe/alloy";

/** The package leaves its version open, for whoever builds it. */
const enterVersion = {
    name: "enter-version",
    transform: (code) => (code.includes("__VERSION__") ?
        { code: code.replaceAll("__VERSION__", versionOf(NAME)), map: null } : null),
};

/**
 * Makes a module with a function that runs alloy's code and returns its createInstance. Alloy does things at load
 * (it probes for the domain of its cookies) that must not happen in a page where it is not started.
 */
export const bundleAlloy = async () => {
    const bundle = await rollup({
        input: "entry",
        onwarn: failOnWarning,
        plugins: [
            {
                name: "entry",
                resolveId: (id) => (id === "entry" ? id : null),
                load: (id) => (id === "entry" ?
                    `export { createInstance as default } from ${JSON.stringify(pathOf(NAME, "src/index.js"))};` :
                    null),
            },
            enterVersion,
            nodeResolve({ browser: true }),
            commonjs(),
        ],
    });
    const { output } = await bundle.generate({ format: "iife", name: "createInstance" });
    await bundle.close();
    requireListed(Object.keys(output[0].modules));
    return `export default function loadAlloy() { ${output[0].code}\nreturn createInstance; }`;
};
