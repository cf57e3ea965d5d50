// A page with RequireJS, as Adobe Commerce's Luma theme has it. As published, Adobe's files do nothing there.

import assert from "node:assert/strict";

import { openShop, shopPage, withSdk } from "./fixture.mjs";

const shop = await openShop({ north: { directives: ["aep_page_view off;"] } });

const pageView = "web.webpagedetails.pageViews";

shop.test("events arrive although the page has an AMD loader", async (visit) => {
    const visitor = await visit("north", shopPage({
        head: '<script src="/js/require.js"></script>',
        body: withSdk("sdk.publish.pageView();"),
    }), { sdkAfter: () => window.define?.amd });
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
});

shop.test("the page's own modules load as before", async (visit) => {
    const visitor = await visit("north", shopPage({
        head: `<script src="/js/require.js"></script><script>
            define('own', [], () => 'own module');
            require(['own'], (own) => { window.own = own; });
        </script>`,
    }), { sdkAfter: () => window.own });
    await visitor.ready();
    const defined = await visitor.evaluate(() => [window.own, Object.keys(window.require.s.contexts._.defined)]);
    assert.deepEqual(defined, ["own module", ["own"]]);
});

shop.test("objects named module and exports do not take the SDK away", async (visit) => {
    const visitor = await visit("north", shopPage({
        head: "<script>window.exports = {}; window.module = { exports };</script>",
        body: withSdk("sdk.publish.pageView();"),
    }), { sdkAfter: () => window.module });
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
    assert.deepEqual(await visitor.evaluate(() => window.module), { exports: {} });
});

shop.test("a collector that the shop has loaded as a module is not started a second time", async (visit) => {
    const visitor = await visit("north", shopPage({
        head: '<script src="/js/require.js"></script>',
        body: `<script>
            require.config({ paths: {
                magentoStorefrontEvents: '/js/storefront-events-sdk',
                magentoStorefrontEventCollector: '/js/storefront-event-collector',
            } });
            require(['magentoStorefrontEvents'], (sdk) => {
                window.magentoStorefrontEvents = sdk;
                sdk.context.setEventForwarding({ commerce: false, aep: false });
                require(['magentoStorefrontEventCollector'], () => { window.collected = true; });
            });
        </script>`,
    }), { sdkAfter: () => window.collected });
    await visitor.logs(/warning: ngx_aep: this page runs a Storefront Event Collector of its own/);
    await visitor.publish("pageView");
    await visitor.sendsNothing();
});
