// Pages whose scripts replace native methods by their own, which nearly do the same. Such a page may get fewer events
// out of Adobe's collector, but never fewer because of us.

import assert from "node:assert/strict";

import { openShop, shopPage } from "./fixture.mjs";
import { organization } from "./nginx_configuration.mjs";
import { nearMisses } from "./near_misses.mjs";

const shop = await openShop({
    alone: { directives: ["aep_storefront_events off;"] },
    tagged: { directives: ["aep_web_sdk_name merchantAlloy;"] },
    whole: {},
});

// The events that the collector forwards, and two of them once more.
const count = 19 + 2;

// How long events may take to arrive, in milliseconds. Those of the collector alone are what the page is measured by:
// to miss some of them on a slow machine does no harm.
const patience = { alone: 1500, tagged: 20000 };

// How many rows of the table are tried at the same time.
const atOnce = 2;

const prototypeTag = '<script src="/js/prototype.js"></script>';

// Stands in for alloy, and says in the page how many events have come: the browser's driver reads attributes in a world
// of its own, where no method is replaced.
const recorder = `<script>
    window.eventCount = 0;
    window.merchantAlloy = (command) => {
        if (command === "sendEvent") {
            window.eventCount += 1;
            document.documentElement.lang = window.eventCount;
        }
        const answer = command === "getIdentity" ? { identity: { ECID: "${"1".repeat(38)}" } } : {};
        return new Promise((resolve) => { resolve(answer); });
    };
</script>
<script src="/js/all_events.js"></script>`;

const publisher = `<script>
    const wait = setInterval(() => {
        if (window.magentoStorefrontEvents) {
            clearInterval(wait);
            window.publishAllEvents(window.magentoStorefrontEvents);
        }
    }, 10);
</script>`;

const bodies = {
    alone: `
        <script src="/js/storefront-events-sdk.js"></script>
        <script>
            magentoStorefrontEvents.context.setEventForwarding({ commerce: false, aep: true });
            magentoStorefrontEvents.context.setAEP({
                imsOrgId: "${organization}", datastreamId: "${shop.website("alone").datastream}",
                webSdkName: "merchantAlloy",
            });
        </script>
        <script src="/js/storefront-event-collector.js"></script>${publisher}`,
    tagged: publisher,
};

/** How many events arrive from a page with these scripts in its head, waiting for `wanted` of them. */
const eventsOf = async ({ page, website: { name, hosts } }, head, wanted) => {
    await page.goto(`https://${hosts[0]}${shop.addPage(shopPage({ head: `${head}${recorder}`, body: bodies[name] }))}`);
    assert.equal(await page.locator("html").getAttribute("class"), null, "our file came before the page's script");
    let arrived = 0;
    for (const last = Date.now() + patience[name]; arrived < wanted && Date.now() < last;) {
        await page.waitForTimeout(20);
        arrived = Number(await page.locator("html").getAttribute("lang")) || 0;
    }
    return arrived;
};

const compare = async ({ alone, tagged }, head) => {
    const withoutUs = await eventsOf(alone, head, count);
    return { withoutUs, withUs: await eventsOf(tagged, head, withoutUs) };
};

/** Compares for each of these heads. A few browser tabs for each website do it, one page after the other. */
const compareAll = async (visit, heads) => {
    const results = [];
    let next = 0;
    await Promise.all(Array.from({ length: atOnce }, async () => {
        const blank = { path: shop.addPage(shopPage()) };
        const visitors = {
            alone: await visit("alone", blank, { mayLog: true }),
            tagged: await visit("tagged", blank, { mayLog: true }),
        };
        while (next < heads.length) {
            const index = next;
            next += 1;
            results[index] = await compare(visitors, heads[index]);
        }
    }));
    return results;
};

const replacing = ({ method, replacement }) => `<script>
    if (window.ngxAep) { document.documentElement.className = "late"; }
    ${method} = ${replacement};
</script>`;

shop.test("no replaced native method takes events away that arrive without us", async (visit) => {
    const [untouched, ...rows] = await compareAll(visit, ["", ...nearMisses.map(replacing)]);
    const table = rows.map(({ withoutUs, withUs }, index) => {
        const { method, replacement } = nearMisses[index];
        return `${String(withoutUs).padStart(2)} without us, ${String(withUs).padStart(2)} with us: ${method} = ${replacement}`;
    });
    console.log(table.join("\n"));
    assert.deepEqual(untouched, { withoutUs: count, withUs: count });
    assert.deepEqual(table.filter((_, index) => rows[index].withUs < rows[index].withoutUs), []);
});

// Prototype.js 1.7 makes Array.prototype.entries give an array; 1.7.3, which Debian has, no longer does.
const prototypes = {
    "Prototype.js 1.7.3": prototypeTag,
    "Prototype.js 1.7": `${prototypeTag}<script>Array.prototype.entries = Array.prototype.toArray;</script>`,
};

for (const [name, head] of Object.entries(prototypes)) {
    shop.test(`${name} takes no events away`, async (visit) => {
        assert.deepEqual(await compareAll(visit, [head]), [{ withoutUs: count, withUs: count }]);
    });

    shop.test(`${name} lets all of them reach the Edge through our own Web SDK`, async (visit) => {
        const allEvents = '<script src="/js/all_events.js"></script>';
        const visitor = await visit("whole", shopPage({ head: head + allEvents, body: publisher }));
        assert.equal((await visitor.eventTypes({ atLeast: count })).length, count);
    });
}
