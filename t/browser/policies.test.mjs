// Policies that a real browser enforces, besides Content-Security-Policy's lists of sources.

import assert from "node:assert/strict";

import { remarks } from "./browsers.mjs";
import { openShop, shopPage } from "./fixture.mjs";

const website = (...policies) => ({
    directives: ["aep_page_view off;", ...policies.map(([name, value]) => `add_header ${name} "${value}";`)],
});
const integrity = ["Integrity-Policy", "blocked-destinations=(script), endpoints=(none)"];
const nonce = ["Content-Security-Policy", "script-src 'nonce-abc' 'strict-dynamic'"];

const shop = await openShop({
    integrity: website(integrity),
    both: website(integrity, nonce),
    sandboxed: website(["Content-Security-Policy", "sandbox allow-scripts allow-forms"]),
    own: website(["Content-Security-Policy", "sandbox allow-scripts allow-same-origin"]),
});

const pageView = "web.webpagedetails.pageViews";
const tagOf = (visitor) => visitor.evaluate(() => {
    const tag = document.querySelector("script[data-aep]");
    return tag && { integrity: tag.integrity.slice(0, 7), crossOrigin: tag.crossOrigin };
});

for (const name of ["integrity", "both"]) {
    shop.test(`the tag loads where scripts need integrity: ${name}`, async (visit) => {
        const visitor = await visit(name, shopPage());
        await visitor.ready();
        assert.deepEqual(await tagOf(visitor), { integrity: "sha384-", crossOrigin: "anonymous" });
        await visitor.publish("pageView");
        assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
    });
}

shop.test("a sandbox with an origin of its own has no tag", async (visit) => {
    const visitor = await visit("sandboxed", shopPage());
    await visitor.sendsNothing();
    assert.equal(await tagOf(visitor), null);
    assert.deepEqual(visitor.sent, []);
});

shop.test("a sandbox with the page's origin has one", async (visit) => {
    const visitor = await visit("own", shopPage());
    for (const remark of remarks.openSandbox) {
        await visitor.logs(remark);
    }
    await visitor.ready();
    await visitor.publish("pageView");
    assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), [pageView]);
});
