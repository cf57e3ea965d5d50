// What visitors and merchants decided about their data, for both kinds of Web SDK: each row of the table on consent in
// docs/privacy.md.

import assert from "node:assert/strict";

import { merchantTag, openShop, shopPage, withSdk } from "./fixture.mjs";
import { organization } from "./nginx_configuration.mjs";

const noPageView = "aep_page_view off;";
const merchants = [noPageView, "aep_web_sdk_name merchantAlloy;"];

const shop = await openShop({
    in: { directives: [noPageView] },
    pending: { directives: [noPageView, "aep_default_consent pending;"] },
    out: { directives: [noPageView, "aep_default_consent out;"] },
    named: { directives: [noPageView, "aep_opt_out_cookie no_thanks;"] },
    careless: { directives: [noPageView, "aep_opt_out_cookie off;", "aep_global_privacy_control off;"] },
    merchant: { directives: merchants },
    merchantin: { directives: [...merchants, "aep_default_consent in;"] },
    merchantout: { directives: [...merchants, "aep_default_consent out;"] },
});

const pageView = "web.webpagedetails.pageViews";
const openCart = "commerce.productListOpens";
const publishing = shopPage({ body: withSdk("sdk.publish.pageView();") });
const prefix = `kndctr_${organization.replace("@", "_")}_`;

const globalPrivacyControl = {
    headers: { "Sec-GPC": "1" },
    script: "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true });",
};

const consentCookies = (general) => ({ [`${prefix}consent`]: `general=${general}` });

/** A consent manager's call. */
const decide = (visitor, general, name = "alloy") => visitor.evaluate(([instance, value]) => window[instance](
    "setConsent", { consent: [{ standard: "Adobe", version: "1.0", value: { general: value } }] }), [name, general]);

const startsNothing = async (visitor, cookies) => {
    await visitor.sendsNothing();
    assert.deepEqual(visitor.sent, []);
    assert.deepEqual(await visitor.globals("alloy", "ngxAepWebSdk"), []);
    assert.deepEqual(await visitor.cookies(), cookies);
    assert.equal(await visitor.evaluate(() => localStorage.length), 0);
};

// The visitor's own signals.

shop.test("with the opt-out cookie neither alloy nor the collector starts", async (visit) => {
    const visitor = await visit("in", publishing, { cookies: { mg_dnt: "1" } });
    await startsNothing(visitor, ["mg_dnt"]);
});

shop.test("the opt-out cookie counts whatever its value and its neighbours", async (visit) => {
    const visitor = await visit("in", publishing, { cookies: { a: "1", mg_dnt: "", z: "2" } });
    await startsNothing(visitor, ["a", "mg_dnt", "z"]);
});

shop.test("the opt-out cookie has the name that the merchant gave it", async (visit) => {
    const visitor = await visit("named", publishing, { cookies: { no_thanks: "true" } });
    await startsNothing(visitor, ["no_thanks"]);
    const other = await visit("named", publishing, { cookies: { mg_dnt: "1" } });
    assert.deepEqual(await other.eventTypes({ atLeast: 1 }), [pageView]);
});

shop.test("a cookie that only contains the name is no opt-out", async (visit) => {
    const visitor = await visit("in", publishing, { cookies: { not_mg_dnt: "1", choice: "mg_dnt", mg_dnt2: "1" } });
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
});

shop.test("an opt-out cookie that is set while the page is open stops the events", async (visit) => {
    const visitor = await visit("in", publishing);
    await visitor.sentTo("/interact");
    const before = [...visitor.sent];
    await visitor.evaluate(() => {
        document.cookie = "mg_dnt=1; path=/; secure";
    });
    await visitor.publish("openCart");
    await visitor.page.waitForTimeout(1300);
    assert.deepEqual(visitor.sent, before);
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
});

shop.test("with Global Privacy Control neither alloy nor the collector starts", async (visit) => {
    const visitor = await visit("in", publishing, globalPrivacyControl);
    await startsNothing(visitor, []);
});

shop.test("Global Privacy Control wins over a consent that was given before", async (visit) => {
    const cookies = consentCookies("in");
    const visitor = await visit("in", publishing, { ...globalPrivacyControl, cookies });
    await startsNothing(visitor, Object.keys(cookies));
});

shop.test("a merchant may switch both signals off", async (visit) => {
    const visitor = await visit("careless", publishing, { ...globalPrivacyControl, cookies: { mg_dnt: "1" } });
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
});

// Our alloy.

// Left to itself, the collector asks for consent each second, and nothing leaves before.
const withoutPolling = `
    const { setInterval } = window;
    window.setInterval = (callback, time, ...more) => time >= 1000 ? 0 : setInterval(callback, time, ...more);`;

shop.test("consent in: events leave before the collector asks for consent", async (visit) => {
    const visitor = await visit("in", publishing, { script: withoutPolling });
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
});

shop.test("consent in: nothing is said about consent", async (visit) => {
    const visitor = await visit("in", publishing);
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
    await visitor.page.waitForTimeout(1300);
    assert.deepEqual(await visitor.requests({ action: "set-consent" }), []);
});

shop.test("consent pending: events wait for the consent manager", async (visit) => {
    const visitor = await visit("pending", publishing);
    await visitor.ready();
    await visitor.sendsNothing();
    await decide(visitor, "in");
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
});

shop.test("consent pending: events that waited are dropped when the visitor refuses", async (visit) => {
    const visitor = await visit("pending", publishing);
    await visitor.ready();
    await decide(visitor, "out");
    await visitor.publish("openCart");
    await visitor.page.waitForTimeout(1300);
    assert.deepEqual(await visitor.eventTypes(), []);
});

shop.test("consent out: events are dropped until the consent manager says in", async (visit) => {
    const visitor = await visit("out", publishing);
    await visitor.ready();
    await visitor.sendsNothing();
    await decide(visitor, "in");
    await visitor.publish("openCart");
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [openCart]);
});

shop.test("a consent manager that says out after in is obeyed, on the next page too", async (visit) => {
    const visitor = await visit("in", publishing);
    await visitor.eventTypes({ atLeast: 1 });
    await decide(visitor, "in");
    await decide(visitor, "out");
    const before = await visitor.eventTypes();
    await visitor.publish("openCart");
    await visitor.page.waitForTimeout(1300);
    await visitor.publish("openCart");
    await visitor.page.reload();
    await visitor.ready();
    await visitor.publish("openCart");
    await visitor.page.waitForTimeout(1300);
    assert.deepEqual(await visitor.eventTypes(), before);
    const values = (await visitor.requests({ action: "set-consent" })).map(({ body }) => body.consent[0].value.general);
    assert.deepEqual(values, ["in", "out"]);
});

// The merchant's alloy.

const merchantPage = (name, options) => shopPage({
    head: merchantTag(shop.website(name), options),
    body: withSdk("sdk.publish.pageView();"),
});

const merchantEvents = (visitor, atLeast = 0) =>
    visitor.eventTypes({ atLeast, datastream: visitor.website.merchantDatastream });

const keepsOnlyItsOwn = async (visitor) => {
    await visitor.ready();
    await visitor.page.waitForTimeout(1300);
    assert.deepEqual(visitor.sent, [], "the collector's events must not leave the page");
    // Whether its events may leave the shop is for the gateway to say.
    const answer = await visitor.evaluate(() =>
        window.merchantAlloy("sendEvent", { xdm: { eventType: "merchant" } }).then(() => "answered"));
    assert.equal(answer, "answered");
    await visitor.sentTo("/interact");
};

shop.test("merchant, opt-out cookie: the collector's events are dropped, its alloy is left alone", async (visit) => {
    const visitor = await visit("merchant", merchantPage("merchant"), { cookies: { mg_dnt: "1" } });
    await keepsOnlyItsOwn(visitor);
});

shop.test("merchant, Global Privacy Control: the same", async (visit) => {
    const visitor = await visit("merchant", merchantPage("merchant"), globalPrivacyControl);
    await keepsOnlyItsOwn(visitor);
});

shop.test("merchant, consent in: its alloy decides", async (visit) => {
    const visitor = await visit("merchantout", merchantPage("merchantout", { defaultConsent: "in" }));
    assert.deepEqual(await merchantEvents(visitor, 1), [pageView]);
});

shop.test("merchant, consent pending: events wait for its consent manager", async (visit) => {
    const visitor = await visit("merchantin", merchantPage("merchantin", { defaultConsent: "pending" }));
    await visitor.ready();
    await visitor.page.waitForTimeout(1300);
    assert.deepEqual(visitor.sent, []);
    await decide(visitor, "in", "merchantAlloy");
    assert.deepEqual(await merchantEvents(visitor, 1), [pageView]);
});

shop.test("merchant, consent out: events are dropped until its consent manager says in", async (visit) => {
    const visitor = await visit("merchantin", merchantPage("merchantin", { defaultConsent: "out" }));
    await visitor.ready();
    await visitor.page.waitForTimeout(1300);
    assert.deepEqual(visitor.sent, []);
    await decide(visitor, "in", "merchantAlloy");
    await visitor.publish("openCart");
    assert.deepEqual(await merchantEvents(visitor, 1), [openCart]);
});

shop.test("merchant: a consent manager that says out after in is obeyed", async (visit) => {
    const visitor = await visit("merchantin", merchantPage("merchantin"));
    await merchantEvents(visitor, 1);
    await decide(visitor, "in", "merchantAlloy");
    await decide(visitor, "out", "merchantAlloy");
    await visitor.page.waitForTimeout(1300);
    await visitor.publish("openCart");
    await visitor.page.waitForTimeout(500);
    assert.deepEqual(await merchantEvents(visitor), [pageView]);
});
