// A shop with several websites, and visitors with a real browser.
//
//     const shop = await openShop({ north: {}, south: { directives: ["aep_default_consent out;"] } });
//     shop.test("events arrive", async (visit) => {
//         const visitor = await visit("north", shopPage({ body: "<h1>Home</h1>" }));
//         ...
//     });
//
// A test fails if a page logs anything to its console that the test does not expect, or asks any other host.
//
// AEP_BROWSER=firefox npm test   tests with Firefox ESR
// AEP_SDK_FILE=<file> npm test   tests another SDK file than the one in the module: what `make sdk` has just made,
//                                or one with a fault, to see the tests fail

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { startBrowser } from "./browsers.mjs";
import { edgeHost, organization } from "./nginx_configuration.mjs";
import { Services } from "./services.mjs";

const sdkFile = process.env.AEP_SDK_FILE;
const sdkAddress = /\/[0-9a-f]{20}\.js(\?|$)/;

// How long a test waits for what should come, in milliseconds.
const patience = 60000;

// How long all of a test may take: who asks a page that has gone waits for ever.
const limit = 5 * patience;

// How long a browser may take to close a window, or itself. Some never do, and they are not what is tested.
const closeLimit = 15000;

// Longer than the collector's polling of consent (1 s), which must not let anything out.
const quietTime = 1300;

/** A page as a shop makes it. */
export const shopPage = ({ head = "", body = "<h1>Shop</h1>" } = {}) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Shop</title>
${head}
</head>
<body>
${body}
</body>
</html>
`;

/** Script for a page: runs once the Storefront Events SDK is there, whoever brings it. */
export const withSdk = (code) => `<script>
(function () {
    var wait = setInterval(function () {
        if (window.magentoStorefrontEvents) { clearInterval(wait); run(window.magentoStorefrontEvents); }
    }, 10);
    function run(sdk) { ${code} }
})();
</script>`;

/** The attributes of a script tag that starts the merchant's own Web SDK (merchant.js). */
export const merchantScript = (website, options = {}) => ({
    src: "/js/merchant.js",
    "data-options": JSON.stringify({ orgId: organization, datastreamId: website.merchantDatastream, ...options }),
});

/** The same as a tag. */
export const merchantTag = (website, { library, ...options } = {}) => {
    const attributes = { ...merchantScript(website, options), ...(library && { "data-library": library }) };
    return `<script ${Object.entries(attributes).map(([key, value]) => `${key}='${value}'`).join(" ")}></script>`;
};

/** Whether something ends in time. */
const endsWithin = async (milliseconds, something) => {
    const end = new AbortController();
    const late = sleep(milliseconds, false, { signal: end.signal }).catch(() => true);
    const isInTime = await Promise.race([something.then(() => true), late]);
    end.abort();
    return isInTime;
};

const numbered = (index) => `5e0f${String(index).padStart(4, "0")}-7a1b-4c2d-8e3f-000000000000`;

/** One visitor with one page. */
class Visitor {
    #foreign = [];
    #logged = [];
    #mayLog;
    #sent = [];
    #shop;

    constructor(shop, website, context, mayLog) {
        this.#mayLog = mayLog;
        this.#shop = shop;
        this.website = website;
        this.context = context;
        context.on("console", (message) => this.#logged.push(`${message.type()}: ${message.text()}`));
        context.on("weberror", (error) => this.#logged.push(`uncaught: ${error.error()}`));
        const hosts = [...website.hosts, ...website.edgeHosts];
        context.on("request", (request) => {
            const { protocol, hostname, pathname } = new URL(request.url());
            if (protocol.startsWith("http") && !hosts.includes(hostname)) {
                this.#foreign.push(request.url());
            }
            if (request.method() === "POST") {
                this.#sent.push({ path: pathname, body: request.postData() });
            }
        });
    }

    /**
     * What the page has sent, `[{path, body}]`, whatever became of it. Bodies of beacons are not known, nor any in
     * Firefox.
     */
    get sent() {
        return this.#sent;
    }

    /** The first of them to a path with this end. An event can be at the Edge before the browser tells of it. */
    async sentTo(end) {
        for (const last = Date.now() + patience; Date.now() < last; await sleep(20)) {
            const found = this.#sent.find(({ path }) => path.endsWith(end));
            if (found) {
                return found;
            }
        }
        throw new Error(`The page sent nothing to ${end}.`);
    }

    /** Holds the SDK file back until a function, run in the page, says that it may come (if there is one). */
    async holdSdkFile(until) {
        await this.context.route(sdkAddress, async (route) => {
            if (until) {
                await this.page.waitForFunction(until);
            }
            await (sdkFile ? route.fulfill({ path: sdkFile, contentType: "text/javascript" }) : route.continue());
        });
    }

    /** Holds another file of the shop back, and what the parser meets behind it. */
    async holdFile(path, until) {
        await this.context.route(`**${path}`, async (route) => {
            // A page that is held here draws no frames, by which Playwright would look again.
            await this.page.waitForFunction(until, undefined, { polling: 50 });
            await route.continue();
        });
    }

    async open(url) {
        this.page = await this.context.newPage();
        await this.page.goto(url);
    }

    /**
     * Goes back to a page that the browser has kept as it was, and that notes this in `isRestored`. The page itself
     * goes, because Playwright's goBack() waits in Firefox for a navigation of which nobody tells it.
     */
    async goBack() {
        await this.evaluate(() => setTimeout(() => history.back(), 50));
        // Not by frames: a page that comes back on a busy machine may draw none for long.
        await this.page.waitForFunction(() => window.isRestored, undefined, { polling: 50 });
    }

    /** Runs a function in the page. */
    evaluate(code, argument) {
        return this.page.evaluate(code, argument);
    }

    /** Those of the names that are the page's globals. (evaluate() cannot return a function.) */
    globals(...names) {
        return this.evaluate((all) => all.filter((name) => name in window), names);
    }

    /** Waits until the file has started the collector, so that an event published now takes its usual way. */
    async ready() {
        await this.page.waitForFunction(() => window.ngxAepWebSdk);
    }

    /** Publishes an event of the Storefront Events SDK: `publish("addToCart")`. */
    async publish(...names) {
        await this.page.waitForFunction(() => window.magentoStorefrontEvents);
        await this.evaluate((events) => {
            events.forEach((name) => window.magentoStorefrontEvents.publish[name]());
        }, names);
    }

    /** The requests that the Edge got for a datastream (this website's), waiting for `atLeast` of them. */
    async requests({ atLeast = 0, datastream = this.website.datastream, ...filter } = {}) {
        return this.#shop.received("requests", { ...filter, datastream, at_least: atLeast });
    }

    /** The same for XDM events: their types, in the order in which they came. */
    async eventTypes({ atLeast = 0, datastream = this.website.datastream } = {}) {
        const events = await this.#shop.received("events", { datastream, at_least: atLeast });
        return events.map(({ eventType }) => eventType);
    }

    /** The XDM of the events, waiting for `atLeast` of them. */
    async xdm({ atLeast = 1, datastream } = {}) {
        await this.eventTypes({ atLeast, datastream });
        const requests = await this.requests({ datastream });
        return requests.flatMap(({ body }) => body?.events ?? []).map(({ xdm }) => xdm);
    }

    /** Makes sure that nothing at all reaches the Edge for a while. */
    async sendsNothing() {
        await sleep(quietTime);
        assert.deepEqual(await this.requests(), []);
    }

    /** What nginx logged of the requests to the website's gateway, waiting for `atLeast` of them. */
    async gatewayLog({ atLeast = 0 } = {}) {
        for (const last = Date.now() + patience; Date.now() < last; await sleep(20)) {
            const found = this.#shop.accessLog().filter(({ host, path }) =>
                host === this.website.hosts[0] && path.startsWith("/ee/"));
            if (found.length >= atLeast) {
                return found;
            }
        }
        throw new Error(`The gateway has not logged ${atLeast} requests.`);
    }

    async cookies() {
        return (await this.context.cookies()).map(({ name }) => name).sort();
    }

    /** Takes one message off the console, and makes sure that it is there. */
    async logs(pattern) {
        for (const end = Date.now() + patience; Date.now() < end; await sleep(20)) {
            const index = this.#logged.findIndex((message) => pattern.test(message));
            if (index >= 0) {
                this.#logged.splice(index, 1);
                return;
            }
        }
        assert.fail(`${pattern} was not logged; the console has: ${this.#logged.join("\n") || "nothing"}`);
    }

    finish() {
        if (!this.#mayLog) {
            assert.deepEqual(this.#logged, [], "the console must have nothing more to say");
        }
        assert.deepEqual(this.#foreign, [], "no request may go to another host");
    }
}

class Shop {
    #services = new Services();
    #websites;
    #browser;
    #visitors = [];
    #loggedBefore = 0;

    constructor(websites) {
        this.#websites = Object.entries(websites).map(([name, website], index) => ({
            name,
            hosts: [`${name}.shop.example`],
            datastream: numbered(index),
            merchantDatastream: numbered(1000 + index),
            directives: [],
            edgeHosts: [],
            ...website,
        }));
    }

    async open() {
        await this.#services.start(this.#websites);
        const { httpPort, httpsPort } = this.#services;
        const hosts = [edgeHost, ...this.#websites.flatMap((website) => website.hosts)];
        this.#browser = await startBrowser({ httpPort, httpsPort, hosts, insecureHosts: ["insecure.example"] });
    }

    /** What the Edge stand-in received. */
    async received(what, filter) {
        const query = new URLSearchParams({ timeout: patience, ...filter });
        const answer = await fetch(`http://127.0.0.1:${this.#services.edgePort}/_stand-in/${what}?${query}`);
        return answer.json();
    }

    /** What nginx was asked since the test began. */
    accessLog() {
        return this.#services.accessLog().slice(this.#loggedBefore);
    }

    /** Makes the Edge answer otherwise than it usually does, until the test ends. */
    async edge(mode) {
        await this.#control("POST", "mode", JSON.stringify(mode));
    }

    /** Makes it answer as usual again. */
    async edgeIsWell() {
        await this.#control("DELETE", "mode");
    }

    async #control(method, what, body) {
        const answer = await fetch(`http://127.0.0.1:${this.#services.edgePort}/_stand-in/${what}`, { method, body });
        assert.equal(answer.status, 200, await answer.text());
    }

    website(name) {
        return this.#websites.find((website) => website.name === name);
    }

    /** A test whose function gets `visit`. Tests run one after another. */
    test(name, body) {
        test(name, { timeout: limit }, async () => {
            await this.#control("DELETE", "requests");
            await this.edgeIsWell();
            this.#loggedBefore = this.#services.accessLog().length;
            try {
                await body((...visit) => this.#visit(...visit));
                for (const visitor of this.#visitors) {
                    visitor.finish();
                }
            } finally {
                const left = this.#visitors.splice(0).map(({ context }) => context.close());
                if (!await endsWithin(closeLimit, Promise.all(left))) {
                    console.error(`${name}: the browser does not close its windows`);
                }
            }
        });
    }

    /** Another page of the shop, for a link or a frame. */
    addPage(html) {
        return this.#services.addPage(html);
    }

    /** A file of the shop. */
    addFile(name, content) {
        return this.#services.addFile(name, content);
    }

    /**
     * A new visitor opens a page of a website.
     *
     * @param {string} name of the website
     * @param {string|{path: string}} page its HTML, or where the website has it already
     * @param {{cookies, headers, script, origin, sdkAfter, fileAfter, mayLog}} options what the visitor brings along, a
     *     script that runs before all others, another origin than the website's own, what the SDK file has to wait for,
     *     another file and what it has to wait for, and whether the page is so broken that what it logs does not matter
     */
    async #visit(name, page, options = {}) {
        const { cookies = {}, headers = {}, script, origin, sdkAfter, fileAfter, mayLog = false } = options;
        const website = this.website(name);
        const base = origin ?? `https://${website.hosts[0]}`;
        const context = await this.#browser.newContext({ ignoreHTTPSErrors: true, extraHTTPHeaders: headers });
        const visitor = new Visitor(this, website, context, mayLog);
        this.#visitors.push(visitor);
        await context.addCookies(Object.entries(cookies).map(([key, value]) => ({ name: key, value, url: base })));
        if (script) {
            await context.addInitScript(script);
        }
        if (sdkAfter || sdkFile) {
            await visitor.holdSdkFile(sdkAfter);
        }
        if (fileAfter) {
            await visitor.holdFile(...fileAfter);
        }
        await visitor.open(`${base}${page.path ?? this.addPage(page)}`);
        return visitor;
    }

    async close() {
        const isClosed = !this.#browser || await endsWithin(closeLimit, this.#browser.close());
        await this.#services.stop();
        if (!isClosed) {
            console.error("the browser does not end, and is left behind");
            setTimeout(() => process.exit(), 1000).unref();
        }
    }
}

/** Starts a shop with these websites for the tests of a file. */
export async function openShop(websites) {
    const shop = new Shop(websites);
    after(() => shop.close(), { timeout: patience });
    try {
        await shop.open();
    } catch (error) {
        await shop.close();
        throw error;
    }
    return shop;
}
