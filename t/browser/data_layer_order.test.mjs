// Which facts of a shop's data layer are told twice, and what becomes of them as storefront events. No browser takes
// part.

import assert from "node:assert/strict";
import { test } from "node:test";

import { eventsOf } from "../../src/sdk/browser/page/data_layer_events.js";
import { createRepeatFilter, createSearchFilter } from "../../src/sdk/browser/page/data_layer_order.js";

const lamp = { sku: "A1", name: "Lamp", quantity: 1, price: 20 };
const fact = (kind, rest) => ({ kind, format: "gtm", items: [lamp], currency: "EUR", ...rest });

const page = { host: "shop.example", instance: { environmentId: "e", websiteCode: "base" } };

/** A filter of repeats with a clock and an address of the test's own. */
const createPage = () => {
    const state = { now: 1000, address: "https://shop.example/a" };
    state.isNew = createRepeatFilter({ now: () => state.now, address: () => state.address });
    return state;
};

test("a view told twice on one address is one", () => {
    for (const kind of ["view", "cart", "checkout", "signIn", "signUp", "pageView"]) {
        const visit = createPage();
        assert.deepEqual([visit.isNew(fact(kind)), visit.isNew(fact(kind)), visit.isNew(fact(kind, { format: "gtag" }))],
            [true, false, false], kind);
        visit.now += 2000;
        assert.ok(visit.isNew(fact(kind)), "two seconds later it is another");
    }
});

test("views of A, B and A again are three", () => {
    const visit = createPage();
    assert.ok(visit.isNew(fact("view")));
    visit.address = "https://shop.example/b";
    assert.ok(visit.isNew(fact("view")));
    visit.address = "https://shop.example/a";
    assert.ok(visit.isNew(fact("view")));
});

test("a click told in two forms is one, twice in one form it is two", () => {
    for (const kind of ["add", "remove", "wish"]) {
        const visit = createPage();
        const tell = (format) => visit.isNew(fact(kind, { format }));
        assert.deepEqual(["gtag", "gtm", "gtag", "gtm"].map(tell), [true, false, true, false], kind);
    }
});

test("other items, quantities and variants are other events", () => {
    const visit = createPage();
    for (const items of [[lamp], [{ ...lamp, quantity: 2 }], [{ ...lamp, variant: "blue" }], [lamp, lamp], [{ ...lamp, sku: "A2" }]]) {
        assert.ok(visit.isNew(fact("cart", { items })));
    }
});

test("an order's number counts once, however late", () => {
    const visit = createPage();
    assert.ok(visit.isNew(fact("purchase", { orderId: "1" })));
    visit.now += 3600000;
    visit.address = "https://shop.example/b";
    assert.equal(visit.isNew(fact("purchase", { orderId: "1", items: [] })), false);
    assert.ok(visit.isNew(fact("purchase", { orderId: "2" })));
});

/** Stands in for setTimeout and clearTimeout. */
const createClock = () => {
    const { setTimeout, clearTimeout } = globalThis;
    let time = 0;
    let timers = [];
    globalThis.setTimeout = (callback, delay) => {
        timers.push({ callback, at: time + delay });
        return timers.at(-1);
    };
    globalThis.clearTimeout = (timer) => {
        timers = timers.filter((each) => each !== timer);
    };
    return {
        wait(duration) {
            time += duration;
            const due = timers.filter(({ at }) => at <= time);
            timers = timers.filter(({ at }) => at > time);
            due.forEach(({ callback }) => callback());
        },
        restore: () => Object.assign(globalThis, { setTimeout, clearTimeout }),
    };
};

/** What a search filter told of actions on it. */
const searchesOf = (actions) => {
    const clock = createClock();
    try {
        const told = [];
        let ids = 0;
        const visit = { address: "a" };
        const filter = createSearchFilter((each) => told.push(each),
            { address: () => visit.address, newId: () => `id${ids += 1}` });
        actions({
            search: (term, items = []) => filter.add({ kind: "search", term, items }),
            add: (each) => filter.add(each),
            wait: clock.wait,
            go: (address) => {
                visit.address = address;
            },
            flush: filter.flush,
            forget: filter.forget,
        });
        return told.map(({ kind, term, searchId, isKnown, items }) => (
            kind === "search" ? [term, searchId, isKnown, items.length] : kind));
    } finally {
        clock.restore();
    }
};

test("a search is told when the visitor has typed it to its end", () => {
    assert.deepEqual(searchesOf(({ search, wait }) => {
        ["l", "la", "lamp", "lam", "lamp"].forEach((term) => search(term));
        wait(999);
    }), []);
    assert.deepEqual(searchesOf(({ search, wait }) => {
        ["l", "la", "lamp", "lam", "lamp"].forEach((term) => search(term));
        wait(1000);
        search("chair");
        search("table");
        wait(1000);
    }), [["lamp", "id1", false, 0], ["chair", "id2", false, 0], ["table", "id3", false, 0]]);
});

test("a search is told once on an address, its results as well", () => {
    assert.deepEqual(searchesOf(({ search, wait, go }) => {
        search("lamp");
        wait(1000);
        search("lamp");
        wait(1000);
        search("lamp", [lamp]);
        wait(1000);
        go("b");
        search("lamp");
        wait(1000);
    }), [["lamp", "id1", false, 0], ["lamp", "id1", true, 1], ["lamp", "id2", false, 0]]);
    assert.deepEqual(searchesOf(({ search, flush }) => {
        search("lamp", [lamp]);
        search("lamp");
        flush();
    }), [["lamp", "id1", false, 1]]);
});

test("a search that waits comes before what happens after it, and goes with a refusal", () => {
    assert.deepEqual(searchesOf(({ search, add }) => {
        search("lamp");
        add(fact("view"));
    }), [["lamp", "id1", false, 0], "view"]);
    assert.deepEqual(searchesOf(({ search, forget, wait }) => {
        search("lamp");
        forget();
        wait(2000);
    }), []);
});

test("a view's prices", () => {
    const pricingOf = (line, currency = "EUR") => eventsOf(fact("view", { items: [{ ...lamp, ...line }], currency }), page)[0][1]
        .productContext.pricing;
    assert.deepEqual(pricingOf({}), { regularPrice: 20, currencyCode: "EUR" });
    assert.deepEqual(pricingOf({ discount: 5 }), { regularPrice: 25, specialPrice: 20, currencyCode: "EUR" });
    assert.deepEqual(pricingOf({ discount: 0 }), { regularPrice: 20, currencyCode: "EUR" });
    assert.equal(pricingOf({ price: undefined, discount: 5 }), undefined);
});

test("lines of a cart", () => {
    const [[event, { changedProductsContext: { items } }]] = eventsOf(fact("add", { items: [
        { ...lamp, quantity: 2, variant: "blue", discount: 1.5 }, lamp] }), page);
    assert.equal(event, "add-to-cart");
    assert.deepEqual(items, [
        { id: "0", quantity: 2, product: { sku: "A1", name: "Lamp" }, prices: { price: { value: 20, currency: "EUR" } },
            discountAmount: 1.5, configurableOptions: [{ optionLabel: "variant", valueLabel: "blue" }] },
        { id: "1", quantity: 1, product: { sku: "A1", name: "Lamp" }, prices: { price: { value: 20, currency: "EUR" } },
            configurableOptions: [] },
    ]);
    const [[, { shoppingCartContext }]] = eventsOf(fact("cart", { items: [{ ...lamp, quantity: 2 }, lamp] }), page);
    assert.equal(shoppingCartContext.totalQuantity, 3);
    assert.equal(shoppingCartContext.id, undefined);
});

test("an order", () => {
    const order = fact("purchase", { orderId: "W-100/7:\u00e4", value: 24.9, tax: 4, shipping: 4.9, coupon: "C", tier: "ground",
        payment: "card" });
    const [[event, { orderContext, shoppingCartContext, debugContext }]] = eventsOf(order, page);
    assert.equal(event, "place-order");
    assert.deepEqual(orderContext, { orderId: "W-100/7:\u00e4", grandTotal: 24.9, taxAmount: 4, appliedCouponCode: "C",
        shipping: { shippingMethod: "ground", shippingAmount: 4.9 }, payments: [{ paymentMethodCode: "card", total: 24.9 }] });
    assert.equal(shoppingCartContext.items.length, 1);
    assert.equal(debugContext.eventId, "shop.example-order-W-100_2F7_3A_C3_A4");
    assert.equal("payments" in eventsOf(fact("purchase", { orderId: "1" }), page)[0][1].orderContext, false);
});

test("a search and its results have one identifier", () => {
    const search = { kind: "search", term: "lamp", searchId: "id", items: [lamp, { sku: "A2" }] };
    const [request, response] = eventsOf(search, page);
    assert.deepEqual([request[0], response[0]], ["search-request-sent", "search-response-received"]);
    const [{ searchUnitId, searchRequestId, phrase, filter }] = request[1].searchInputContext.units;
    assert.deepEqual([searchUnitId, searchRequestId, phrase, filter], [request[1].searchUnitId, "id", "lamp", []]);
    const [results] = response[1].searchResultsContext.units;
    assert.deepEqual([results.searchUnitId, results.searchRequestId], [response[1].searchUnitId, "id"]);
    assert.deepEqual(results.products, [{ sku: "A1", name: "Lamp", rank: 1 }, { sku: "A2", name: undefined, rank: 2 }]);
    assert.deepEqual([results.categories, results.suggestions], [[], []]);
    assert.deepEqual(eventsOf({ ...search, isKnown: true }, page).map(([event]) => event), ["search-response-received"]);
    assert.deepEqual(eventsOf({ ...search, items: [] }, page).map(([event]) => event), ["search-request-sent"]);
});

test("accounts and page views carry nothing", () => {
    assert.deepEqual(["signIn", "signUp", "pageView"].map((kind) => eventsOf(fact(kind, { items: [] }), page)),
        [[["sign-in", {}]], [["create-account", {}]], [["page-view", {}]]]);
});

test("a wish is XDM's own event", () => {
    const [[event, { customContext }]] = eventsOf(fact("wish", { items: [{ ...lamp, quantity: 3 }] }), page);
    assert.equal(event, "commerce-custom");
    assert.deepEqual(JSON.parse(JSON.stringify(customContext)), {
        eventType: "commerce.saveForLaters",
        commerce: { saveForLaters: { value: 1 }, commerceScope: { environmentID: "e", websiteCode: "base" } },
        productListItems: [{ SKU: "A1", name: "Lamp", quantity: 3, priceTotal: 60, currencyCode: "EUR" }],
    });
});
