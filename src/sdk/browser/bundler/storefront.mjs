// Adobe's Storefront Events SDK and Storefront Event Collector, from their published files. Neither is published in
// a form that a bundler can take apart: both are UMD files that start by themselves, and do nothing but register a
// module where the page has an AMD loader (RequireJS). The edits take the wrapper off, so that our code starts them.

import { rollup } from "rollup";
import { parseAst } from "rollup/parseAst";
import { readPinned, replaceOnce } from "./packages.mjs";
import { failOnWarning } from "./warnings.mjs";

const SDK = {
    name: "@adobe/magento-storefront-events-sdk",
    file: "dist/index.js",
    version: "1.18.0",
    sha256: "1504f98977ee3cf0f2dc6db4aa89d4e19f3f54a90c1928259fc1e26b97a23429",
};

const COLLECTOR = {
    name: "@adobe/magento-storefront-event-collector",
    file: "dist/index.js",
    version: "1.18.0",
    sha256: "a573a1061e9e33f805b4eca2523b06bd970fbafd380d98683f05fbc452f3815c",
};

/** The arrow function that webpack's UMD wrapper calls: `!function(root, factory) { ... }(self, () => (...)())`. */
const findFactory = (text) => {
    const [statement] = parseAst(text).body;
    return statement.expression.argument.arguments[1].body.callee.body;
};

const inside = (text, { start, end }) => text.slice(start + 1, end - 1);

/** Makes a module with a function that runs the SDK and returns its instance. */
export const bundleStorefrontEvents = () => {
    const text = readPinned(SDK);
    // The data layer that comes with it warns on the console where the page has loaded one before.
    const edited = replaceOnce(inside(text, findFactory(text)),
        "n(481);", "window.adobeDataLayer&&window.adobeDataLayer.version||n(481);");
    return `export default function createStorefrontEvents() { ${edited} }`;
};

// What our use of the collector leaves without a caller. It always gets the name of a Web SDK, so it never starts the
// copy of alloy that it carries; and its Commerce data services (Snowplow) are always off.
const UNUSED = [
    {
        from: 'if(!op())return;const e="alloy";',
        to: "const r=setInterval(",
        by: "return}",
    },
    {
        from: 'n&&ef({appId:"magento-storefront-event-collector"',
        to: "r&&(yield nf())",
        by: "",
    },
    {
        from: "if(e)try{n.subscribe.addToCart(yg)",
        to: "if(t)try{n.subscribe.addToCart(bg)",
        by: "",
    },
];

const cut = (text, { from, to, by }) => {
    const start = text.indexOf(from);
    const end = text.indexOf(to, start);
    if (start < 0 || end < 0 || text.indexOf(from, start + 1) >= 0) {
        throw new Error(`expected once, and "${to}" behind it: ${from}`);
    }
    return text.slice(0, start) + by + text.slice(end);
};

const NEEDS_NO_WRAPPER = new Set(["ArrowFunctionExpression", "FunctionExpression", "Literal", "Identifier"]);

/**
 * The edits by which rollup can leave out what has no caller. In the collector's main scope, whatever has an effect
 * only prepares a declaration (names of functions, tables, alloy's option schemas), except its last statement, which
 * starts it. So initializers are marked as pure and the other statements go.
 */
const editsOf = (text, statements) => {
    const last = statements.pop();
    if (!text.slice(last.start).startsWith("window.magentoStorefrontEvents?")) {
        throw new Error("the collector's last statement is not the one that starts it");
    }
    return statements.flatMap((statement) => {
        switch (statement.type) {
            case "VariableDeclaration":
                return statement.declarations
                    .filter(({ init }) => init && !NEEDS_NO_WRAPPER.has(init.type))
                    .map(({ init: { start, end } }) => (
                        { start, end, by: `/*@__PURE__*/(()=>(${text.slice(start, end)}))()` }));
            case "FunctionDeclaration":
            case "ClassDeclaration":
                return [];
            default:
                return [{ start: statement.start, end: statement.end, by: statement.directive ? '"use strict";' : ";" }];
        }
    });
};

const applyEdits = (text, edits) => edits.reduceRight(
    (edited, { start, end, by }) => edited.slice(0, start) + by + edited.slice(end), text);

// What only the parts left out contain, and what must still be there.
const FORBIDDEN = ["com.adobe.alloy", "adobedc", "beforeunload", "iglu:com.snowplow", "__VERSION__"];
const AEP_EVENTS = 19;

const checkRest = (code) => {
    const left = FORBIDDEN.filter((text) => code.includes(text));
    const events = code.split(".subscribe.").length - 1;
    if (left.length || events !== AEP_EVENTS) {
        throw new Error(`the collector was not taken apart as expected: it contains ${left.join(", ") || "nothing"} ` +
                        `of what is left out, and subscribes to ${events} events instead of ${AEP_EVENTS}`);
    }
};

/** Makes a module with a function that runs the collector. */
export const bundleCollector = async () => {
    const text = UNUSED.reduce(cut, readPinned(COLLECTOR));
    const factory = findFactory(text);
    const main = factory.body.at(-1).argument.expressions[0].callee.body;
    const edited = applyEdits(text, editsOf(text, [...main.body]));
    // The edits are all inside the factory, so its end has moved with the text's.
    const body = inside(edited, { start: factory.start, end: factory.end + edited.length - text.length });

    const bundle = await rollup({
        input: "collector",
        onwarn: failOnWarning,
        treeshake: { propertyReadSideEffects: false },
        plugins: [{
            name: "collector",
            resolveId: (id) => id,
            load: () => `export default function runCollector() { ${body} }`,
        }],
    });
    const { output } = await bundle.generate({ format: "es", compact: true });
    await bundle.close();
    checkRest(output[0].code);
    return output[0].code;
};
