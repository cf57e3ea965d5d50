// Pages that tell nobody where they are (Referrer-Policy: no-referrer). What such a page sends in the mode "no-cors",
// as alloy's beacons are, has "Origin: null" in Firefox (Fetch standard, "append a request Origin header"); Chromium
// names the origin. Pages of other sites can send the same, so Sec-Fetch-Site has to tell them apart.

import assert from "node:assert/strict";

import { browserName } from "./browsers.mjs";
import { openShop, shopPage, withSdk } from "./fixture.mjs";

const noReferrer = "add_header Referrer-Policy no-referrer;";
const notOurs = {
    locations: "aep_storefront_events off;", directives: [noReferrer], edgeHosts: ["header.shop.example"],
};

const shop = await openShop({
    header: { directives: ["aep_page_view off;", noReferrer] },
    meta: { directives: ["aep_page_view off;"] },
    neighbour: notOurs,
    stranger: { ...notOurs, hosts: ["www.stranger.example"] },
});

const pageView = "web.webpagedetails.pageViews";
const meta = '<meta name="referrer" content="no-referrer">';

/** The Origin of a beacon that a page of the website itself sends. */
const beaconOrigin = ({ hosts }) => (browserName === "firefox" ? "null" : `https://${hosts[0]}`);

const websites = [["header", "by its header", ""], ["meta", "by an element", meta]];

for (const [name, how, head] of websites) {
    shop.test(`the page view of a page that withholds the referrer ${how} arrives once`, async (visit) => {
        const visitor = await visit(name, shopPage({ head, body: withSdk("sdk.publish.pageView();") }));
        await visitor.eventTypes({ atLeast: 1 });
        await visitor.page.waitForTimeout(500);
        assert.deepEqual(await visitor.eventTypes(), [pageView]);
        for (const { site, status } of await visitor.gatewayLog({ atLeast: 1 })) {
            assert.deepEqual({ site, status }, { site: "same-origin", status: 200 });
        }
    });

    shop.test(`the beacons of a page that withholds the referrer ${how} arrive once`, async (visit) => {
        const next = shop.addPage(shopPage({ body: "<h1>Next</h1>" }));
        const visitor = await visit(name, shopPage({ head, body: `<a href="${next}">Next</a>
            ${withSdk("sdk.publish.pageView();")}
            <script>
                addEventListener("pagehide", () => {
                    window.alloy("sendEvent", { documentUnloading: true, xdm: { eventType: "leaving" } });
                });
            </script>` }));
        await visitor.eventTypes({ atLeast: 1 });
        await visitor.page.click("a");
        await visitor.eventTypes({ atLeast: 3 });
        await visitor.page.waitForTimeout(500);
        assert.deepEqual((await visitor.eventTypes()).sort(), ["leaving", "web.webinteraction.linkClicks", pageView]);

        const beacons = (await visitor.gatewayLog()).filter(({ path }) => path.endsWith("/collect"));
        const origin = beaconOrigin(visitor.website);
        assert.deepEqual(beacons.map(({ host, path, ...beacon }) => beacon),
            Array(2).fill({ method: "POST", status: 204, origin, site: "same-origin" }));
    });
}

/** A script that sends an event to the gateway of a website, as a form of any page could. */
const send = ({ hosts, datastream }) => {
    const address = `https://${hosts[0]}/ee/v1/interact?configId=${datastream}&requestId=${crypto.randomUUID()}`;
    const body = JSON.stringify({ events: [{ xdm: { eventType: "sent" } }] });
    return `<script>fetch("${address}", { method: "POST", mode: "no-cors", body: '${body}' });</script>`;
};

/** The same in a frame of its own, which has no origin. */
const sendFromSandbox = (website) =>
    `<iframe sandbox="allow-scripts" srcdoc="${send(website).replaceAll('"', "&quot;")}"></iframe>`;

/** What has become of it. The page is another website's, but what it sends goes to "header". */
const outcome = async (visitor) => {
    const website = shop.website("header");
    const [{ status, origin, site }] = await Object.assign(visitor, { website }).gatewayLog({ atLeast: 1 });
    return { status, origin, site };
};

shop.test("what the website's own page sends is taken, whatever it tells", async (visit) => {
    const visitor = await visit("header", shopPage({ body: send(shop.website("header")) }));
    assert.deepEqual(await outcome(visitor),
        { status: 200, origin: beaconOrigin(shop.website("header")), site: "same-origin" });
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), ["sent"]);
});

const refused = [
    ["another site's page", "stranger", send, "cross-site"],
    ["a sandboxed frame in another site's page", "stranger", sendFromSandbox, "cross-site"],
    ["a sandboxed frame in the website's own page", "header", sendFromSandbox, "cross-site"],
    // Where the browser names its origin, such a page is one of the family.
    ...(browserName === "firefox" ? [["the page of a neighbour that withholds it", "neighbour", send, "same-site"]] : []),
];

for (const [who, name, body, site] of refused) {
    shop.test(`what ${who} sends is refused`, async (visit) => {
        const visitor = await visit(name, shopPage({ body: body(shop.website("header")) }), { mayLog: true });
        const origin = body === sendFromSandbox ? "null" : beaconOrigin(shop.website(name));
        assert.deepEqual(await outcome(visitor), { status: 403, origin, site });
        assert.deepEqual(await visitor.eventTypes(), []);
    });
}
