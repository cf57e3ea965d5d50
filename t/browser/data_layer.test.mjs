// aep_data_layer: what a shop tells Google arrives at the Edge as events of Adobe Commerce. Each case is a page with
// the XDM that has to leave it (data_layer_cases); it runs twice at once, with the SDK file before and after the
// own scripts of the page.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import {
    cases, directiveOf, inEachOrder, inOrder, inlineSteps, openDataLayerShop, optionsFor, orders, runSteps,
} from "./data_layer_shop.mjs";
import { shopPage } from "./fixture.mjs";

const PAGE_VIEW = "web.webpagedetails.pageViews";

// What every event has, whoever published it.
const COMMON = ["identityMap", "personID", "timestamp", "device", "environment", "placeContext", "implementationDetails"];

const PATIENCE_MS = 30000;
const DECISION_MS = 2400;
const QUIET_MS = 700;

const websiteOf = ({ setting, more = {} }, order) => {
    const { optOut, consent } = more;
    const name = `${setting ? Object.values(setting).join("-") : "off"}-${consent ?? "in"}-${order}`;
    const directives = [directiveOf(setting), `aep_opt_out_cookie ${optOut ?? "mg_dnt"};`,
        `aep_default_consent ${consent ?? "in"};`];
    return [name, { directives }];
};

const { shop, pages } = await openDataLayerShop(Object.fromEntries(
    cases.flatMap((each) => orders.map((order) => websiteOf(each, order)))));

const withHost = (value, host) => JSON.parse(JSON.stringify(value).replaceAll("{host}", host));

const isWait = (step) => step.wait !== undefined || step.expectNothingSoFar || step.leave;

/** The steps of the page's own script, and the others. */
const splitSteps = (steps) => {
    const end = steps.findIndex(isWait);
    return [steps.slice(0, end < 0 ? steps.length : end), end < 0 ? [] : steps.slice(end)];
};

const usesHelper = (steps) => steps.some(({ helper }) => helper);

const pageOf = ({ page = {}, steps }, order, inline) => shopPage({
    head: [
        page.sdkBefore ? '<script src="/js/storefront-events-sdk.js"></script>' : "",
        usesHelper(steps) ? '<script src="/js/data-layer-helper.js"></script>' : "",
        inOrder(order, inlineSteps(inline)),
        page.head ?? "",
    ].join("\n"),
    body: page.body ?? "<h1>Product</h1>",
});

const optionsOf = ({ cookies, page = {} }, order) => ({
    cookies,
    ...(page.sdkBefore && { sdkAfter: () => window[["magento", "StorefrontEvents"].join("")] }),
    ...optionsFor[order],
});

const waits = {
    sdk: (visitor) => visitor.page.waitForFunction(() => window.ngxAep),
    load: (visitor) => visitor.page.waitForFunction(() => document.readyState === "complete"),
    identity: async (visitor) => {
        while (!(await visitor.cookies()).some((name) => name.endsWith("_identity"))) {
            await sleep(20);
        }
    },
    decided: async (visitor) => {
        await visitor.page.waitForFunction(() => window.ngxAep && document.readyState === "complete");
        await sleep(DECISION_MS);
    },
};

const takeStep = async (visitor, { wait, leave }) => {
    if (leave) {
        await visitor.page.goto("about:blank");
    } else if (wait === undefined) {
        assert.deepEqual(await visitor.eventTypes(), [], "nothing was sent so far");
    } else {
        await (waits[wait]?.(visitor) ?? sleep(wait));
    }
};

/** Steps without a wait between them happen at once, as in one script of the page. */
const takeSteps = async (visitor, steps) => {
    for (let rest = steps; rest.length;) {
        if (isWait(rest[0])) {
            await takeStep(visitor, rest[0]);
            rest = rest.slice(1);
        } else {
            const [together, others] = splitSteps(rest);
            await visitor.evaluate(runSteps, together);
            rest = others;
        }
    }
};

/** An event as a case writes it. */
const asInCase = (xdm, { keepItems }) => {
    const { _id, web, ...rest } = Object.fromEntries(Object.entries(xdm).filter(([name]) => !COMMON.includes(name)));
    const items = rest.productListItems;
    return {
        ...(/-order-/.test(_id) && { _id }),
        ...(xdm.eventType === PAGE_VIEW && { web: { webPageDetails: {
            ...web.webPageDetails, URL: new URL(web.webPageDetails.URL).pathname,
        } } }),
        ...rest,
        ...(keepItems && items && { productListItems: items.slice(0, keepItems), "productListItems.length": items.length }),
    };
};

const sorted = (value) => {
    if (Array.isArray(value)) {
        return value.map(sorted);
    }
    return typeof value === "object" && value !== null ?
        Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])])) :
        value;
};

const idOf = (event) => event.searchRequest?.id ?? event.searchResponse?.id;

/** Events in an order of their own, with the identifiers of searches numbered in it. */
const sortedEvents = (events) => {
    const texts = events.map((event) => [JSON.stringify(sorted(event)).replaceAll(idOf(event) ?? "\0", "<id>"), event])
        .sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
    const ids = [];
    return texts.map(([text, event]) => {
        const id = idOf(event);
        if (id !== undefined && !ids.includes(id)) {
            ids.push(id);
        }
        return JSON.parse(text.replace("<id>", `<id ${ids.indexOf(id) + 1}>`));
    });
};

/** Waits for as many events as are expected, and then for one too many. */
const eventsOf = async (visitor, count) => {
    for (const last = Date.now() + PATIENCE_MS; (await visitor.eventTypes()).length < count && Date.now() < last;) {
        await sleep(50);
    }
    await sleep(count ? QUIET_MS : 2 * QUIET_MS);
    return visitor.xdm({ atLeast: 0 });
};

const runCase = async (visit, each, order) => {
    const [name] = websiteOf(each, order);
    const { host } = new URL(`https://${shop.website(name).hosts[0]}`);
    const [inline, later] = splitSteps(each.steps);
    const { path = "/p/1" } = each.page ?? {};
    pages.set(host, new URL(path, "https://host").pathname, withHost({ html: pageOf(each, order, inline) }, host).html);
    const visitor = await visit(name, { path }, optionsOf(each, order));
    await takeSteps(visitor, later);
    // On a machine that is busy a visitor who is to leave early leaves after the page view.
    const isExtra = ({ eventType }) => each.mayHavePageView && eventType === PAGE_VIEW;
    const events = (await eventsOf(visitor, each.expect.length)).filter((xdm) => !isExtra(xdm))
        .map((xdm) => asInCase(xdm, each));
    assert.deepEqual(sortedEvents(events), sortedEvents(withHost(each.expect, host)), `SDK file ${order} the page's scripts`);
    return visitor;
};

const checkConsole = async (visitor, { expectWarning, expectNoErrors }) => {
    if (expectWarning) {
        await visitor.logs(new RegExp(`warning: ngx_aep: .*${expectWarning}`));
    }
    for (let skipped = expectNoErrors ? 2 : 0; skipped > 0; skipped -= 1) {
        await visitor.logs(/^debug: ngx_aep: something in this page's data layer could not be read/);
    }
};

for (const each of cases) {
    shop.test(`${each.name}: ${each.about}`, async (visit) => {
        const visitors = await inEachOrder((order) => runCase(visit, each, order));
        for (const visitor of visitors) {
            await checkConsole(visitor, each);
            const sizes = visitor.sent.map(({ body }) => Buffer.byteLength(body ?? ""));
            assert.ok(Math.max(0, ...sizes) < (each.expectSizeBelow ?? 65536), `the largest request: ${sizes}`);
        }
    });
}
