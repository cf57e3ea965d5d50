// A purchase in a real browser, and what the Edge must have received of it afterwards.

import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { userInfo } from "node:os";

import { DemoError } from "./programs.mjs";

export const deliveryLimit = 10000;
export const settleTime = 1500; // for what should not come: a second copy, another event

const pageViews = "web.webpagedetails.pageViews";
/** Alloy reports clicks on links by itself, unless it is told not to. */
const automatic = "web.webinteraction.linkClicks";

/** What the shopper does, and which events that makes: `[what happened, XDM event type]`. */
export const steps = [
    {
        page: "/",
        act: (page, origin) => page.goto(`${origin}/`),
        events: [["home page", pageViews]],
    },
    {
        page: "/category.html",
        act: (page) => page.click("nav a >> text=Out and about"),
        events: [["category page", pageViews]],
    },
    {
        page: "/product.html",
        act: (page) => page.click(".card >> text=Canvas backpack"),
        events: [
            ["product page", pageViews],
            ["product viewed", "commerce.productViews"],
        ],
    },
    {
        page: "/product.html",
        act: (page) => page.click("#add-to-cart"),
        events: [
            ["cart opened", "commerce.productListOpens"],
            ["added to cart", "commerce.productListAdds"],
        ],
    },
    {
        page: "/cart.html",
        act: (page) => page.click(".to-cart"),
        events: [
            ["cart page", pageViews],
            ["cart viewed", "commerce.productListViews"],
        ],
    },
    {
        page: "/checkout.html",
        act: (page) => page.click("#to-checkout"),
        events: [
            ["checkout page", pageViews],
            ["checkout started", "commerce.checkouts"],
        ],
    },
    {
        page: "/confirmation.html",
        act: (page) => page.click("#place-order"),
        events: [
            ["confirmation page", pageViews],
            ["order placed", "commerce.purchases"],
        ],
    },
];

/** Google has no event for it. */
const isToldToGoogle = ([, type]) => type !== "commerce.productListOpens";

const stepsOf = ({ tellsGoogle }) => (tellsGoogle ?
    steps.map((step) => ({ ...step, events: step.events.filter(isToldToGoogle) })) :
    steps);

/** Starts Chromium so that the websites' names lead to nginx's port, and no other name anywhere. */
export function startBrowser(websites, port) {
    const require = createRequire(new URL("../browser/package.json", import.meta.url));
    let chromium;
    try {
        ({ chromium } = require("playwright-core"));
    } catch {
        throw new DemoError(
            "playwright-core is missing in t/browser: run 'make demo-check', it installs it.",
        );
    }
    const rules = [
        ...websites.map(({ host }) => `MAP ${host} 127.0.0.1:${port}`),
        "MAP * ~NOTFOUND",
        "EXCLUDE 127.0.0.1", // the status page
    ];
    return chromium.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        handleSIGINT: false, // the demo stops what it has started before it ends
        handleSIGTERM: false,
        handleSIGHUP: false,
        args: [
            ...(userInfo().uid === 0 ? ["--no-sandbox"] : []),
            "--disable-gpu",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            `--host-resolver-rules=${rules.join(", ")}`,
        ],
    });
}

/** All events that the Edge has received. */
export async function received(services) {
    const response = await fetch(new URL("events", services.edgeUrl));
    return response.json();
}

/** Events of one kind that came from a page of a website, whatever datastream they name. */
function matching(events, website, path, type) {
    return events.filter(({ eventType, url }) => {
        const from = URL.canParse(url ?? "") ? new URL(url) : undefined;
        return eventType === type && from?.hostname === website.host && from.pathname === path;
    });
}

/**
 * Waits until the events of a step have arrived and the page has all its answers: a shopper who leaves
 * earlier makes the browser break off what is under way, which Adobe's SDK then calls an error.
 */
async function waitForDelivery(services, website, step, notes) {
    for (const end = Date.now() + deliveryLimit; Date.now() < end; await sleep(50)) {
        const events = await received(services);
        const isThere = ([, type]) =>
            matching(events, website, step.page, type).some(({ outcome }) => outcome === "accepted");
        if (step.events.every(isThere) && notes.unanswered.size === 0) {
            return;
        }
    }
}

/** Notes what a page must not do: complain, or talk to anybody but the shop; and what it waits for. */
export function watch(context, website) {
    const notes = { foreignRequests: [], consoleErrors: [], unanswered: new Set() };
    context.on("request", (request) => {
        const { protocol, hostname } = new URL(request.url());
        if (protocol !== "data:" && hostname !== website.host) {
            notes.foreignRequests.push(request.url());
        }
        if (request.resourceType() === "fetch") {
            notes.unanswered.add(request);
        }
    });
    context.on("requestfinished", (request) => notes.unanswered.delete(request));
    context.on("requestfailed", (request) => notes.unanswered.delete(request));
    context.on("console", (message) => {
        if (message.type() === "error") {
            notes.consoleErrors.push(`${message.text()} (${message.location().url})`);
        }
    });
    context.on("weberror", (error) => notes.consoleErrors.push(String(error.error())));
    return notes;
}

/** Buys a backpack on one website. Returns what the browser noticed. */
export async function shop(browser, services, website) {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en-US" });
    const notes = watch(context, website);
    try {
        const page = await context.newPage();
        page.setDefaultTimeout(deliveryLimit);
        for (const step of stepsOf(website)) {
            await step.act(page, `https://${website.host}`);
            await waitForDelivery(services, website, step, notes);
        }
        await sleep(settleTime);
    } catch (error) {
        notes.consoleErrors.push(`The shopper could not go on: ${error.message.split("\n")[0]}`);
    } finally {
        await context.close();
    }
    return notes;
}

/** What became of an event of a website, of which `found` has arrived. */
export function verdict(found, website) {
    const accepted = found.filter(({ outcome }) => outcome === "accepted");
    if (found.length === 0) {
        return "no";
    }
    if (accepted.length === 0) {
        return `no: ${found[0].outcome}`;
    }
    if (accepted.length > 1) {
        return `${accepted.length} times`;
    }
    return accepted[0].datastream === website.datastream ? "yes" : "no: wrong datastream";
}

/** The expected events of a website as rows `{event, type, datastream, delivered}`. */
export async function judge(services, website) {
    const events = await received(services);
    return stepsOf(website).flatMap((step) =>
        step.events.map(([event, type]) => {
            const found = matching(events, website, step.page, type);
            return {
                event,
                type,
                datastream: found[0]?.datastream ?? "",
                delivered: verdict(found, website),
            };
        }),
    );
}

/**
 * Events that nobody expects: of another type, of another host, to another website's datastream, or, where they come
 * from no page, of an order with which nothing of the kind was done. `deeds` is what was: `{type, number, website}`.
 */
export async function strangers(services, websites, deeds) {
    const types = new Set([automatic, ...steps.flatMap(({ events }) => events.map(([, type]) => type))]);
    const isDeed = ({ eventType, order, datastream }) =>
        deeds.some(
            ({ type, number, website }) =>
                type === eventType && number === order && website.datastream === datastream,
        );
    return (await received(services)).filter((event) => {
        const host = URL.canParse(event.url ?? "") ? new URL(event.url).hostname : "";
        const website = websites.find((candidate) => candidate.host === host);
        const isExpected = types.has(event.eventType) && website?.datastream === event.datastream;
        return !isExpected && !(event.url === undefined && isDeed(event));
    });
}
