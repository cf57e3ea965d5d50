// Pages that React hydrates as a whole, <head> included: hydrateRoot(document, ...).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { openShop } from "./fixture.mjs";

const place = (word) => ({ directives: ["aep_page_view off;", `aep_tag_place ${word};`] });
const shop = await openShop({ start: place("head_start"), end: place("head_end") });

const file = (name) => readFileSync(new URL(`node_modules/${name}`, import.meta.url), "utf8");

const versions = {
    18: {
        react: "react-18/cjs/react.production.min.js",
        scheduler: "scheduler/cjs/scheduler.production.min.js",
        "react-dom": "react-dom-18/cjs/react-dom.production.min.js",
    },
    19: {
        react: "react-19/cjs/react.production.js",
        scheduler: "scheduler-19/cjs/scheduler.production.js",
        "react-dom": "react-dom-19/cjs/react-dom.production.js",
        "react-dom/client": "react-dom-19/cjs/react-dom-client.production.js",
    },
};

/** A script that hydrates the page below when it is there, as an application of this version of React does. */
const application = (version) => `(() => {
    const sources = {${Object.entries(versions[version])
        .map(([name, path]) => `${JSON.stringify(name)}(module, exports, require) {${file(path)}\n}`)
        .join(",")}};
    const loaded = {};
    const require = (name) => {
        if (!loaded[name]) {
            loaded[name] = { exports: {} };
            sources[name](loaded[name], loaded[name].exports, require);
        }
        return loaded[name].exports;
    };
    const { createElement: h, useEffect, useState } = require("react");
    const { hydrateRoot } = require(sources["react-dom/client"] ? "react-dom/client" : "react-dom");
    const Counter = () => {
        const [count, setCount] = useState(0);
        useEffect(() => setCount(1), []);
        return h("button", null, String(count));
    };
    const Page = () => h("html", { lang: "en" },
        h("head", null,
            h("meta", { charSet: "utf-8" }),
            h("title", null, "Shop"),
            h("style", { dangerouslySetInnerHTML: { __html: "button { color: red }" } })),
        h("body", null, h("main", null, h(Counter))));
    window.errors = [];
    document.addEventListener("DOMContentLoaded", () => hydrateRoot(document, h(Page), {
        onRecoverableError: (error) => window.errors.push(/#(\\d+)/.exec(error.message)?.[1] ?? error.message),
    }));
})();`;

// As renderToString() makes it of the page above.
const page = '<!DOCTYPE html><html lang="en"><head><meta charSet="utf-8"/><title>Shop</title>'
    + "<style>button { color: red }</style></head><body><main><button>0</button></main></body></html>";

/** A visitor whose page lives. */
const hydrated = async (visit, website, version) => {
    const visitor = await visit(website, page, { script: application(version) });
    await visitor.page.waitForFunction(() => document.querySelector("button")?.textContent === "1");
    return visitor;
};

const stateOf = (visitor) => visitor.evaluate(() => ({
    errors: window.errors,
    tags: document.head.querySelectorAll("script[data-aep]").length,
}));

for (const version of Object.keys(versions)) {
    shop.test(`React ${version} keeps a tag at the end of head, and has nothing to say of it`, async (visit) => {
        const visitor = await hydrated(visit, "end", version);
        assert.deepEqual(await stateOf(visitor), { errors: [], tags: 1 });
        await visitor.ready();
        await visitor.publish("openCart");
        assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), ["commerce.productListOpens"]);
    });
}

shop.test("React 18 throws a document away that has a tag at the start of head", async (visit) => {
    const visitor = await hydrated(visit, "start", "18");
    const { errors, tags } = await stateOf(visitor);
    assert.ok(errors.includes("423"), `the errors are ${errors}`);
    assert.equal(tags, 0);
});

shop.test("React 19 keeps a tag at the start of head", async (visit) => {
    const visitor = await hydrated(visit, "start", "19");
    assert.deepEqual(await stateOf(visitor), { errors: [], tags: 1 });
});
