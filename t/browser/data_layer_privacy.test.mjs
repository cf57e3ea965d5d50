// No personal data of a shop's data layer leaves the page, wherever in a message it stands.

import assert from "node:assert/strict";
import { test } from "node:test";

import { eventsOf } from "../../src/sdk/browser/page/data_layer_events.js";
import { createFactReader } from "../../src/sdk/browser/page/data_layer_facts.js";
import { cases, inlineSteps, openDataLayerShop } from "./data_layer_shop.mjs";
import { shopPage } from "./fixture.mjs";

// Members that shops have beside those that are read, and what is in them.
const personal = {
    user_data: { email: "jana1@example.test", address: { city: "Brno2", first_name: "Jana2" }, sha256_email_address: "ab12cd2" },
    user_id: "user-3", customer: { email: "jana4@example.test", name: "Jana4" }, customer_id: "customer-5",
    customerBillingEmail: "jana6@example.test", customerBillingFirstName: "Jana6", customerBillingPhone: "+420600000006",
    orderData: { customer: { billing: { email: "jana7@example.test", company: "Company7" } } }, visitorId: "visitor-8",
    visitorEmailHash: "hash-8", email: "jana9@example.test", email_address: "jana9b@example.test", phone: "+420600000009",
    phone_number: "+420600000010", address: { street: "Street 11" }, method: "jana12@example.test", client_id: "client.13",
    gclid: "gclid-14", engraving: "For Jana15", giftMessage: "Love, Jana16", affiliation: "jana17@example.test", ip: "192.0.2.18",
};

const secretsIn = (value) => (typeof value === "object" ? Object.values(value).flatMap(secretsIn) : [value]);
const secrets = secretsIn(personal);

const isMessage = ({ push, gtag, assign }) => push || gtag || assign;

/** The messages of a case, as its page pushes them. */
const messagesOf = ({ steps }) => steps.filter(isMessage).flatMap(({ push, gtag, assign }) => {
    const command = (function pack() {
        return arguments;
    })(...(gtag ?? []));
    return assign ?? [push ?? command];
});

/** All events that come of messages, as text. */
const eventsIn = (messages, { setting }) => {
    const reader = createFactReader(setting ?? {});
    const facts = messages.map((message) => reader.read(message)).filter((fact) => fact);
    return facts.flatMap((fact) => eventsOf({ ...fact, searchId: "id" }, { host: "host", instance: {} }))
        .map((event) => JSON.stringify(event));
};

const copyOf = (value, change, path = []) => {
    if (typeof value !== "object" || value === null) {
        return change(value, path);
    }
    const entries = Object.entries(value).map(([key, each]) => [key, copyOf(each, change, [...path, key])]);
    return change(Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries), path);
};

const copyMessage = (message, change) => (Object.prototype.toString.call(message) === "[object Arguments]" ?
    (function pack() {
        return arguments;
    })(...[...message].map((value, index) => copyOf(value, change, [index]))) :
    copyOf(message, change));

const replaced = (messages, index, message) => messages.map((each, place) => (place === index ? message : each));

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

test("personal data beside what is read changes no event, in any place of any message", () => {
    let places = 0;
    for (const each of cases) {
        const messages = messagesOf(each);
        const expected = eventsIn(messages, each);
        messages.forEach((message, index) => {
            const paths = [];
            copyMessage(message, (value, path) => paths.push(path) && value);
            for (const place of paths) {
                const changed = copyMessage(message, (value, path) => (
                    isObject(value) && path.join() === place.join() ? { ...personal, ...value } : value));
                const events = eventsIn(replaced(messages, index, changed), each);
                assert.deepEqual(events, expected, `${each.name}: message ${index}, at ${place.join(".") || "its top"}`);
                places += 1;
            }
        });
    }
    assert.ok(places > 500, `${places} places`);
});

test("no e-mail address leaves from what is read, in any place of any message", () => {
    const address = "jana.novakova@mail.example.test";
    let places = 0;
    for (const each of cases) {
        messagesOf(each).forEach((message, index, messages) => {
            const paths = [];
            copyMessage(message, (value, path) => (typeof value === "object" || paths.push(path)) && value);
            for (const place of paths) {
                for (const text of [address, `for ${address}`, `x%20${encodeURIComponent(address)}`]) {
                    const changed = copyMessage(message, (value, at) => (at.join() === place.join() ? text : value));
                    const events = eventsIn(replaced(messages, index, changed), each).join("\n");
                    assert.doesNotMatch(events, /novakova|mail\.example/, `${each.name}: at ${place.join(".")}`);
                    places += 1;
                }
            }
        });
    }
    assert.ok(places > 1500, `${places} places`);
});

const { shop, pages } = await openDataLayerShop({ google: { directives: ["aep_data_layer google;"] } });

shop.test("nor in any request, nor is anything stored", async (visit) => {
    const isMade = ({ $date, $function, $repeat }) => $date || $function || $repeat;
    const poison = (value) => copyOf(value, (each) => (
        isObject(each) && !isMade(each) ? { ...personal, ...each } : each));
    // Not what ends the reading: a visitor's refusal.
    const steps = cases.filter(({ setting, name }) => setting && !/consent-mode/.test(name))
        .flatMap(({ steps: all }) => all.filter(isMessage)).filter(({ assign }) => !assign).map((step) => poison(step))
        .map(({ push, gtag }) => (push ? { push } : { gtag }));
    pages.set(shop.website("google").hosts[0], "/p", shopPage({ head: inlineSteps(steps) }));
    const visitor = await visit("google", { path: "/p" }, { mayLog: true });
    await visitor.eventTypes({ atLeast: 40 });
    await visitor.page.waitForTimeout(2500);
    const sent = JSON.stringify([await visitor.requests(), visitor.sent, await visitor.gatewayLog()]);
    const isSent = (secret) => sent.includes(secret) || sent.includes(encodeURIComponent(secret));
    assert.deepEqual(secrets.filter(isSent), []);
    const stored = await visitor.evaluate(() => [localStorage.length, sessionStorage.length]);
    assert.deepEqual(stored, [0, 0]);
    const cookies = await visitor.cookies();
    assert.deepEqual(cookies.filter((name) => !/^kndctr_|^aep-segments-membership$/.test(name)), []);
});
