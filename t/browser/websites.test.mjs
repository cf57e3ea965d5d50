// Websites beside each other: each has its own datastream, and none learns of another's.

import assert from "node:assert/strict";

import { openShop, shopPage, withSdk } from "./fixture.mjs";

const directives = ["aep_page_view off;"];
const shop = await openShop({ north: { directives }, south: { directives } });

const pageView = "web.webpagedetails.pageViews";
const publishing = shopPage({ body: withSdk("sdk.publish.pageView();") });

shop.test("the events of two websites go to their two datastreams", async (visit) => {
    const north = await visit("north", publishing);
    const south = await visit("south", publishing);
    const [northXdm] = await north.xdm();
    const [southXdm] = await south.xdm();
    assert.match(northXdm.web.webPageDetails.URL, /^https:\/\/north\./);
    assert.match(southXdm.web.webPageDetails.URL, /^https:\/\/south\./);
    assert.deepEqual(await north.eventTypes(), [pageView]);
    assert.deepEqual(await south.eventTypes(), [pageView]);
});

shop.test("a page names no datastream but its website's", async (visit) => {
    for (const [name, other] of [["north", "south"], ["south", "north"]]) {
        const visitor = await visit(name, shopPage());
        const html = await visitor.page.content();
        assert.ok(html.includes(shop.website(name).datastream));
        assert.ok(!html.includes(shop.website(other).datastream));
    }
});

shop.test("one file serves both websites", async (visit) => {
    const addresses = new Set();
    for (const name of ["north", "south"]) {
        const visitor = await visit(name, shopPage());
        addresses.add(await visitor.evaluate(() => new URL(document.querySelector("script").src).pathname));
    }
    assert.equal(addresses.size, 1);
});
