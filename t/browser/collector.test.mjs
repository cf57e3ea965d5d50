// The file has the collector without its copy of alloy and its Commerce data services. What is left must make the same
// events as the published one.

import assert from "node:assert/strict";

import { openShop, shopPage } from "./fixture.mjs";
import { organization } from "./nginx_configuration.mjs";

const shop = await openShop({
    published: { directives: ["aep_storefront_events off;"] },
    bundled: { directives: ["aep_web_sdk_name merchantAlloy;", "aep_page_view off;"] },
});

// The events that the collector forwards, and two of them once more.
const count = 19 + 2;

// Stands in for alloy, and notes the events.
const recorder = `<script>
    window.events = [];
    window.merchantAlloy = function (command, options) {
        if (command === "sendEvent") { window.events.push(JSON.parse(JSON.stringify(options.xdm))); }
        return Promise.resolve(command === "getIdentity" ? { identity: { ECID: "${"1".repeat(38)}" } } : {});
    };
</script>
<script src="/js/all_events.js"></script>`;

const contexts = `<script>
    magentoStorefrontEvents.context.setEventForwarding({ commerce: false, aep: true });
    magentoStorefrontEvents.context.setAEP({
        imsOrgId: "${organization}", datastreamId: "${shop.website("published").datastream}", webSdkName: "merchantAlloy",
    });
</script>`;

const eventsOf = async (visitor) => {
    await visitor.page.waitForFunction(() => window.magentoStorefrontEvents);
    await visitor.evaluate(() => window.publishAllEvents(window.magentoStorefrontEvents));
    await visitor.page.waitForFunction((wanted) => window.events.length >= wanted, count);
    await visitor.page.waitForTimeout(200);
    const text = JSON.stringify(await visitor.evaluate(() => window.events));
    return JSON.parse(text.replaceAll(visitor.page.url(), "URL"));
};

shop.test("every event is the one that the published collector makes", async (visit) => {
    const published = await visit("published", shopPage({
        head: recorder,
        body: `<script src="/js/storefront-events-sdk.js"></script>${contexts}
               <script src="/js/storefront-event-collector.js"></script>`,
    }));
    const bundled = await visit("bundled", shopPage({ head: recorder }));
    const expected = await eventsOf(published);
    assert.equal(new Set(expected.map(({ eventType }) => eventType)).size, 19);
    assert.deepEqual(await eventsOf(bundled), expected);
});
