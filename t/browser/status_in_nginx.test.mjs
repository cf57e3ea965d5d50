// The status page as nginx serves it, in the situations that an operator meets: nothing yet, a flow, Edge away, and
// dead letters. What it shows is compared with what the Edge stand-in received. AEP_SHOTS=<directory> keeps pictures of
// each, at both widths and in both color schemes.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { openShop, shopPage, withSdk } from "./fixture.mjs";

const token = "a-token-that-nobody-can-guess";
const patience = 60000;
const directory = mkdtempSync(path.join(tmpdir(), "ngx_aep-status-"));
after(() => rmSync(directory, { recursive: true }));
writeFileSync(path.join(directory, "token"), `${token}\n`, { mode: 0o600 });

const website = {
    directives: [
        "aep_page_view off;",
        `location = /aep-status { aep_status; aep_status_token ${directory}/token; allow 127.0.0.1; deny all; }`,
        "location = /read-only { aep_status; }",
    ],
};
// One for each situation, so that the stand-in can tell which events belong to it.
const shop = await openShop({ flow: website, outage: website, letters: website, wrong: website });

/** The status page, in a browser of its own. */
async function openStatus(visit, address = "/aep-status") {
    const { page } = await visit("flow", { path: address });
    page.setDefaultTimeout(patience);
    return page;
}

const includes = (page, selector, text) => page.locator(selector).filter({ hasText: text }).first().waitFor();

/** The cells of a table's rows that begin with the website's name. */
const rowsOf = (page, table, name) => page.evaluate(([id, host]) => [...document.querySelectorAll(`#${id}-rows tr`)]
    .map((row) => [...row.cells].map((cell) => cell.textContent)).filter(([first]) => first === host),
[table, shop.website(name).hosts[0]]);

/** What the page shows of a website's events that are at Edge or on their way to it: how many of each type. */
async function shown(page, name) {
    const counts = {};
    for (const [, type, outcome, count] of await rowsOf(page, "events", name)) {
        assert.match(outcome, /^(delivered|queued)$/);
        counts[type] = (counts[type] ?? 0) + Number(count);
    }
    return counts;
}

/** The same of what Edge has taken, waiting for so many events. */
async function taken(name, atLeast) {
    const { datastream } = shop.website(name);
    const counts = {};
    for (const last = Date.now() + patience; Date.now() < last; await sleep(50)) {
        const events = await shop.received("events", { datastream });
        const accepted = events.filter(({ outcome }) => outcome === "accepted");
        if (accepted.length >= atLeast) {
            accepted.forEach(({ eventType }) => {
                counts[eventType] = (counts[eventType] ?? 0) + 1;
            });
            return counts;
        }
    }
    throw new Error(`Edge has not taken ${atLeast} events of ${name}.`);
}

/** Waits until the page, which updates itself, shows what is expected. */
async function shows(expected, look) {
    let seen;
    for (const last = Date.now() + patience; Date.now() < last; await sleep(250)) {
        seen = await look();
        if (JSON.stringify(Object.entries(seen).sort()) === JSON.stringify(Object.entries(expected).sort())) return;
    }
    assert.deepEqual(seen, expected);
}

/** Beacons of a page, whose answers it does not read. */
const sendBeacons = (visitor, count) => visitor.evaluate(async (many) => {
    for (let index = 0; index < many; index += 1) {
        const events = [{ xdm: { eventType: "commerce.productViews", timestamp: new Date().toISOString() } }];
        const address = `/ee/v1/collect?requestId=${crypto.randomUUID()}`;
        const answer = await fetch(address, { method: "POST", body: JSON.stringify({ events }) });
        if (!answer.ok) throw new Error(`status ${answer.status}`);
    }
}, count);

async function keepPictures(page, situation) {
    if (!process.env.AEP_SHOTS) return;
    for (const width of [360, 1280]) {
        for (const colorScheme of ["light", "dark"]) {
            await page.setViewportSize({ width, height: 900 });
            await page.emulateMedia({ colorScheme });
            await page.waitForTimeout(300); // until the charts have their new width
            const name = `nginx-${situation}-${width}-${colorScheme}.png`;
            await page.screenshot({ path: path.join(process.env.AEP_SHOTS, name), fullPage: true });
        }
    }
    assert.equal(
        await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
}

shop.test("before the first event the page says so, and what to do", async (visit) => {
    const page = await openStatus(visit);
    await includes(page, "#headline", "Nothing is wrong, but no events came in the last 5 minutes.");
    await includes(page, "#flow-sentences", "No pages and no events yet.");
    await includes(page, "#flow-sentences", "Open a page of the website in a browser, through this nginx.");
    await includes(page, "#last-events", "No events yet");
    assert.equal(await page.locator("#attention-sentences").innerText(), "Nothing.");
    await includes(page, "#connection", "Updates every 5 seconds.");
    await keepPictures(page, "empty");
});

shop.test("where no token is configured, the page offers nothing that needs one", async (visit) => {
    const page = await openStatus(visit, "/read-only");
    await includes(page, "section[aria-labelledby=check]", "aep_status_token");
    assert.equal(await page.locator("input").count(), 0);
});

shop.test("the numbers shown are those of what Edge received", async (visit) => {
    const page = await openStatus(visit);
    const product = "{ productId: 1, name: 'Bag', sku: '24-MB01' }";
    const shopper = await visit("flow", shopPage({ body: withSdk(`
        sdk.context.setProduct(${product});
        sdk.publish.pageView();
        sdk.publish.productPageView();`) }));
    await shopper.eventTypes({ atLeast: 2 });
    await sendBeacons(shopper, 10);
    const received = await taken("flow", 12);
    await shows(received, () => shown(page, "flow"));
    await includes(page, "#headline", "Data flows.");
    await includes(page, "#flow-sentences", "12 events in the last 5 minutes, all delivered.");
    assert.equal(await page.locator("#last-events-rows tr").count(), 12);
    await includes(page, "#last-events-rows", "web.webpagedetails.pageViews");
    await shows({ injected: "1" }, async () =>
        Object.fromEntries((await rowsOf(page, "pages", "flow")).map(([, tag, count]) => [tag, count])
            .filter(([tag]) => tag === "injected")));
    await keepPictures(page, "flowing");
});

shop.test("while Edge is away the page says what happens to the events, and that they arrive then", async (visit) => {
    const page = await openStatus(visit);
    const shopper = await visit("outage", shopPage());
    await shop.edge({ reset: true });
    await sendBeacons(shopper, 12);
    await includes(page, "#attention-sentences", "is away: after several failures events go to the queue");
    await includes(page, "#flow-sentences",
        "All 12 events in the last 5 minutes wait in the queue, because Edge is away.");
    await includes(page, "#flow-sentences", "Nothing is lost: the queue delivers as soon as Edge takes events.");
    await includes(page, "#queue-rows tr", /Entries that wait\s*12/);
    await includes(page, "#hosts-rows tr", "away");
    await shows({ "commerce.productViews": 12 }, () => shown(page, "outage"));
    await keepPictures(page, "outage");
    await shop.edgeIsWell();
    const received = await taken("outage", 12);
    assert.deepEqual(received, { "commerce.productViews": 12 });
    await includes(page, "#headline", "Data flows.");
    await includes(page, "#queue-rows tr", /Entries that wait\s*0/);
    await includes(page, "#flow-sentences", "12 events in the last 5 minutes, all delivered.");
    assert.equal((await rowsOf(page, "datastreams", "outage"))[0].at(-1), "12", "delivered by the queue");
});

async function confirmed(page, verb) {
    await page.locator("dialog").getByRole("button", { name: verb }).click();
}

shop.test("dead letters are seen, downloaded, requeued and discarded", async (visit) => {
    const page = await openStatus(visit);
    const shopper = await visit("letters", shopPage());
    await shop.edge({ status: 422, datastream: shop.website("letters").datastream });
    await sendBeacons(shopper, 3);
    await includes(page, "#attention-sentences", "3 dead letters wait for you");
    await page.locator("#letters tbody tr").nth(2).waitFor();
    await includes(page, "#letters tbody tr", "letters.shop.example");
    await includes(page, "#letters tbody tr", "EXEG-0104-422: Validation failed: The stand-in was told to answer 422.");
    await includes(page, "#flow-sentences",
        "All 3 events in the last 5 minutes were refused by Edge, and became dead letters.");
    await keepPictures(page, "dead-letters");

    await page.getByLabel("Token").fill(token);
    const letter = page.locator("#letters tbody tr").first();
    const [download] = await Promise.all([
        page.waitForEvent("download"),
        letter.getByRole("button", { name: "Download" }).click(),
    ]);
    assert.match(readFileSync(await download.path(), "utf8"), /commerce\.productViews/);

    await shop.edgeIsWell();
    await letter.getByRole("button", { name: "Requeue" }).click();
    await confirmed(page, "Requeue");
    await includes(page, "#dead-letters-result", "1 dead letter requeued.");
    assert.deepEqual(await taken("letters", 1), { "commerce.productViews": 1 });

    await page.getByLabel("Several at once").selectOption({ label: "all dead letters" });
    await page.locator("#dead-letters-list > .controls").getByRole("button", { name: "Discard" }).click();
    await confirmed(page, "Discard");
    await includes(page, "#dead-letters-result", "2 dead letters discarded.");
    await includes(page, "#dead-letters-now", "None:");
    assert.equal(await page.locator("#letters").count(), 0);
    assert.deepEqual(await taken("letters", 1), { "commerce.productViews": 1 }, "what was discarded is gone");
});

shop.test("the connection is checked for each website, without an event", async (visit) => {
    const page = await openStatus(visit);
    const { datastream } = shop.website("wrong");
    await shop.edge({ status: 400, datastream, body: { type: "https://ns.adobe.com/aep/errors/EXEG-0003-400" } });
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Check connection" }).click();
    await page.locator("#check-result li").nth(3).waitFor();
    const results = await page.locator("#check-result li").allInnerTexts();
    for (const name of ["flow", "outage", "letters"]) {
        assert.ok(results.some((text) => text.includes(`${name}.shop.example`) &&
            /OK[^]*Edge answered in [\d.]+ s with an identity\./.test(text)), results.join("\n"));
    }
    const fault = results.find((text) => text.includes("wrong.shop.example"));
    assert.match(fault, /^Error[^]*datastream/);
    assert.equal((await shop.received("requests", {})).length, 4);
    assert.deepEqual(await shop.received("events", {}), []);
    await keepPictures(page, "check");
});
