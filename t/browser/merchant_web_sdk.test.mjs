// A website whose pages run the merchant's own Web SDK, which aep_web_sdk_name names.

import assert from "node:assert/strict";

import { merchantScript, merchantTag, openShop, shopPage, withSdk } from "./fixture.mjs";

const shop = await openShop({
    merchant: { directives: ["aep_web_sdk_name merchantAlloy;", "aep_page_view off;"] },
});

const pageView = "web.webpagedetails.pageViews";
const website = shop.website("merchant");

/** Adds the merchant's script to a page that is already open. */
const addMerchant = (visitor) => visitor.evaluate((attributes) => {
    const script = document.createElement("script");
    Object.entries(attributes).forEach(([name, value]) => script.setAttribute(name, value));
    document.head.append(script);
}, merchantScript(website));

const eventTypes = (visitor, atLeast) => visitor.eventTypes({ atLeast, datastream: website.merchantDatastream });

const published = `
    sdk.context.setShoppingCart({ id: 'cart-1', items: [] });
    sdk.publish.pageView();
    sdk.publish.openCart();
    sdk.publish.shoppingCartView();
    sdk.publish.initiateCheckout();`;

const arriving = [
    pageView,
    "commerce.productListOpens",
    "commerce.productListViews",
    "commerce.checkouts",
];

shop.test("an SDK that is there before the file gets the events, with its own datastream", async (visit) => {
    const visitor = await visit("merchant", shopPage({ head: merchantTag(website), body: withSdk(published) }),
        { sdkAfter: () => window.merchantAlloy?.q.push !== Array.prototype.push });
    assert.deepEqual((await eventTypes(visitor, 4)).sort(), [...arriving].sort());
    assert.deepEqual(await visitor.requests(), []);
});

shop.test("an SDK that comes long after the file gets the events that wait", async (visit) => {
    const visitor = await visit("merchant", shopPage({ body: withSdk(published) }));
    await visitor.ready();
    await visitor.sendsNothing();
    await addMerchant(visitor);
    assert.deepEqual((await eventTypes(visitor, 4)).sort(), [...arriving].sort());
});

shop.test("an SDK whose base code comes early and whose library comes late gets the events", async (visit) => {
    const visitor = await visit("merchant", shopPage({
        head: merchantTag(website, { library: "later" }),
        body: withSdk(published),
    }));
    await visitor.ready();
    await visitor.sendsNothing();
    await visitor.page.addScriptTag({ url: "/js/alloy.js" });
    assert.deepEqual((await eventTypes(visitor, 4)).sort(), [...arriving].sort());
});

shop.test("an SDK that never comes is missed on the console, without an error", async (visit) => {
    const visitor = await visit("merchant", shopPage(), { script: `
        // A clock that runs thirty times as fast for the file.
        const { setInterval } = window;
        const start = Date.now();
        window.setInterval = (callback, time, ...more) => setInterval(callback, time / 30, ...more);
        Date.now = () => start + performance.now() * 30;` });
    await visitor.ready();
    await visitor.publish("pageView");
    await visitor.logs(/warning: ngx_aep: window\.merchantAlloy.*is not there yet/);
    await visitor.sendsNothing();
});

// Stands in for the merchant's alloy, and notes what it is asked.
const recorder = `
    window.asked = [];
    window.merchantAlloy = (command, options) => {
        window.asked.push(command === 'sendEvent' ? options.xdm.number : command);
        return Promise.resolve({ identity: { ECID: '1'.repeat(38) } });
    };`;

shop.test("events that wait keep their order, the first ones stay when there are too many", async (visit) => {
    const visitor = await visit("merchant", shopPage());
    await visitor.ready();
    await visitor.evaluate(() => {
        for (let number = 0; number < 500; number += 1) {
            window.magentoStorefrontEvents.publish.custom({ number });
        }
    });
    await visitor.evaluate(recorder);
    await visitor.page.waitForFunction(() => window.asked.some(Number.isInteger));
    const numbers = await visitor.evaluate(() => window.asked.filter(Number.isInteger));
    assert.deepEqual(numbers, Array.from({ length: 200 }, (_, number) => number));
    await visitor.evaluate(() => window.magentoStorefrontEvents.publish.custom({ number: 500 }));
    assert.equal(await visitor.evaluate(() => window.asked.at(-1)), 500);
});

shop.test("no other alloy is loaded or configured, and the merchant's consent is not touched", async (visit) => {
    const visitor = await visit("merchant", shopPage({ head: `<script>${recorder}</script>` }), { script: `
        window.cookiesWritten = [];
        const { set, get } = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
        Object.defineProperty(document, 'cookie', {
            get() { return get.call(document); },
            set(value) { window.cookiesWritten.push(value); set.call(document, value); },
        });` });
    await visitor.ready();
    await visitor.sendsNothing();
    assert.deepEqual(await visitor.globals("alloy", "__alloyNS"), []);
    assert.deepEqual(await visitor.evaluate(() => [...window.asked, ...window.cookiesWritten]), []);
});

shop.test("what the merchant's SDK refuses is told as the collector tells it", async (visit) => {
    const visitor = await visit("merchant", shopPage({
        head: "<script>window.merchantAlloy = (command) => { throw new Error('refused: ' + command); };</script>",
    }), { sdkAfter: () => window.merchantAlloy });
    await visitor.ready();
    await visitor.publish("pageView");
    // Firefox tells its driver no more of an error than what it is.
    await visitor.logs(/error: sendEvent error: Error(?:: refused: sendEvent|$)/);
});

shop.test("an event for which the visitor's refusal keeps the identity back is dropped, without an error", async (visit) => {
    const visitor = await visit("merchant", shopPage({
        head: `<script>
            window.asked = [];
            window.merchantAlloy = (command) => { window.asked.push(command); return Promise.resolve({}); };
        </script>`,
    }));
    await visitor.ready();
    await visitor.publish("pageView");
    await visitor.sendsNothing();
    assert.deepEqual(await visitor.evaluate(() => window.asked), ["getIdentity"]);
});
