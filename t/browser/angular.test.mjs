// A single-page application with Angular's service worker. It compares index.html with the hash that ngsw.json has from
// build time, and where they differ, once more after a request of its own (?ngsw-cache-bust=...). The two
// recipes of docs/pages-and-compression.md are tried here, with the real worker.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { openShop, shopPage } from "./fixture.mjs";

const website = (name, ...directives) => ({ directives: [
    "aep_page_view off;",
    "location = /ngsw-worker.js { rewrite ^ /js/ngsw-worker.js break; }",
    `location = /ngsw.json { rewrite ^ /ngsw-${name}.json break; }`,
    `location / { try_files $uri /index-${name}.html; }`,
    ...directives,
] });

const shop = await openShop({
    untouched: website("untouched"),
    mapped: {
        ...website("mapped", "aep_inject $tag;"),
        http: ['map $args $tag { default on; "~(^|&)ngsw-cache-bust=" off; }'],
    },
    built: website("built"),
});

/** Puts the application into a website, with ngsw.json as "ng build" writes it. */
const deploy = (name, html, navigationRequestStrategy = "performance") => {
    const index = shop.addFile(`index-${name}.html`, html);
    shop.addFile(`ngsw-${name}.json`, JSON.stringify({
        configVersion: 1,
        timestamp: 1,
        index,
        assetGroups: [{
            name: "app", installMode: "prefetch", updateMode: "prefetch", cacheQueryOptions: { ignoreVary: true },
            urls: [index], patterns: [],
        }],
        dataGroups: [],
        hashTable: { [index]: createHash("sha1").update(html).digest("hex") },
        navigationUrls: [{ positive: true, regex: "^\\/.*$" }, { positive: false, regex: "^\\/[^/]*\\.json$" }],
        navigationRequestStrategy,
    }));
};

const application = (head = "") => shopPage({ head, body: "<h1>Application</h1>" });

const countTags = (visitor) => visitor.evaluate(() => document.querySelectorAll("script[data-aep]").length);

/** A visitor in whose browser the worker has started. Its report says "NORMAL", or why it has switched itself off. */
const visitWithWorker = async (visit, name) => {
    const visitor = await visit(name, { path: "/route" }, { mayLog: true });
    assert.equal(await countTags(visitor), 1);
    await visitor.evaluate(async () => {
        await navigator.serviceWorker.register("/ngsw-worker.js");
        await navigator.serviceWorker.ready;
        const isControlled = () => navigator.serviceWorker.controller;
        while (!isControlled()) {
            await new Promise((resolve) => {
                setTimeout(resolve, 20);
            });
        }
        // As Angular does on registration: the worker gets its version ready.
        await new Promise((resolve) => {
            navigator.serviceWorker.addEventListener("message", resolve, { once: true });
            isControlled().postMessage({ action: "CHECK_FOR_UPDATES", nonce: 1 });
        });
    });
    await visitor.page.reload();
    // What it fetches beforehand, when the browser has been idle for a while.
    let report;
    do {
        await visitor.page.waitForTimeout(200);
        report = await visitor.evaluate(async () => (await fetch("/ngsw/state")).text());
    } while (/initialization\(/.test(report));
    await visitor.page.reload();
    return { visitor, state: report.match(/Driver state: (\S+)/)[1], report };
};

shop.test("without a recipe the worker takes the page with the tag for a damaged one", async (visit) => {
    deploy("untouched", application());
    const { visitor, state, report } = await visitWithWorker(visit, "untouched");
    assert.notEqual(state, "NORMAL", report);
    assert.equal(await countTags(visitor), 1);
});

shop.test("a page without the tag for the worker's own request keeps it on, but it keeps that one", async (visit) => {
    deploy("mapped", application());
    const { visitor, state, report } = await visitWithWorker(visit, "mapped");
    assert.equal(state, "NORMAL", report);
    assert.equal(await countTags(visitor), 0);
});

const startsAndSends = async (visitor) => {
    assert.equal(await countTags(visitor), 1);
    await visitor.publish("pageView");
    assert.equal((await visitor.eventTypes({ atLeast: 1 })).length, 1);
};

shop.test("if navigations ask the server first as well, pages have the tag", async (visit) => {
    deploy("mapped", application(), "freshness");
    const { visitor, state, report } = await visitWithWorker(visit, "mapped");
    assert.equal(state, "NORMAL", report);
    await startsAndSends(visitor);
});

shop.test("with the tag's line in index.html at build time the worker's own page has it", async (visit) => {
    const before = await visit("built", shopPage());
    const line = await before.evaluate(() => document.querySelector("script[data-aep]").outerHTML);
    deploy("built", application().replace("<head>", `<head>${line}`));
    const { visitor, state, report } = await visitWithWorker(visit, "built");
    assert.equal(state, "NORMAL", report);
    await startsAndSends(visitor);
});
