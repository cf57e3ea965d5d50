// aep_page_view auto: one page view for shops that publish none themselves.

import assert from "node:assert/strict";

import { openShop, shopPage, withSdk } from "./fixture.mjs";

const shop = await openShop({ auto: {}, off: { directives: ["aep_page_view off;"] } });

const pageView = "web.webpagedetails.pageViews";

// Longer than the two seconds after load in which a shop may publish its own.
const wait = (visitor) => visitor.page.waitForTimeout(2800);

shop.test("a page view is published where the shop publishes none, two seconds after load", async (visit) => {
    const visitor = await visit("auto", shopPage());
    const [xdm] = await visitor.xdm();
    assert.equal(xdm.eventType, pageView);
    assert.equal(xdm.web.webPageDetails.URL, visitor.page.url());
    const delay = await visitor.evaluate(() => {
        const [{ loadEventStart }] = performance.getEntriesByType("navigation");
        const [first] = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/ee/"));
        return first.startTime - loadEventStart;
    });
    assert.ok(delay >= 2000, `the first request was sent ${delay} ms after load`);
});

shop.test("none is published where the shop publishes its own", async (visit) => {
    const visitor = await visit("auto", shopPage({ body: withSdk("setTimeout(() => sdk.publish.pageView(), 1000);") }));
    await visitor.eventTypes({ atLeast: 1 });
    await wait(visitor);
    assert.deepEqual(await visitor.eventTypes(), [pageView]);
});

shop.test("nor where the shop has pushed its own to the data layer before the file came", async (visit) => {
    const visitor = await visit("auto", shopPage({ head: `<script>
        window.adobeDataLayer = [{ event: 'page-view', eventInfo: {} }];
    </script>` }), { sdkAfter: () => window.adobeDataLayer });
    await visitor.eventTypes({ atLeast: 1 });
    await wait(visitor);
    assert.deepEqual(await visitor.eventTypes(), [pageView]);
});

shop.test("none is published with aep_page_view off", async (visit) => {
    const visitor = await visit("off", shopPage());
    await wait(visitor);
    assert.deepEqual(await visitor.eventTypes(), []);
});

shop.test("the shop's own that comes later for the same page is dropped, those of other pages pass", async (visit) => {
    const visitor = await visit("auto", shopPage());
    await visitor.eventTypes({ atLeast: 1 });
    const urls = async (count) => (await visitor.xdm({ atLeast: count })).map(({ web }) => web.webPageDetails.URL);
    const home = visitor.page.url();
    const go = (path) => visitor.evaluate((address) => history.pushState({}, "", address), path);

    await visitor.publish("pageView");
    await go("#reviews");
    await visitor.publish("pageView");
    await go("/other");
    await visitor.publish("pageView");
    const other = visitor.page.url();
    assert.deepEqual(await urls(2), [home, other]);

    await go(home);
    await visitor.publish("pageView");
    await visitor.page.waitForTimeout(200);
    assert.deepEqual(await urls(3), [home, other, home]);
});

shop.test("routes in the fragment are pages of their own", async (visit) => {
    const visitor = await visit("auto", shopPage());
    await visitor.eventTypes({ atLeast: 1 });
    await visitor.evaluate(() => {
        location.hash = "#/cart";
    });
    await visitor.publish("pageView");
    assert.deepEqual(await visitor.eventTypes({ atLeast: 2 }), [pageView, pageView]);
});

shop.test("other events pass beside the page view", async (visit) => {
    const visitor = await visit("auto", shopPage());
    await visitor.eventTypes({ atLeast: 1 });
    await visitor.publish("openCart", "openCart");
    assert.equal((await visitor.eventTypes({ atLeast: 3 })).length, 3);
});

shop.test("an event of the shop's own making that names no page is of the page it is sent from", async (visit) => {
    const visitor = await visit("auto", shopPage());
    await visitor.eventTypes({ atLeast: 1 });
    const publish = (xdm) => visitor.evaluate((event) => window.magentoStorefrontEvents.publish.custom(event), xdm);
    await publish({ eventType: pageView });
    await publish({ eventType: "first" });
    assert.deepEqual(await visitor.eventTypes({ atLeast: 2 }), [pageView, "first"]);

    await visitor.evaluate(() => history.pushState({}, "", "/other"));
    await publish({ eventType: pageView });
    assert.deepEqual(await visitor.eventTypes({ atLeast: 3 }), [pageView, "first", pageView]);
});

shop.test("a page view is published where a script writes the page anew before it was loaded", async (visit) => {
    const visitor = await visit("auto", shopPage({ head: `<script>
        Object.defineProperty(window, 'ngxAepWebSdk', { configurable: true, set(guard) {
            Object.defineProperty(window, 'ngxAepWebSdk', { value: guard });
            queueMicrotask(() => {
                window.wasLoaded = document.readyState === 'complete';
                document.open();
                document.write('<!doctype html><title>Anew</title><h1>Shop</h1>');
                document.close();
            });
        } });
    </script>` }), { sdkAfter: () => document.querySelector("h1") });
    await visitor.page.waitForFunction(() => document.title === "Anew");
    assert.equal(await visitor.evaluate(() => window.wasLoaded), false);
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
});

/** The visitor goes to another page and comes back to this one as it was. */
const leaveAndReturn = async (visitor) => {
    const next = shop.addPage(shopPage({ body: "<h1>Next</h1>" }));
    await visitor.evaluate(() => {
        window.addEventListener("pageshow", ({ persisted }) => {
            window.isRestored = persisted;
        });
    });
    await visitor.page.goto(new URL(next, visitor.page.url()).href);
    await visitor.goBack();
};

shop.test("one is published when the visitor comes back to the page as it was", async (visit) => {
    const visitor = await visit("auto", shopPage());
    await visitor.eventTypes({ atLeast: 1 });
    const home = visitor.page.url();
    await leaveAndReturn(visitor);
    const urls = (await visitor.xdm({ atLeast: 2 })).map(({ web }) => web.webPageDetails.URL);
    assert.deepEqual(urls, [home, home]);
    await wait(visitor);
    assert.deepEqual(await visitor.eventTypes(), [pageView, pageView]);
});

shop.test("also where the shop has published its own for the first view", async (visit) => {
    const visitor = await visit("auto", shopPage({ body: withSdk("sdk.publish.pageView();") }));
    await visitor.eventTypes({ atLeast: 1 });
    await leaveAndReturn(visitor);
    assert.deepEqual(await visitor.eventTypes({ atLeast: 2 }), [pageView, pageView]);
});

shop.test("not where the shop publishes its own for the second view, too", async (visit) => {
    const visitor = await visit("auto", shopPage({ body: withSdk(`
        sdk.publish.pageView();
        addEventListener("pageshow", (event) => { if (event.persisted) { sdk.publish.pageView(); } });`) }));
    await visitor.eventTypes({ atLeast: 1 });
    await leaveAndReturn(visitor);
    await visitor.eventTypes({ atLeast: 2 });
    await wait(visitor);
    assert.deepEqual(await visitor.eventTypes(), [pageView, pageView]);
});

shop.test("one for the second view alone where the visitor left before there was a first", async (visit) => {
    const next = shop.addPage(shopPage({ body: "<h1>Next</h1>" }));
    // The page itself goes on: a test, which is another program, may come too late.
    const visitor = await visit("auto", shopPage({ body: `<script>
        addEventListener("load", () => {
            const wait = setInterval(() => {
                if (window.ngxAepWebSdk) { clearInterval(wait); location = "${next}"; }
            }, 10);
        });
        addEventListener("pageshow", ({ persisted }) => { window.isRestored = persisted; });
    </script>` }));
    await visitor.page.waitForURL(`**${next}`);
    await visitor.goBack();
    await visitor.eventTypes({ atLeast: 1 });
    await wait(visitor);
    assert.deepEqual(await visitor.eventTypes(), [pageView]);
});

shop.test("none with aep_page_view off", async (visit) => {
    const visitor = await visit("off", shopPage());
    await visitor.ready();
    await visitor.publish("pageView");
    await visitor.eventTypes({ atLeast: 1 });
    await leaveAndReturn(visitor);
    await wait(visitor);
    assert.deepEqual(await visitor.eventTypes(), [pageView]);
});

shop.test("the shop's own is known where the data layer does not keep it", async (visit) => {
    const visitor = await visit("auto", shopPage({ body: withSdk(`
        sdk.publish.pageView();
        adobeDataLayer.length = 0;`) }));
    await visitor.eventTypes({ atLeast: 1 });
    await wait(visitor);
    assert.deepEqual(await visitor.eventTypes(), [pageView]);
});
