// Visitors who go back, and pages that a service worker answers.

import assert from "node:assert/strict";

import { openShop, shopPage } from "./fixture.mjs";

const serviceWorker = `
    addEventListener("install", (event) => {
        event.waitUntil(caches.open("shop").then((cache) => cache.add("/kept.html")));
    });
    addEventListener("activate", (event) => event.waitUntil(clients.claim()));
    addEventListener("fetch", (event) => {
        event.respondWith(caches.match(event.request).then((kept) => kept || fetch(event.request)));
    });`;

const shop = await openShop({ north: { directives: [
    "aep_page_view off;",
    `location = /worker.js { default_type text/javascript; return 200 '${serviceWorker}'; }`,
    "location = /kept.html { default_type text/html; return 200 '<!doctype html><title>Kept</title>'; }",
] } });

const pageView = "web.webpagedetails.pageViews";

const countTags = (visitor) => visitor.evaluate(() => document.querySelectorAll("script[data-aep]").length);

/** Publishes a page view, and waits until so many have arrived: one that is on its way ends with the page. */
async function publishPageView(visitor, atLeast) {
    await visitor.publish("pageView");
    assert.deepEqual(await visitor.eventTypes({ atLeast }), Array(atLeast).fill(pageView));
}

shop.test("a page to which the visitor comes back starts once", async (visit) => {
    const next = shop.addPage(shopPage({ body: "<h1>Next</h1>" }));
    const visitor = await visit("north", shopPage({ head: `<script>
        addEventListener("pageshow", ({ persisted }) => { window.isRestored = persisted; });
    </script>` }));
    await publishPageView(visitor, 1);
    await visitor.page.goto(new URL(next, visitor.page.url()).href);
    await publishPageView(visitor, 2);
    await visitor.goBack();
    await publishPageView(visitor, 3);
    assert.equal(await countTags(visitor), 1);
});

shop.test("pages that a service worker fetches and keeps have the tag", async (visit) => {
    const visitor = await visit("north", shopPage());
    await visitor.evaluate(() => navigator.serviceWorker.register("/worker.js"));
    await visitor.page.waitForFunction(() => navigator.serviceWorker.controller);
    const home = visitor.page.url();
    for (const [index, address] of [home, new URL("/kept.html", home).href].entries()) {
        await visitor.page.goto(address);
        assert.ok(await visitor.evaluate(() => navigator.serviceWorker.controller));
        assert.equal(await countTags(visitor), 1);
        await publishPageView(visitor, index + 1);
    }
});
