// A website without a Web SDK of its own: the file brings Adobe's alloy, as window.alloy.

import assert from "node:assert/strict";

import { remarks } from "./browsers.mjs";
import { openShop, shopPage, withSdk } from "./fixture.mjs";
import { edgeHost, organization } from "./nginx_configuration.mjs";
import { root } from "./services.mjs";

const shop = await openShop({
    north: {
        directives: [
            "aep_page_view off;",
            "aep_commerce_scope environment=production website=base store=main store_view=en;",
        ],
    },
    options: { directives: ["aep_page_view off;", `aep_web_sdk_options ${root}/t/browser/web_sdk_options.json;`] },
    direct: {
        directives: ["aep_page_view off;", `aep_edge https://${edgeHost};`],
        locations: "location ^~ /aep/ { aep_sdk; }",
        edgeHosts: [edgeHost],
    },
    elsewhere: {
        directives: ["aep_page_view off;"],
        locations: "location ^~ /scripts/ { aep_sdk; } location ^~ /our/events/ { aep_gateway; }",
    },
});

const pageView = "web.webpagedetails.pageViews";
const addToCart = "commerce.productListAdds";

const stub = `<script>
(function (n, o) { o.forEach(function (o) { n[o] || ((n.__alloyNS = n.__alloyNS || []).push(o), n[o] = function () {
    var u = arguments; return new Promise(function (i, l) { n[o].q.push([i, l, u]); }); }, n[o].q = []); });
})(window, ['alloy']);
</script>`;

shop.test("storefront events arrive with the datastream of the website", async (visit) => {
    const visitor = await visit("north", shopPage({
        body: withSdk(`
            sdk.context.setShoppingCart({ id: 'cart-1', items: [] });
            sdk.context.setChangedProducts({ items: [{ quantity: 1, product: { sku: '24-MB01', name: 'Bag' } }] });
            sdk.publish.pageView();
            sdk.publish.addToCart();`),
    }));
    // Requests that leave one after the other can still overtake each other.
    const events = await visitor.xdm({ atLeast: 2 });
    assert.deepEqual(events.map(({ eventType }) => eventType).sort(), [addToCart, pageView]);
    const added = events.find(({ eventType }) => eventType === addToCart);
    assert.equal(added.commerce.cart.cartID, "cart-1");
    assert.equal(added.productListItems[0].SKU, "24-MB01");
    assert.match(added.identityMap.ECID[0].id, /^\d{38}$/);
    assert.equal(added.implementationDetails.version, "2.33.1");
    assert.deepEqual(added.commerce.commerceScope,
        { environmentID: "production", websiteCode: "base", storeCode: "main", storeViewCode: "en" });
});

shop.test("alloy is configured for the gateway, as a first party", async (visit) => {
    const visitor = await visit("north", shopPage());
    await visitor.ready();
    const { libraryInfo } = await visitor.evaluate(() => window.alloy("getLibraryInfo"));
    const { orgId, datastreamId, edgeDomain, edgeBasePath, defaultConsent, thirdPartyCookiesEnabled,
        idMigrationEnabled, clickCollectionEnabled } = libraryInfo.configs;
    assert.deepEqual(
        { orgId, datastreamId, edgeDomain, edgeBasePath, defaultConsent, thirdPartyCookiesEnabled,
            idMigrationEnabled, clickCollectionEnabled },
        { orgId: organization, datastreamId: shop.website("north").datastream, edgeDomain: "north.shop.example",
            edgeBasePath: "ee", defaultConsent: "in", thirdPartyCookiesEnabled: false, idMigrationEnabled: false,
            clickCollectionEnabled: true });
});

shop.test("what the collector asks of alloy besides events reaches it", async (visit) => {
    const visitor = await visit("north", shopPage());
    await visitor.ready();
    const { libraryInfo } = await visitor.evaluate(() => window.ngxAepWebSdk("getLibraryInfo"));
    assert.equal(libraryInfo.version, "2.33.1");
});

shop.test("an event makes no cookie but those of the Edge and of the collector", async (visit) => {
    const visitor = await visit("north", shopPage({ body: withSdk("sdk.publish.pageView();") }));
    await visitor.eventTypes({ atLeast: 1 });
    const prefix = `kndctr_${organization.replace("@", "_")}_`;
    await visitor.page.waitForFunction(() => document.cookie.includes("aep-segments-membership"));
    assert.deepEqual((await visitor.cookies()).filter((name) => !name.startsWith(prefix)), ["aep-segments-membership"]);
});

shop.test("the options file adds to the options of alloy", async (visit) => {
    const visitor = await visit("options", shopPage({ body: withSdk("sdk.publish.pageView();") }));
    const [xdm] = await visitor.xdm();
    assert.ok(xdm.web);
    assert.equal(xdm.device, undefined);
    const { libraryInfo } = await visitor.evaluate(() => window.alloy("getLibraryInfo"));
    assert.equal(libraryInfo.configs.clickCollectionEnabled, false);
});

shop.test("the file and the gateway may be anywhere on the website", async (visit) => {
    const visitor = await visit("elsewhere", shopPage({ body: withSdk("sdk.publish.pageView();") }));
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
    assert.ok(visitor.sent.every(({ path }) => path.startsWith("/our/events/")));
});

shop.test("without a gateway alloy talks to the Edge itself", async (visit) => {
    const visitor = await visit("direct", shopPage({ body: withSdk("sdk.publish.pageView();") }));
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
    const [{ headers }] = await visitor.requests({ action: "interact" });
    assert.equal(headers.host, edgeHost);
});

shop.test("commands that the base code has queued are carried out, also by a reference kept to it", async (visit) => {
    const visitor = await visit("north", shopPage({
        body: `${stub}<script>
            window.kept = window.alloy;
            window.kept('sendEvent', { xdm: { eventType: 'early' } }).then(() => { window.early = true; });
        </script>`,
    }), { sdkAfter: () => window.kept });
    await visitor.page.waitForFunction(() => window.early);
    await visitor.evaluate(() => window.kept("sendEvent", { xdm: { eventType: "later" } }));
    await visitor.evaluate(() => window.alloy("sendEvent", { xdm: { eventType: "last" } }));
    assert.deepEqual(await visitor.eventTypes({ atLeast: 3 }), ["early", "later", "last"]);
});

shop.test("an alloy that the page loads later does not carry out the queued commands again", async (visit) => {
    const visitor = await visit("north", shopPage({
        body: `${stub}<script>window.alloy('sendEvent', { xdm: { eventType: 'early' } });</script>`,
    }), { sdkAfter: () => window.alloy });
    await visitor.eventTypes({ atLeast: 1 });
    await visitor.page.addScriptTag({ url: "/js/alloy.js" });
    await visitor.evaluate(() => window.alloy("sendEvent", { xdm: { eventType: "later" } }));
    assert.deepEqual(await visitor.eventTypes({ atLeast: 2 }), ["early", "later"]);
});

const merchantsOwn = (when) => `${stub}<script>
    window.alloy('configure', {
        orgId: '${organization}', datastreamId: '${shop.website("north").datastream}',
        edgeDomain: location.hostname, thirdPartyCookiesEnabled: false, idMigrationEnabled: false,
    }).then(() => { window.configured = true; });
    ${when}
</script>`;

shop.test("a window.alloy that the merchant did not name is left alone, and nothing is started", async (visit) => {
    const visitor = await visit("north", shopPage({
        body: `${merchantsOwn("")}<script src="/js/alloy.js"></script>`,
    }), { sdkAfter: () => window.configured });
    await visitor.logs(/warning: ngx_aep: .*window\.alloy of its own.*aep_web_sdk_name/);
    assert.deepEqual(await visitor.globals("magentoStorefrontEvents", "ngxAepWebSdk"), []);
    await visitor.sendsNothing();
    await visitor.evaluate(() => window.alloy("sendEvent", { xdm: { eventType: "merchant" } }));
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), ["merchant"]);
});

shop.test("so is a stub that waits for the merchant's alloy", async (visit) => {
    const visitor = await visit("north", shopPage({ body: merchantsOwn("") }), { sdkAfter: () => window.alloy });
    await visitor.logs(/warning: ngx_aep: .*window\.alloy of its own/);
    await visitor.page.addScriptTag({ url: "/js/alloy.js" });
    await visitor.page.waitForFunction(() => window.configured);
    await visitor.evaluate(() => window.alloy("sendEvent", { xdm: { eventType: "merchant" } }));
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), ["merchant"]);
});

shop.test("an element with the ID alloy is no Web SDK", async (visit) => {
    const visitor = await visit("north", shopPage({
        body: `<div id="alloy">Alloy wheels</div>${withSdk("sdk.publish.pageView();")}`,
    }), { sdkAfter: () => window.alloy });
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
});

shop.test("an event is not lost when the identity cannot be had before it", async (visit) => {
    await shop.edge({ action: "acquire", status: 400 });
    const visitor = await visit("north", shopPage({ body: withSdk("sdk.publish.pageView();") }));
    for (const remark of remarks.failedRequest(400)) {
        await visitor.logs(remark);
    }
    const [xdm] = await visitor.xdm();
    assert.equal(xdm.eventType, pageView);
    assert.equal(xdm.personID, undefined);
});

shop.test("the collector's placeholder for a missing identity is not sent", async (visit) => {
    const coreOnly = [{ type: "identity:result", payload: [{ id: "1", namespace: { code: "CORE" } }] }];
    await shop.edge({ action: "acquire", status: 200, body: { handle: coreOnly } });
    const visitor = await visit("north", shopPage({ body: withSdk("sdk.publish.pageView();") }));
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
    const { body } = await visitor.sentTo("/interact");
    const [{ text }] = await visitor.requests({ action: "interact" });
    for (const sent of [body ?? text, text]) {
        assert.match(sent, /pageViews/);
        assert.doesNotMatch(sent, /0{36}/);
    }
});
