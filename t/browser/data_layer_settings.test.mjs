// aep_data_layer: where the layer is, which Web SDK sends what it tells, and what it leaves alone.

import assert from "node:assert/strict";

import { inlineSteps, openDataLayerShop } from "./data_layer_shop.mjs";
import { merchantTag, shopPage } from "./fixture.mjs";

const merchant = "aep_web_sdk_name merchantAlloy;";
const noPageView = "aep_page_view off;";

const { shop, pages } = await openDataLayerShop({
    auto: { directives: [] },
    off: { directives: ["aep_data_layer off;"] },
    silent: { directives: [noPageView, "aep_data_layer google;"] },
    named: { directives: [noPageView, "aep_data_layer google name=gtmLayer;"] },
    schema: { directives: [noPageView, "aep_data_layer auto schema=off;"] },
    merchantauto: { directives: [merchant, noPageView] },
    merchantgoogle: { directives: [merchant, noPageView, "aep_data_layer google;"] },
});

const PRODUCT_VIEW = "commerce.productViews";
const PAGE_VIEW = "web.webpagedetails.pageViews";

const view = { event: "view_item", ecommerce: { currency: "EUR", items: [{ item_id: "A1", item_name: "Lamp", price: 20 }] } };
const add = { event: "add_to_cart", ecommerce: { currency: "EUR", items: [{ item_id: "A1", price: 20, quantity: 2 }] } };

const push = (name, message) => `<script>window.${name} = [${JSON.stringify(message)}];</script>`;

const visitPage = (visit, name, content, options) => {
    pages.set(shop.website(name).hosts[0], "/p", shopPage(content));
    return visit(name, { path: "/p" }, options);
};

const wait = (visitor, time = 2800) => visitor.page.waitForTimeout(time);

shop.test("the layer may have another name", async (visit) => {
    const visitor = await visitPage(visit, "named", { head: push("gtmLayer", view) + push("dataLayer", add) });
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [PRODUCT_VIEW]);
    await wait(visitor, 600);
    assert.deepEqual(await visitor.eventTypes(), [PRODUCT_VIEW]);
});

shop.test("a layer that comes late is read, and none is made", async (visit) => {
    const visitor = await visitPage(visit, "silent", {});
    await visitor.ready();
    await wait(visitor, 600);
    assert.deepEqual(await visitor.globals("dataLayer"), []);
    await visitor.evaluate((message) => {
        window.dataLayer = [message];
    }, view);
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [PRODUCT_VIEW]);
    await visitor.evaluate((message) => {
        window.dataLayer = [message];
    }, add);
    assert.deepEqual(await visitor.eventTypes({ atLeast: 2 }), [PRODUCT_VIEW, "commerce.productListAdds"]);
});

shop.test("push returns what it did, and throws what it threw", async (visit) => {
    const visitor = await visitPage(visit, "silent", { head: `<script>
        window.dataLayer = [];
        dataLayer.push = (message) => { if (message === "bad") { throw new Error("theirs"); } return "answer"; };
    </script>` });
    await visitor.ready();
    const results = await visitor.evaluate(() => {
        try {
            return [window.dataLayer.push({ event: "x" }), window.dataLayer.push("bad")];
        } catch (error) {
            return error.message;
        }
    });
    assert.equal(results, "theirs");
    assert.equal(await visitor.evaluate(() => window.dataLayer.push({ event: "x" })), "answer");
});

shop.test("with aep_web_sdk_name nothing is translated by auto", async (visit) => {
    const visitor = await visitPage(visit, "merchantauto", {
        head: merchantTag(shop.website("merchantauto")) + push("dataLayer", view),
    });
    await visitor.ready();
    await wait(visitor);
    assert.deepEqual(visitor.sent, []);
});

shop.test("with aep_web_sdk_name and google the shop's own Web SDK sends it", async (visit) => {
    const website = shop.website("merchantgoogle");
    const visitor = await visitPage(visit, "merchantgoogle", { head: merchantTag(website) + push("dataLayer", view) });
    const datastream = website.merchantDatastream;
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1, datastream }), [PRODUCT_VIEW]);
});

shop.test("with aep_page_view off a page_view is none", async (visit) => {
    const visitor = await visitPage(visit, "silent", { head: inlineSteps([{ push: { event: "page_view" } }, { push: view }]) });
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [PRODUCT_VIEW]);
    await wait(visitor);
    assert.deepEqual(await visitor.eventTypes(), [PRODUCT_VIEW]);
});

shop.test("with auto the page view comes first, then what was held, in its order", async (visit) => {
    const visitor = await visitPage(visit, "auto", { head: inlineSteps([{ push: view }, { push: add }]) });
    const times = (await visitor.xdm({ atLeast: 3 })).map(({ eventType, timestamp }) => [timestamp, eventType]).sort();
    assert.deepEqual(times.map(([, eventType]) => eventType), [PAGE_VIEW, PRODUCT_VIEW, "commerce.productListAdds"]);
});

shop.test("with auto nothing is translated in a page whose SDK of its own publishes before the decision", async (visit) => {
    const visitor = await visitPage(visit, "auto", {
        head: push("dataLayer", view),
        // The name is put together, because a script that has it is a sign by itself.
        body: `<script>
            const wait = setInterval(() => {
                const sdk = window[["magento", "StorefrontEvents"].join("")];
                if (sdk) { clearInterval(wait); sdk.publish.openCart(); }
            }, 100);
        </script>`,
    });
    await visitor.eventTypes({ atLeast: 2 });
    await wait(visitor, 600);
    assert.deepEqual((await visitor.eventTypes()).sort(), ["commerce.productListOpens", PAGE_VIEW]);
});

shop.test("a page that publishes itself after the decision is told so once, and only where it matters", async (visit) => {
    const told = await visitPage(visit, "auto", { head: push("dataLayer", view) });
    await told.eventTypes({ atLeast: 2 });
    await told.publish("openCart", "openCart");
    await told.logs(/warning: ngx_aep: this page publishes storefront events itself/);
    await told.eventTypes({ atLeast: 4 });

    const silent = await visitPage(visit, "auto", {});
    await silent.eventTypes({ atLeast: 5 });
    await silent.publish("openCart");
    await silent.eventTypes({ atLeast: 6 });
});

shop.test("schema=off leaves structured data alone", async (visit) => {
    const product = { "@type": "Product", name: "Lamp", sku: "A1", offers: { price: 20, priceCurrency: "EUR" } };
    const head = `<script type="application/ld+json">${JSON.stringify(product)}</script>`;
    const on = await visitPage(visit, "auto", { head });
    const off = await visitPage(visit, "schema", { head });
    await on.eventTypes({ atLeast: 2 });
    await wait(off);
    assert.deepEqual((await on.eventTypes()).sort(), [PRODUCT_VIEW, PAGE_VIEW]);
    assert.deepEqual(await off.eventTypes(), []);
});

shop.test("a shop's own rating, which it describes as a product on every page, is no product view", async (visit) => {
    const product = { "@context": "https://schema.org", "@type": "Product", name: "Our shop", sku: "shop",
        aggregateRating: { "@type": "AggregateRating", ratingValue: 4.8, reviewCount: 912 } };
    const head = `<script type="application/ld+json">${JSON.stringify(product)}</script>`;
    const visitor = await visitPage(visit, "auto", { head });
    await visitor.eventTypes({ atLeast: 1 });
    await wait(visitor, 800);
    assert.deepEqual(await visitor.eventTypes(), [PAGE_VIEW]);
});

shop.test("a page without a data layer sends what it sends with aep_data_layer off", async (visit) => {
    const sent = [];
    for (const name of ["off", "auto"]) {
        const visitor = await visitPage(visit, name, { body: "<p>Nothing is sold here.</p>" });
        await visitor.eventTypes({ atLeast: 1 });
        await wait(visitor, 800);
        sent.push(visitor.sent.map(({ path }) => path));
        assert.deepEqual(await visitor.globals("dataLayer"), []);
    }
    assert.deepEqual(sent[1], sent[0]);
});

shop.test("what is published for one message is in no event of the shop's own", async (visit) => {
    const visitor = await visitPage(visit, "silent", { head: inlineSteps([{ push: view }, { push: add }, { push: {
        event: "purchase", ecommerce: { transaction_id: "T-1", value: 20, currency: "EUR", items: add.ecommerce.items },
    } }]) });
    await visitor.eventTypes({ atLeast: 3 });
    await visitor.publish("openCart", "updateCart", "signOut");
    const own = (await visitor.xdm({ atLeast: 5 })).filter(({ eventType }) =>
        ["commerce.productListOpens", "userAccount.logout"].includes(eventType));
    assert.equal(own.length, 2);
    for (const { _id, productListItems = [] } of own) {
        assert.doesNotMatch(_id, /order/);
        assert.deepEqual(productListItems, []);
    }
    const contexts = await visitor.evaluate(() => Object.keys(window.adobeDataLayer.getState()).sort());
    assert.deepEqual(contexts, ["aepContext", "eventForwardingContext", "storefrontInstanceContext"]);
});

shop.test("an account that the shop has set is in no translated event", async (visit) => {
    const visitor = await visitPage(visit, "silent", {});
    await visitor.ready();
    await visitor.evaluate(() => {
        const { context } = window.magentoStorefrontEvents;
        context.setAccount({ accountId: "c-17", emailAddress: "jana@example.test" });
        context.setCustom({ loyalty: "gold" });
        context.setDebug({ eventId: "debugging" });
    });
    await visitor.evaluate((message) => {
        window.dataLayer = [message, { event: "login" }];
    }, { event: "purchase", ecommerce: { transaction_id: "T-2", currency: "EUR", value: 5 } });
    await visitor.eventTypes({ atLeast: 2 });
    const bodies = JSON.stringify((await visitor.requests()).map(({ body }) => body));
    assert.doesNotMatch(bodies, /jana|c-17|gold|debugging/);
});
