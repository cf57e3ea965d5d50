// A shop whose pages are those of data_layer_cases, behind nginx as a shop is: each website has its own setting of
// aep_data_layer, and a server behind it that has the page of the case at whatever path it wants.

import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import http from "node:http";
import { after } from "node:test";

import { browserName } from "./browsers.mjs";
import { openShop } from "./fixture.mjs";

const directory = new URL("data_layer_cases/", import.meta.url);

/** All cases, by their names. */
export const cases = readdirSync(directory).filter((name) => name.endsWith(".json")).sort()
    .map((name) => JSON.parse(readFileSync(new URL(name, directory), "utf8")));

/** When the SDK file comes: before the page's own scripts, or 500 ms after them (AEP_SDK_ORDERS: some of these). */
export const orders = (process.env.AEP_SDK_ORDERS ?? "before,after").split(",");

/** Does something in each order: at once, but in Firefox, which opens one window after the other by WebDriver BiDi. */
export const inEachOrder = async (body) => {
    if (browserName === "chromium") {
        return Promise.all(orders.map(body));
    }
    const results = [];
    for (const order of orders) {
        results.push(await body(order));
    }
    return results;
};

/** The page's own scripts, in a page of which the SDK file comes before or after. */
export const inOrder = (order, scripts) => [
    // Nothing else can make an async script run before one of the parser's.
    order === "before" ? '<script src="/js/pause.js"></script>' : "",
    scripts,
    "<script>window.scriptsEnded = performance.now();</script>",
].join("\n");

/** What a visitor of such a page brings along. */
export const optionsFor = {
    before: { fileAfter: ["/js/pause.js", () => window.ngxAep] },
    after: { sdkAfter: () => performance.now() - window.scriptsEnded > 500 },
};

/** The directive that gives the tag this configuration. */
export const directiveOf = (setting) => {
    if (!setting) {
        return "aep_data_layer off;";
    }
    const { mode = "auto", name, sku, currency, schema } = setting;
    const parameters = Object.entries({ name, sku, currency, schema: schema === false ? "off" : undefined })
        .filter(([, value]) => value).map(([key, value]) => ` ${key}=${value}`);
    return `aep_data_layer ${mode}${parameters.join("")};`;
};

/** A server whose pages are set while it runs, by host and path. */
class PageServer {
    #pages = new Map();
    #server = http.createServer((request, response) => {
        const { pathname } = new URL(request.url, "http://host");
        const page = this.#pages.get(request.headers.host + pathname);
        response.writeHead(page === undefined ? 404 : 200, { "Content-Type": "text/html; charset=utf-8" });
        response.end(page ?? "<!doctype html><title>Nothing</title>");
    });

    async listen() {
        this.#server.listen(0, "127.0.0.1");
        await once(this.#server, "listening");
        return this.#server.address().port;
    }

    set(host, path, html) {
        this.#pages.set(host + path, html);
    }

    close() {
        this.#server.close();
        this.#server.closeAllConnections();
    }
}

/**
 * Starts a shop whose pages come from a server behind nginx.
 *
 * @param {Object} websites as in the fixture
 */
export const openDataLayerShop = async (websites) => {
    const pages = new PageServer();
    const port = await pages.listen();
    after(() => pages.close());
    const shop = await openShop(Object.fromEntries(Object.entries(websites).map(([name, website]) => [name, {
        ...website,
        directives: [
            "aep_commerce_scope website=base;",
            ...website.directives,
            "location /js/ { }",
            "location = /favicon.ico { }",
            `location / { proxy_pass http://127.0.0.1:${port}; proxy_set_header Host $host; }`,
        ],
    }])));
    return { shop, pages };
};

/** What the visitor's page does in a step. Runs in the page. */
export const runSteps = (steps) => {
    const revive = (value) => {
        if (Array.isArray(value)) {
            return value.map(revive);
        }
        if (typeof value !== "object" || value === null) {
            return value;
        }
        if (value.$function) {
            return () => undefined;
        }
        if (value.$date) {
            return new Date();
        }
        if (value.$repeat) {
            const text = JSON.stringify(value.item);
            return Array.from({ length: value.$repeat }, (_, i) => JSON.parse(text.replaceAll("{i}", i)));
        }
        return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, revive(each)]));
    };
    const layer = () => {
        window.dataLayer = window.dataLayer || [];
        return window.dataLayer;
    };
    function gtag() {
        // As Google's own snippet does it: what is pushed is no array.
        layer().push(arguments);
    }
    // A page whose inline scripts name the SDK asks for it, as far as the module can tell.
    const sdk = () => window[["magento", "StorefrontEvents"].join("")];
    const actions = {
        push: (message) => layer().push(revive(message)),
        gtag: (parameters) => gtag(...revive(parameters)),
        assign: (array) => {
            window.dataLayer = revive(array);
        },
        script: (code) => {
            const script = document.createElement("script");
            script.textContent = code;
            document.head.append(script);
        },
        mse: (names) => names.forEach((name) => sdk().publish[name]()),
        mseContext: ([setter, value]) => sdk().context[setter](value),
        acdl: (item) => {
            window.adobeDataLayer = window.adobeDataLayer || [];
            window.adobeDataLayer.push(item);
        },
        go: (path) => history.pushState({}, "", path),
        helper: () => new window.DataLayerHelper(layer(), () => undefined),
    };
    steps.forEach((step) => Object.entries(step).forEach(([name, value]) => actions[name](value)));
};

/** A script that runs steps while the page is parsed. */
export const inlineSteps = (steps) => `<script>(${runSteps})(${JSON.stringify(steps).replaceAll("<", "\\u003c")})</script>`;
