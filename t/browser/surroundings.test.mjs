// Pages in which the file must not start, or must start in another way.

import assert from "node:assert/strict";

import { openShop, shopPage, withSdk } from "./fixture.mjs";

const directives = ["aep_page_view off;"];
const shop = await openShop({
    north: { directives },
    strict: {
        directives: [...directives, "add_header Content-Security-Policy \"default-src 'self'\";"],
    },
    insecure: { directives, hosts: ["insecure.example"] },
    dotless: { directives, hosts: ["dotless"] },
});

const pageView = "web.webpagedetails.pageViews";
const publishing = shopPage({ body: withSdk("sdk.publish.pageView();") });

const globals = ["alloy", "magentoStorefrontEvents", "ngxAepWebSdk"];

const isIdle = async (visitor) => {
    await visitor.sendsNothing();
    assert.deepEqual(visitor.sent, []);
    assert.deepEqual(await visitor.cookies(), []);
    assert.deepEqual(await visitor.globals(...globals), []);
};

shop.test("a policy of default-src self is enough", async (visit) => {
    const visitor = await visit("strict", shopPage());
    await visitor.ready();
    await visitor.publish("pageView", "openCart");
    assert.equal((await visitor.eventTypes({ atLeast: 2 })).length, 2);
});

shop.test("nothing starts in a frame, of the same website or of another", async (visit) => {
    const framed = shop.addPage(publishing);
    const visitor = await visit("north", shopPage({
        body: `${withSdk("sdk.publish.pageView();")}<iframe src="${framed}"></iframe>`,
    }));
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
    await visitor.page.waitForTimeout(1300);
    const [frame] = visitor.page.frames().slice(1);
    assert.ok(await frame.evaluate(() => document.querySelector("script[data-aep]")));
    assert.deepEqual(await frame.evaluate((names) => names.filter((name) => name in window), globals), []);
    assert.deepEqual(await visitor.eventTypes(), [pageView]);
});

shop.test("over http there is one warning and nothing else", async (visit) => {
    const visitor = await visit("insecure", publishing, { origin: "http://insecure.example" });
    await visitor.logs(/warning: ngx_aep: .*https only/);
    await isIdle(visitor);
});

shop.test("on another port than 443 there is one warning and nothing else", async (visit) => {
    const visitor = await visit("north", publishing, { origin: "https://north.shop.example:8443" });
    await visitor.logs(/warning: ngx_aep: .*port 8443/);
    await isIdle(visitor);
});

shop.test("on a host without a dot there is one warning and nothing else", async (visit) => {
    const visitor = await visit("dotless", publishing);
    await visitor.logs(/warning: ngx_aep: .*"dotless" has no dot/);
    await isIdle(visitor);
});

shop.test("a second tag does nothing", async (visit) => {
    const visitor = await visit("north", publishing);
    await visitor.eventTypes({ atLeast: 1 });
    await visitor.evaluate(() => new Promise((resolve) => {
        const tag = document.querySelector("script[data-aep]");
        const second = document.createElement("script");
        Object.assign(second, { src: `${tag.src}?second`, onload: resolve });
        second.dataset.aep = tag.dataset.aep;
        document.body.append(second);
    }));
    await visitor.publish("openCart");
    await visitor.eventTypes({ atLeast: 2 });
    await visitor.page.waitForTimeout(500);
    assert.deepEqual((await visitor.eventTypes()).sort(), ["commerce.productListOpens", pageView]);
});

shop.test("a prerendered page starts when the visitor opens it", async (visit) => {
    // A browser that is driven by a program does not prerender, so the page is told that it does.
    const visitor = await visit("north", publishing, { script: `
        window.isPrerendering = true;
        Object.defineProperty(Document.prototype, 'prerendering', { get: () => window.isPrerendering });` });
    await visitor.page.waitForFunction(() => window.ngxAep);
    await isIdle(visitor);
    await visitor.evaluate(() => {
        window.isPrerendering = false;
        document.dispatchEvent(new Event("prerenderingchange"));
    });
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
});

/** Changes the tag's data before the file reads it, as something between nginx and the page might. */
const tamper = (code) => ({
    script: `
        new MutationObserver((changes, observer) => {
            const tag = document.querySelector("script[data-aep]");
            if (tag) {
                observer.disconnect();
                tag.dataset.aep = ${code};
                window.isTampered = true;
            }
        }).observe(document, { childList: true, subtree: true });`,
    sdkAfter: () => window.isTampered,
});

for (const [what, code] of [
    ["were damaged on the way", "tag.dataset.aep.slice(1)"],
    ["are of another version", 'tag.dataset.aep.replace(\'"v":1\', \'"v":2\')'],
]) {
    shop.test(`a tag whose data ${what} is reported`, async (visit) => {
        const visitor = await visit("north", shopPage(), tamper(code));
        await visitor.logs(/warning: ngx_aep: .*data-aep attribute cannot be read/);
        await isIdle(visitor);
    });
}

shop.test("members of the data that the file does not know are no obstacle", async (visit) => {
    const visitor = await visit("north", publishing, tamper('tag.dataset.aep.replace("{", \'{"new":[1],\')'));
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
});
