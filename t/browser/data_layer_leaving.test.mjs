// aep_data_layer: visitors who leave a page before it has decided what to tell.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { inlineSteps, openDataLayerShop } from "./data_layer_shop.mjs";
import { shopPage } from "./fixture.mjs";

const { shop, pages } = await openDataLayerShop({
    auto: { directives: [] },
    google: { directives: ["aep_page_view off;", "aep_data_layer google;"] },
});

const PAGE_VIEW = "web.webpagedetails.pageViews";
const PURCHASE = "commerce.purchases";

const order = (id) => ({ event: "purchase", ecommerce: {
    transaction_id: id, value: 20, currency: "EUR", items: [{ item_id: "A1", item_name: "Lamp", price: 20 }],
} });

const noteReturns = `<script>
    addEventListener("pageshow", ({ persisted }) => { window.isRestored = persisted; });
</script>`;

const setPage = (name, path, steps = [], more = "") => {
    pages.set(shop.website(name).hosts[0], path, shopPage({ head: noteReturns + inlineSteps(steps) + more }));
};

/** The page leaves itself, once the SDK file has run and the visitor is known: a test may come too late. */
const leaveSoon = `<script>
    const wait = setInterval(() => {
        if (window.ngxAepWebSdk && document.readyState === "complete" && /_identity=/.test(document.cookie)) {
            clearInterval(wait);
            setTimeout(() => { location = "about:blank"; }, 100);
        }
    }, 20);
</script>`;

/** A visitor whom the shop knows comes to a page with an order. */
const visitOrder = async (visit, id, more) => {
    setPage("auto", "/home");
    setPage("auto", "/order", [{ push: order(id) }], more);
    const visitor = await visit("auto", { path: "/home" });
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [PAGE_VIEW]);
    await visitor.page.goto(new URL("/order", visitor.page.url()).href);
    return visitor;
};

const actionsOf = async (visitor, atLeast) => (
    (await visitor.gatewayLog({ atLeast })).map(({ path }) => path.replace(/.*\//, "")));

shop.test("a known visitor's order leaves as a beacon with the page", async (visit) => {
    const visitor = await visitOrder(visit, "L-1", leaveSoon);
    assert.deepEqual(await visitor.eventTypes({ atLeast: 2 }), [PAGE_VIEW, PURCHASE]);
    assert.equal((await actionsOf(visitor, 2)).at(-1), "collect");
});

shop.test("and with the tab", async (visit) => {
    const visitor = await visitOrder(visit, "L-2");
    await visitor.ready();
    // The context goes with its last page.
    await visitor.context.newPage();
    await visitor.page.close();
    // A test cannot make a page close itself, and may come later than its page view.
    for (const last = Date.now() + 30000; Date.now() < last; await sleep(50)) {
        if ((await visitor.eventTypes()).includes(PURCHASE)) {
            break;
        }
    }
    assert.deepEqual((await visitor.eventTypes()).filter((type) => type !== PAGE_VIEW), [PURCHASE]);
});

shop.test("a new visitor's order, too, because the page asks who it is as soon as it holds something", async (visit) => {
    setPage("auto", "/order", [{ push: order("L-3") }], leaveSoon);
    const visitor = await visit("auto", { path: "/order" });
    const [xdm] = await visitor.xdm({ atLeast: 1 });
    assert.equal(xdm.commerce.order.purchaseID, "L-3");
    const [{ id }] = xdm.identityMap.ECID;
    assert.match(id, /^\d{38}$/);
    assert.notEqual(id, "0".repeat(38));
    assert.deepEqual(await actionsOf(visitor, 2), ["acquire", "collect"], "one request for the identity, one event");
});

shop.test("a search that waits leaves with the page", async (visit) => {
    setPage("google", "/search");
    const visitor = await visit("google", { path: "/search" });
    await visitor.ready();
    await visitor.publish("openCart");
    await visitor.eventTypes({ atLeast: 1 });
    await visitor.evaluate(() => {
        window.dataLayer = window.dataLayer || [];
        window.dataLayer.push({ event: "search", search_term: "lamp" });
        window.dataLayer.push({ event: "gtm.click" });
    });
    // The layer is found within a quarter of a second, and a search waits for a whole one.
    await sleep(500);
    await visitor.page.goto("about:blank");
    assert.deepEqual(await visitor.eventTypes({ atLeast: 2 }), ["commerce.productListOpens", "searchRequest"]);
});

shop.test("events of a visitor who has come back are answered again", async (visit) => {
    setPage("google", "/a", [{ push: order("L-4") }]);
    setPage("google", "/b");
    const visitor = await visit("google", { path: "/a" });
    await visitor.eventTypes({ atLeast: 1 });
    // A page that still waits for an answer is not kept.
    await visitor.page.waitForLoadState("networkidle");
    await visitor.page.goto(new URL("/b", visitor.page.url()).href);
    await visitor.goBack();
    await visitor.evaluate((message) => window.dataLayer.push(message), order("L-5"));
    assert.deepEqual(await visitor.eventTypes({ atLeast: 2 }), [PURCHASE, PURCHASE]);
    assert.equal((await actionsOf(visitor, 2)).at(-1), "interact");
});
