// A visitor goes from the home page to the order in shops that publish no storefront events. Each thing is told once,
// whether the SDK file comes before the page's own scripts or after them.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { inEachOrder, inOrder, openDataLayerShop, optionsFor, orders } from "./data_layer_shop.mjs";
import { shopPage } from "./fixture.mjs";
import { shops } from "./shops.mjs";

const PATIENCE_MS = 20000;
const PAGE_VIEW = "web.webpagedetails.pageViews";

const nameOf = (index, order) => `shop${index}-${order}`;

const { shop, pages } = await openDataLayerShop(Object.fromEntries(shops.flatMap(({ directives }, index) =>
    orders.map((order) => [nameOf(index, order), { directives }]))));

/** An event in a few words: what it is of, and on which page. */
const describe = (xdm) => {
    const { eventType, productListItems = [], commerce, siteSearch, web } = xdm;
    const lines = productListItems.map(({ SKU, quantity }) => (quantity ? `${SKU} x ${quantity}` : SKU)).join(", ");
    const order = commerce?.order?.purchaseID;
    const { pathname } = new URL(web.webPageDetails.URL);
    return `${pathname} ${eventType} ${order ? `${order}: ${lines}` : siteSearch?.query ?? lines}`.trim();
};

const expectedOf = (page) => (page.events ?? []).map(([type, words]) => `${page.path} ${type} ${words}`.trim());

/** What has arrived, but for the clicks that alloy notices by itself. */
const eventsOf = async (visitor) => (
    (await visitor.xdm({ atLeast: 0 })).filter(({ eventType }) => eventType !== "web.webinteraction.linkClicks"));

/** A visitor on one page: does what there is to do, and waits until all has arrived, if the page is not left by it. */
const visitPage = async (visitor, page, expected) => {
    if (!page.next) {
        await visitor.ready();
    }
    for (const id of page.clicks ?? []) {
        await visitor.page.click(`#${id}`);
    }
    if (page.next) {
        await visitor.page.waitForURL(`**${page.next}`);
    } else {
        expected.push(`${page.path} ${PAGE_VIEW}`);
    }
    expected.push(...expectedOf(page));
    for (const last = Date.now() + PATIENCE_MS; Date.now() < last; await sleep(100)) {
        if ((await eventsOf(visitor)).length >= expected.length) {
            return;
        }
    }
};

const goTo = async (visitor, path) => {
    if (new URL(visitor.page.url()).pathname !== path) {
        await visitor.page.goto(new URL(path, visitor.page.url()).href);
    }
};

const takeTrip = async (visit, { pages: [home, ...others] }, name, order) => {
    for (const { path, head = "", body } of [home, ...others]) {
        pages.set(shop.website(name).hosts[0], path, shopPage({ head: inOrder(order, head), body }));
    }
    const visitor = await visit(name, { path: home.path }, optionsFor[order]);
    const expected = [];
    await visitPage(visitor, home, expected);
    for (const page of others) {
        await goTo(visitor, page.path);
        await visitPage(visitor, page, expected);
    }
    await visitor.page.waitForTimeout(1000);
    const events = await eventsOf(visitor);
    assert.deepEqual(events.map(describe).sort(), expected.sort(), `SDK file ${order} the page's scripts`);
    assert.equal(new Set(events.map(({ identityMap }) => identityMap.ECID[0].id)).size, 1, "one visitor");
    assert.doesNotMatch(JSON.stringify(await visitor.requests()), /jana|ab12/);
};

for (const [index, each] of shops.entries()) {
    shop.test(`${each.name}: from the home page to the order`, async (visit) => {
        await inEachOrder((order) => takeTrip(visit, each, nameOf(index, order), order));
    });
}
