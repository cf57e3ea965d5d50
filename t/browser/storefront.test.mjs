// Shops that already have Adobe's Storefront Events SDK, its data layer or its collector.

import assert from "node:assert/strict";

import { merchantTag, openShop, shopPage, withSdk } from "./fixture.mjs";
import { organization } from "./nginx_configuration.mjs";

const shop = await openShop({
    north: { directives: ["aep_page_view off;", "aep_commerce_scope website=base;"] },
});

const pageView = "web.webpagedetails.pageViews";
const addToCart = "commerce.productListAdds";

const sdkTag = '<script src="/js/storefront-events-sdk.js"></script>';
const collectorTag = '<script src="/js/storefront-event-collector.js"></script>';
const sdkIsThere = () => window.magentoStorefrontEvents;

shop.test("an SDK that is there is used, with what it already knows", async (visit) => {
    const visitor = await visit("north", shopPage({
        body: `${sdkTag}<script>
            window.theirs = window.magentoStorefrontEvents;
            window.theirs.context.setPage({ pageType: 'cms', pageName: 'Home' });
            window.theirs.publish.pageView();
        </script>`,
    }), { sdkAfter: sdkIsThere });
    const [xdm] = await visitor.xdm();
    assert.equal(xdm.web.webPageDetails.name, "Home");
    assert.equal(await visitor.evaluate(() => window.magentoStorefrontEvents === window.theirs), true);
    assert.deepEqual(await visitor.eventTypes(), [pageView]);
});

shop.test("events that the shop pushed to its data layer before are not lost, without a warning", async (visit) => {
    const visitor = await visit("north", shopPage({
        body: `${sdkTag}<script>
            delete window.magentoStorefrontEvents;
            window.adobeDataLayer.push({ event: 'page-view', eventInfo: { pageContext: { pageName: 'Pushed' } } });
            window.pushed = true;
        </script>`,
    }), { sdkAfter: () => window.pushed });
    const [xdm] = await visitor.xdm();
    assert.equal(xdm.web.webPageDetails.name, "Pushed");
});

shop.test("events need no storefrontInstance context of the shop", async (visit) => {
    const visitor = await visit("north", shopPage({ body: withSdk("sdk.publish.addToCart();") }));
    const [xdm] = await visitor.xdm();
    assert.equal(xdm.eventType, addToCart);
    assert.deepEqual(xdm.commerce.commerceScope, { websiteCode: "base" });
});

shop.test("nor do those that the shop's SDK has published before the file came", async (visit) => {
    const visitor = await visit("north", shopPage({
        body: `${sdkTag}<script>
            magentoStorefrontEvents.publish.openCart();
            adobeDataLayer.push({ event: 'theirs' }, { event: 'also theirs', eventInfo: null },
                { event: 'theirs, too', eventInfo: 'text' });
            window.published = true;
        </script>`,
    }), { sdkAfter: () => window.published });
    const [xdm] = await visitor.xdm();
    assert.equal(xdm.eventType, "commerce.productListOpens");
    assert.deepEqual(xdm.commerce.commerceScope, { websiteCode: "base" });
});

for (const [when, before] of [["before", true], ["after", false]]) {
    shop.test(`the shop's own storefrontInstance wins, set ${when} the file starts`, async (visit) => {
        const set = "magentoStorefrontEvents.context.setStorefrontInstance({ websiteCode: 'theirs' });";
        const visitor = await visit("north", shopPage({ body: `${sdkTag}<script>${before ? set : ""}</script>` }),
            { sdkAfter: sdkIsThere });
        await visitor.ready();
        if (!before) {
            await visitor.evaluate(set);
        }
        await visitor.publish("addToCart");
        const [xdm] = await visitor.xdm();
        assert.deepEqual(xdm.commerce.commerceScope, { websiteCode: "theirs" });
    });
}

shop.test("the identities that the shop wants in its events stay", async (visit) => {
    const identityMap = { loyalty: [{ id: "L-1", primary: true }] };
    const visitor = await visit("north", shopPage({
        body: `${sdkTag}<script>
            magentoStorefrontEvents.context.setAEP({ identityMap: ${JSON.stringify(identityMap)} });
            magentoStorefrontEvents.publish.pageView();
        </script>`,
    }), { sdkAfter: sdkIsThere });
    const [xdm] = await visitor.xdm();
    assert.deepEqual(xdm.identityMap, identityMap);
});

shop.test("events go to Experience Platform, not to the Commerce data services", async (visit) => {
    const visitor = await visit("north", shopPage());
    await visitor.ready();
    assert.deepEqual(await visitor.evaluate(() => window.magentoStorefrontEvents.context.getEventForwarding()),
        { commerce: false, aep: true });
    const { imsOrgId, datastreamId } = await visitor.evaluate(() => window.magentoStorefrontEvents.context.getAEP());
    assert.deepEqual([imsOrgId, datastreamId], [organization, shop.website("north").datastream]);
});

// The collector of the shop. Its Commerce data services are off here, because their host is not there.

const noForwarding = `<script>
    magentoStorefrontEvents.context.setEventForwarding({ commerce: false, aep: false });
</script>`;

shop.test("beside a running collector no second one is started; if it does not forward, that is told", async (visit) => {
    const visitor = await visit("north", shopPage({ body: `${sdkTag}${noForwarding}${collectorTag}` }),
        { sdkAfter: () => "magentoStorefrontEventCollector" in window });
    await visitor.logs(/warning: ngx_aep: this page runs a Storefront Event Collector of its own/);
    await visitor.publish("pageView");
    await visitor.sendsNothing();
});

shop.test("a collector that waits for an SDK gets ours, and forwards", async (visit) => {
    const visitor = await visit("north", shopPage({
        body: `<script>window.adobeDataLayer = [{ eventForwardingContext: { commerce: false } }];</script>${collectorTag}`,
    }), { sdkAfter: () => "magentoStorefrontEventCollector" in window });
    await visitor.ready();
    await visitor.publish("pageView");
    await visitor.eventTypes({ atLeast: 1 });
    await visitor.page.waitForTimeout(1300);
    assert.deepEqual(await visitor.eventTypes(), [pageView]);
});

shop.test("a collector that the shop loads later sends nothing twice", async (visit) => {
    const visitor = await visit("north", shopPage());
    await visitor.ready();
    await visitor.page.addScriptTag({ url: "/js/storefront-event-collector.js" });
    await visitor.publish("pageView");
    await visitor.eventTypes({ atLeast: 1 });
    await visitor.page.waitForTimeout(1300);
    assert.deepEqual(await visitor.eventTypes(), [pageView]);
});

shop.test("a shop that forwards its events itself is left to it", async (visit) => {
    const website = shop.website("north");
    const visitor = await visit("north", shopPage({
        head: merchantTag(website, { datastreamId: website.datastream }),
        body: `${sdkTag}<script>
            magentoStorefrontEvents.context.setEventForwarding({ commerce: false, aep: true });
            magentoStorefrontEvents.context.setAEP({
                imsOrgId: '${organization}', datastreamId: '${website.datastream}', webSdkName: 'merchantAlloy',
            });
        </script>${collectorTag}`,
    }), { sdkAfter: () => "magentoStorefrontEventCollector" in window });
    await visitor.logs(/warning: ngx_aep: this page's own Storefront Event Collector already forwards/);
    await visitor.publish("pageView");
    await visitor.eventTypes({ atLeast: 1 });
    await visitor.page.waitForTimeout(500);
    assert.deepEqual(await visitor.eventTypes(), [pageView]);
    assert.deepEqual(await visitor.globals("alloy", "ngxAepWebSdk"), []);
});
