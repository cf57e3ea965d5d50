// What is read from a message of a shop's data layer for Google, and what is not. No browser takes part.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createFactReader, isCommerce } from "../../src/sdk/browser/page/data_layer_facts.js";
import { amountOf, currencyOf, numberOf, textOf } from "../../src/sdk/browser/page/values.js";

/** An arguments object, as gtag pushes it. */
function gtag() {
    return arguments;
}

const lamp = { item_id: "A1", item_name: "Lamp", price: 20 };

/** The facts of messages, read one after the other. */
const read = (messages, settings) => {
    const reader = createFactReader(settings);
    return messages.map((message) => reader.read(message));
};

const readOne = (message, settings) => read([message], settings)[0];

const viewOf = (parameters, settings) => readOne({ event: "view_item", ecommerce: parameters }, settings);

const skusOf = (fact) => (fact ? fact.items.map(({ sku }) => sku) : null);

test("texts", () => {
    const halves = `${"x".repeat(99)}\u{1f600}`;
    for (const [value, text] of [
        ["Lamp", "Lamp"], ["  Lamp\n", "Lamp"], [42, "42"], [0, "0"], [1.5, "1.5"], ["x".repeat(101), "x".repeat(100)],
        [halves, "x".repeat(99)], ["", undefined], ["  ", undefined], ["undefined", undefined], ["null", undefined],
        ["NaN", undefined], ["(not set)", undefined], ["(payment type not found)", undefined], ["Lamp (blue)", "Lamp (blue)"],
        [NaN, undefined], [Infinity, undefined], [true, undefined], [{}, undefined], [null, undefined],
        [undefined, undefined], [["Lamp"], undefined], [Symbol("x"), undefined], [() => "x", undefined],
    ]) {
        assert.equal(textOf(value), text, String(value));
    }
});

test("texts with an e-mail address in them are none", () => {
    for (const text of ["jana@example.test", "for jana@example.test, with love", "jana%40example.test", "jana%2540example.test",
        "JANA@EXAMPLE.TEST", "mailto:jana.x+y@mail.example.test?subject=x", "jana\uff20example.test", "jana&#64;example.test",
        `${"x".repeat(95)}jana@${"e".repeat(50)}.test`]) {
        assert.equal(textOf(text), undefined, text);
    }
    for (const text of ["@home", "Lamp @ 20", "5 @ 3.50", "a@b"]) {
        assert.equal(textOf(text), text);
    }
});

test("numbers", () => {
    for (const [value, number] of [
        [20, 20], [19.99, 19.99], [-5, -5], ["20", 20], ["19.99", 19.99], ["19,99", 19.99], ["19,9", 19.9], ["1.299,00", 1299],
        ["1,299.00", 1299], ["1.299", 1.299], ["1,299", undefined], ["1.234.567", 1234567], ["1,234,567.5", 1234567.5],
        ["1 299,00", 1299], ["1\u00a0299,00", 1299], ["1'299.00", 1299], ["1\u2019299.00", 1299], ["$19.99", 19.99],
        ["19,99 \u20ac", 19.99], ["\u00a35", 5], ["EUR 19,99", 19.99], ["19.99usd", 19.99], ["-3,50", -3.5], ["12345,678", 12345.678],
        ["", undefined], ["free", undefined], ["1.2.3", undefined], ["12.34.56", undefined], ["1,2,3", undefined], ["1e3", undefined],
        ["0x10", undefined], [NaN, undefined], [null, undefined], [{}, undefined], [true, undefined], ["1".repeat(101), undefined],
    ]) {
        assert.equal(numberOf(value), number, String(value));
    }
});

test("amounts are rounded to cents", () => {
    for (const [value, amount] of [[1.005, 1.01], [2.675, 2.68], ["59.389", 59.39], [10, 10], ["x", undefined]]) {
        assert.equal(amountOf(value), amount, String(value));
    }
});

test("currencies", () => {
    for (const [value, currency] of [["EUR", "EUR"], ["eur", "EUR"], [" usd ", "USD"], ["EURO", undefined], ["\u20ac", undefined],
        ["", undefined], [978, undefined], [undefined, undefined]]) {
        assert.equal(currencyOf(value), currency, String(value));
    }
});

test("each of GA4's events that has a counterpart, by gtag and by GTM", () => {
    for (const [event, kind] of Object.entries({ view_item: "view", add_to_cart: "add", remove_from_cart: "remove",
        add_to_wishlist: "wish", view_cart: "cart", begin_checkout: "checkout", purchase: "purchase" })) {
        const parameters = { currency: "EUR", transaction_id: "T-1", items: [lamp] };
        const facts = read([gtag("event", event, parameters), { event, ecommerce: parameters }]);
        assert.deepEqual(facts.map((fact) => [fact.kind, fact.format, fact.currency, ...skusOf(fact)]),
            [[kind, "gtag", "EUR", "A1"], [kind, "gtm", "EUR", "A1"]]);
        assert.ok(facts.every(isCommerce));
    }
    for (const [event, kind] of Object.entries({ login: "signIn", sign_up: "signUp", page_view: "pageView" })) {
        assert.equal(readOne(gtag("event", event)).kind, kind);
        assert.equal(readOne({ event }).kind, kind);
    }
});

test("nothing comes of others", () => {
    for (const event of ["view_item_list", "select_item", "add_shipping_info", "add_payment_info", "refund", "view_promotion",
        "select_promotion", "generate_lead", "share", "scroll", "toString", "constructor", "__proto__", "hasOwnProperty", 5, {}, null]) {
        assert.equal(readOne({ event, ecommerce: { items: [lamp] } }), null, String(event));
        assert.equal(readOne(gtag("event", event, { items: [lamp] })), null, String(event));
    }
});

test("what is no message", () => {
    for (const message of [null, undefined, 5, "view_item", true, [], ["event", "view_item", { items: [lamp] }], () => undefined,
        Symbol("x"), new Date(0), new Map([["event", "view_item"]])]) {
        assert.equal(readOne(message), null);
    }
});

test("an item's SKU, in the order of its members", () => {
    assert.deepEqual(skusOf(viewOf({ items: [{ id: "id", item_id: "item", sku: "sku" }] })), ["item"]);
    assert.deepEqual(skusOf(viewOf({ items: [{ id: "id", sku: "sku" }] })), ["id"]);
    assert.deepEqual(skusOf(viewOf({ items: [{ sku: "sku" }] })), ["sku"]);
    assert.deepEqual(skusOf(viewOf({ items: [{ id: "id", item_id: "item", art: "art" }] }, { sku: "art" })), ["art"]);
    assert.deepEqual(skusOf(viewOf({ items: [{ id: "id", item_id: "item", sku: "sku" }] }, { sku: "art" })), ["item"]);
    assert.equal(viewOf({ items: [{ item_name: "Lamp" }] }), null);
    assert.equal(viewOf({ items: [{ item_id: "jana@example.test" }] }), null);
});

test("items in odd shapes", () => {
    assert.deepEqual(skusOf(viewOf({ items: { 0: { item_id: "A" }, 3: { item_id: "B" } } })), ["A", "B"]);
    assert.deepEqual(skusOf(viewOf({ items: [[{ item_id: "A" }], null, "x", [[{ item_id: "deep" }]], { item_id: "B" }] })), ["A", "B"]);
    for (const items of [undefined, null, [], {}, "A1", 5, [null], () => undefined]) {
        assert.equal(viewOf({ items }), null);
    }
});

test("quantities are whole pieces, and totals stay what they were", () => {
    const lineOf = (item) => readOne({ event: "add_to_cart", ecommerce: { items: [{ item_id: "A", ...item }] } })?.items[0];
    assert.deepEqual([lineOf({}).quantity, lineOf({ quantity: "3" }).quantity, lineOf({ quantity: "x" }).quantity], [1, 3, 1]);
    assert.equal(lineOf({ quantity: 0 }), undefined);
    assert.equal(lineOf({ quantity: -1 }), undefined);
    const metre = lineOf({ price: 8, quantity: 2.5, discount: 3 });
    assert.equal(metre.quantity, 3);
    assert.equal(Number((metre.price * 3).toFixed(2)), 20);
    assert.equal(metre.discount, 2.5);
    const { quantity, price } = lineOf({ price: 10, quantity: 0.4 });
    assert.deepEqual([quantity, price], [1, 4]);
    assert.equal(viewOf({ items: [{ item_id: "A", price: 10, quantity: 0.5 }] }).items[0].price, 10, "a view is of one");
});

test("the first hundred items, and not more than fit", () => {
    const many = (count, name) => Array.from({ length: count }, (_, i) => ({ item_id: `${i}`, item_name: name, price: 1 }));
    assert.equal(viewOf({ items: many(1000, "x") }).items.length, 100);
    const { items } = viewOf({ items: many(1000, "\u4e00".repeat(200)) });
    const bytes = Buffer.byteLength(JSON.stringify(items));
    assert.ok(items.length < 100 && bytes <= 30000 && bytes > 25000, `${items.length} items of ${bytes} bytes`);
});

test("an order's total is what the shop says, or the sum of all its items", () => {
    const order = (rest) => readOne({ event: "purchase", ecommerce: { transaction_id: 7, ...rest } });
    assert.deepEqual([order({ value: "1.299,00" }).value, order({ value: "1.299,00" }).orderId], [1299, "7"]);
    const many = Array.from({ length: 150 }, (_, i) => ({ item_id: `${i}`, price: 2.5, quantity: 2 }));
    assert.equal(order({ items: many }).value, 750);
    assert.equal(order({ items: [{ item_name: "no SKU", price: 5 }], value: 5 }), null, "it told of items, and none is left");
    assert.deepEqual(order({ value: 5 }).items, []);
    assert.equal(order({ transaction_id: undefined, value: 5 }), null);
    assert.equal(order({ transaction_id: "jana@example.test-1", value: 5 }), null);
});

test("an order's members", () => {
    const { items, ...fact } = readOne(gtag("event", "purchase", {
        transaction_id: "T", value: 10, tax: "2,10", shipping: 4.9, coupon: "SUMMER", payment_type: "paypal", shipping_tier: "ground",
        currency: "eur", items: [lamp], customer_type: "new", user_data: { email: "x" }, method: "m",
    }));
    assert.equal(items.length, 1);
    assert.deepEqual(fact, { kind: "purchase", format: "gtag", currency: "EUR", orderId: "T", value: 10, tax: 2.1, shipping: 4.9,
        coupon: "SUMMER", payment: "paypal", tier: "ground" });
    assert.equal(readOne(gtag("event", "purchase", { transaction_id: "T", payment_method: "card" })).payment, "card");
});

test("ecommerce apart from its event is of that event alone", () => {
    const ecommerce = { currency: "EUR", items: [lamp] };
    const kinds = (...messages) => read(messages).map((fact) => fact && fact.kind);
    assert.deepEqual(kinds({ ecommerce }, { event: "view_item" }, { event: "view_cart" }), [null, "view", null]);
    assert.deepEqual(kinds({ ecommerce }, { ecommerce: null }, { event: "view_item" }), [null, null, null]);
    assert.deepEqual(kinds({ ecommerce }, { event: "gtm.dom" }, { event: "login" }, { event: "view_item" }), [null, null, "signIn", "view"]);
    assert.deepEqual(kinds({ event: "view_item", ecommerce }, { event: "add_to_cart", ecommerce: { currency: "EUR" } }), ["view", null]);
    assert.deepEqual(kinds({ event: "view_item", ecommerce }, { event: "add_to_cart" }), ["view", null]);
    const [, fact] = read([{ ecommerce }, { event: "view_item", ecommerce: { items: [{ item_id: "B" }] } }]);
    assert.deepEqual(skusOf(fact), ["B"]);
});

test("parameters beside the event, or in its eventModel", () => {
    assert.deepEqual(skusOf(readOne({ event: "view_cart", currency: "EUR", items: [lamp] })), ["A1"]);
    assert.deepEqual(skusOf(readOne({ event: "view_cart", eventModel: { items: [lamp] }, items: [{ item_id: "B" }] })), ["A1"]);
});

test("currencies: of the event, of an item, of the page, of the shop", () => {
    const currenciesOf = (messages, settings) => read(messages, settings).map((fact) => fact && fact.currency);
    const view = (parameters) => gtag("event", "view_item", { items: [lamp], ...parameters });
    assert.deepEqual(currenciesOf([view({ currency: "usd", items: [{ ...lamp, currency: "EUR" }] })]), ["USD"]);
    assert.deepEqual(currenciesOf([view({ items: [lamp, { ...lamp, currency: "EUR" }] })]), ["EUR"]);
    assert.deepEqual(currenciesOf([view({}), view({ currency: "GBP" }), view({}), gtag("set", { currency: "CZK" }), view({})],
        { currency: "EUR" }), ["EUR", "GBP", "GBP", null, "CZK"]);
    assert.deepEqual(currenciesOf([view({ currency: "euros" })]), [undefined]);
});

test("events for Google's advertising are not taken", () => {
    const view = (parameters) => readOne(gtag("event", "view_item", { items: [lamp], ...parameters }));
    for (const sendTo of ["AW-1", "DC-2/x", ["AW-1", "DC-2"]]) {
        assert.equal(view({ send_to: sendTo }), null, String(sendTo));
    }
    for (const sendTo of ["G-1", ["AW-1", "G-1"], [], "default", undefined]) {
        assert.equal(view({ send_to: sendTo })?.kind, "view", String(sendTo));
    }
    assert.equal(view({ items: [{ id: "shop_1", google_business_vertical: "retail" }] }), null);
    assert.equal(view({ items: [{ ...lamp, google_business_vertical: "retail" }] })?.kind, "view");
});

test("Universal Analytics: the member of ecommerce names the action", () => {
    const products = [{ id: "1", name: "Shirt", variant: "Gray", price: "15.25", quantity: 2 }];
    for (const [member, kind] of Object.entries({ detail: "view", add: "add", remove: "remove", checkout: "checkout" })) {
        const fact = readOne({ event: "whatever", ecommerce: { currencyCode: "gbp", [member]: { products } } });
        assert.deepEqual([fact.kind, fact.format, fact.currency, fact.items[0]],
            [kind, "universal", "GBP", { sku: "1", name: "Shirt", variant: "Gray", price: 15.25, quantity: 2,
                ...(kind === "view" && { discount: undefined }) }]);
    }
    const order = readOne({ ecommerce: { purchase: { actionField: { id: "T1", revenue: "35.43", tax: "4.90", shipping: "5.99",
        coupon: "S" }, products } } });
    assert.deepEqual([order.orderId, order.value, order.tax, order.shipping, order.coupon], ["T1", 35.43, 4.9, 5.99, "S"]);
    const step = (number) => readOne({ ecommerce: { checkout: { actionField: { step: number }, products } } });
    assert.deepEqual([step(1)?.kind, step("1")?.kind, step(2), step("3")], ["checkout", "checkout", null, null]);
    assert.equal(readOne({ event: "x", ecommerce: { click: { products } } }), null);
    assert.equal(readOne({ event: "x", ecommerce: { impressions: products } }), null);
});

test("searches", () => {
    const termOf = (message) => readOne(message)?.term;
    assert.equal(termOf(gtag("event", "search", { search_term: " lamp " })), "lamp");
    assert.equal(termOf({ event: "search", search_term: "lamp" }), "lamp");
    assert.equal(termOf({ event: "view_search_results", eventModel: { search_term: "lamp" } }), "lamp");
    assert.equal(termOf({ event: "view_search_result", ecommerce: { search_term: "lamp" } }), "lamp");
    assert.equal(termOf({ event: "search" }), undefined);
    assert.equal(termOf({ event: "search", search_term: "jana@example.test" }), undefined);
    assert.deepEqual(skusOf(readOne({ event: "view_search_results", search_term: "lamp", items: [lamp] })), ["A1"]);
});

test("a visitor's refusal in Google's consent mode", () => {
    const reader = createFactReader();
    const view = () => reader.read(gtag("event", "view_item", { items: [lamp] }))?.kind ?? null;
    const consent = (...parameters) => reader.read(gtag("consent", ...parameters));
    consent("default", { analytics_storage: "denied" });
    assert.deepEqual([view(), reader.isRefused()], ["view", false]);
    consent("update", { ad_storage: "denied" });
    assert.equal(view(), "view");
    consent("update", { analytics_storage: "denied" });
    assert.deepEqual([view(), reader.isRefused()], [null, true]);
    assert.equal(reader.read({ ecommerce: { items: [lamp] } }), null);
    consent("update", { analytics_storage: "granted" });
    assert.deepEqual([view(), reader.isRefused()], ["view", false]);
    assert.equal(reader.read({ event: "view_item" }), null, "what was pushed meanwhile is not known");
});

test("nothing is read but what is named", () => {
    const names = new Set();
    const spy = (target) => new Proxy(target, {
        get(object, name) {
            names.add(name);
            const value = object[name];
            return typeof value === "object" && value !== null ? spy(value) : value;
        },
    });
    const secret = { email: "jana@example.test" };
    readOne(spy({
        event: "purchase", user_data: secret, user_id: 1, customerBillingEmail: "x", orderData: secret, visitorId: 1, email: "x",
        ecommerce: { transaction_id: "T", value: 1, customer: secret, client_id: 1, items: [{ item_id: "A", price: 1, engraving: "x" }] },
    }));
    const allowed = ["event", "ecommerce", "eventModel", "items", "length", "transaction_id", "value", "tax", "shipping", "coupon",
        "payment_type", "payment_method", "shipping_tier", "currency", "currencyCode", "send_to", "purchase", "checkout", "remove", "add",
        "detail", "search_term", "item_id", "item_name", "id", "name", "sku", "item_variant", "variant", "quantity", "price", "discount",
        "google_business_vertical", "0"];
    assert.deepEqual([...names].filter((name) => typeof name === "string" && !allowed.includes(name)), []);
});
