// The status page in a real browser, under its own policy. AEP_SHOTS=<directory> keeps pictures of all states, at both
// widths and in both color schemes.

import assert from "node:assert/strict";
import path from "node:path";
import { after, test } from "node:test";

import { faultsOfContrast, faultsOfStructure } from "./accessibility.mjs";
import { startBrowser } from "./browsers.mjs";
import { StatusServer, token } from "./status_server.mjs";

const host = "status.example";
const patience = 20000;
const states = {
    flowing: "Data flows.",
    outage: "No data flows to Edge: something is wrong.",
    dead_letters: "Data flows only in part: something is wrong.",
    empty: "Nothing is wrong, but no events came in the last 5 minutes.",
};

const server = new StatusServer();
await server.start();
const browser = await startBrowser({ httpPort: server.port, httpsPort: server.port, hosts: [], insecureHosts: [host] });
after(async () => {
    await browser.close();
    await server.stop();
});

/** Opens the page of a state; the test fails if the page logs anything but what `mayLog` matches. */
async function open(t, state, { width = 1280, mayLog = /^$/, ...options } = {}) {
    Object.assign(server, { state, trouble: undefined, html: undefined, posts: [], origins: [], pages: 0 });
    const context = await browser.newContext({ viewport: { width, height: 900 }, ...options });
    t.after(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    const logged = [];
    page.on("console", (message) => logged.push(message.text()));
    page.on("pageerror", (error) => logged.push(String(error)));
    t.after(() => assert.deepEqual(logged.filter((line) => !mayLog.test(line)), []));
    await page.goto(`http://${host}/aep-status`);
    return page;
}

const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

const textOf = (page, selector) => page.locator(selector).innerText();

const includes = (page, selector, text) => page.locator(selector).filter({ hasText: text }).waitFor();

for (const [state, headline] of Object.entries(states)) {
    for (const width of [360, 1280]) {
        for (const colorScheme of ["light", "dark"]) {
            test(`${state} at ${width} pixels, ${colorScheme}`, async (t) => {
                const page = await open(t, state, { width, colorScheme });
                await page.locator("#charts svg.chart").first().waitFor();
                if (state === "dead_letters") await page.locator("#letters").waitFor();
                await includes(page, "#headline", headline);
                if (process.env.AEP_SHOTS) {
                    const name = `${state}-${width}-${colorScheme}.png`;
                    await page.screenshot({ path: path.join(process.env.AEP_SHOTS, name), fullPage: true });
                }
                await page.evaluate(() => document.querySelectorAll("details").forEach((each) => {
                    each.open = true;
                }));
                assert.equal(await page.evaluate(overflow), 0, "the page itself does not scroll sideways");
                assert.deepEqual(await page.evaluate(faultsOfStructure), []);
                assert.deepEqual(await page.evaluate(faultsOfContrast), []);
            });
        }
    }
}

test("without script everything can be read, and nothing is there that needs one", async (t) => {
    const page = await open(t, "dead_letters", { javaScriptEnabled: false, width: 360 });
    assert.match(await textOf(page, "header"), /Without script this page does not update by itself/);
    assert.match(await textOf(page, "#flow-sentences"), /shop\.example 412 events in the last 5 minutes, all delivered\./);
    assert.match(await textOf(page, "#attention-sentences"), /4 dead letters wait for you.*What to do:/s);
    assert.equal(await page.locator("#last-events tbody tr").count(), 200);
    assert.match(await textOf(page, "#websites"), /outlet\.example/);
    assert.equal(await page.locator("button:visible, input:visible, #charts:visible").count(), 0);
});

test("the page updates by itself", async (t) => {
    const page = await open(t, "flowing");
    await includes(page, "#headline", states.flowing);
    server.state = "outage";
    await includes(page, "#headline", states.outage);
    await includes(page, "#attention-sentences", "edge.adobedc.net is away");
    await page.locator("#chart-events rect.series.queued").first().waitFor();
    assert.match(await page.title(), /^Error/);
});

test("a part that has not changed stays as it is", async (t) => {
    const page = await open(t, "flowing");
    await page.evaluate(() => {
        document.querySelector("#queue-rows tr").dataset.mine = "1";
    });
    const before = server.pages;
    while (server.pages < before + 2) await page.waitForTimeout(100);
    assert.equal(await page.locator("#queue-rows tr[data-mine]").count(), 1);
});

test("only the state is read out", async (t) => {
    const page = await open(t, "flowing");
    const live = await page.evaluate(() => [...document.querySelectorAll("[aria-live], [role=status], [role=alert]")]
        .filter((each) => each.textContent.trim()).map(({ id }) => id));
    assert.deepEqual(live, ["headline"]);
});

test("updates can be paused, and the list of events alone be held", async (t) => {
    const page = await open(t, "flowing");
    const first = await textOf(page, "#last-events-rows tr:first-child");
    await page.locator("#pause-events").click();
    server.state = "outage";
    await includes(page, "#headline", states.outage);
    assert.equal(await textOf(page, "#last-events-rows tr:first-child"), first);
    await page.locator("#pause-events").click();
    await includes(page, "#last-events-rows tr:first-child", "queued");
    await page.locator("#pause").click();
    assert.equal(await textOf(page, "#connection"), "Updates are paused.");
    const { pages } = server;
    await page.waitForTimeout(6000);
    assert.equal(server.pages, pages);
});

test("a server that is away is told of, asked less often, and taken up again", async (t) => {
    const page = await open(t, "flowing", { mayLog: /Failed to load resource/ });
    server.trouble = "away";
    await includes(page, "#headline", "No news since");
    await includes(page, "#connection", "nginx does not answer. Next try in 5 seconds.");
    await includes(page, "#connection", "Next try in 10 seconds.");
    server.trouble = undefined;
    await includes(page, "#headline", states.flowing);
    assert.equal(await textOf(page, "#connection"), "Updates every 5 seconds.");
});

test("refusals and sign-in pages are told in words", async (t) => {
    const page = await open(t, "flowing", { mayLog: /Failed to load resource/ });
    server.trouble = 403;
    await includes(page, "#connection", "nginx refuses that");
    server.trouble = undefined;
    server.html = "<!doctype html><title>Sign in</title>";
    await includes(page, "#connection", "another page, perhaps to sign in");
});

test("a check of the connection goes out with the token, which is kept nowhere", async (t) => {
    const page = await open(t, "flowing", { mayLog: /status of 401/ });
    await page.getByRole("button", { name: "Check connection" }).click();
    await includes(page, "#check-result", "Type the token first");
    assert.equal(await page.evaluate(() => document.activeElement.id), "token");
    await page.getByLabel("Token").fill("wrong");
    await page.keyboard.press("Enter");
    await includes(page, "#check-result", "The token is not right: type a line of the file");
    await page.getByLabel("Token").fill(token);
    await page.keyboard.press("Enter");
    await includes(page, "#check-result", "Edge answered in 0.084 s with an identity.");
    assert.match(await textOf(page, "#check-result"), /Error\s+outlet\.example .*Edge does not know the datastream/s);
    assert.deepEqual(server.posts, [{ action: "check" }]);
    assert.deepEqual(server.origins, [`http://${host}`], "nginx can see that the page itself asks");
    assert.deepEqual(await page.evaluate(faultsOfStructure), []);
    assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]), [0, 0, ""]);
});

test("without a token nothing can be done, and the page says how to change that", async (t) => {
    const page = await open(t, "empty");
    assert.match(await textOf(page, "section[aria-labelledby=check]"), /aep_status_token/);
    assert.equal(await page.locator("input").count(), 0);
});

test("dead letters are requeued and discarded, one or many, once that is confirmed", async (t) => {
    const page = await open(t, "dead_letters");
    await page.getByLabel("Token").fill(token);
    const letter = page.locator("#letters tbody tr").first();
    await letter.getByRole("button", { name: "Discard" }).click();
    await includes(page, "dialog", "Discard dead letter 3-1 of shop.example? They cannot be brought back.");
    assert.deepEqual(await page.evaluate(faultsOfStructure), []);
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    assert.deepEqual(server.posts, []);
    await letter.getByRole("button", { name: "Requeue" }).click();
    await page.locator("dialog").getByRole("button", { name: "Requeue" }).click();
    await includes(page, "#dead-letters-result", "3 dead letters requeued.");
    await page.getByLabel("Several at once").selectOption({ label: "all dead letters of shop.example with status 422" });
    await page.locator("#dead-letters-list > .controls").getByRole("button", { name: "Discard" }).click();
    await page.locator("dialog").getByRole("button", { name: "Discard" }).click();
    await page.waitForFunction(() => /discarded/.test(document.querySelector("#dead-letters-result").textContent));
    assert.deepEqual(server.posts, [
        { action: "requeue", id: "3-1" },
        { action: "discard", website: "00000000-0000-4000-8000-000000000001", status: "422" },
    ]);
});

test("the body of a dead letter is downloaded with the token", async (t) => {
    const page = await open(t, "dead_letters");
    await page.getByLabel("Token").fill(token);
    const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.locator("#letters tbody tr").first().getByRole("button", { name: "Download" }).click(),
    ]);
    assert.equal(download.suggestedFilename(), "dead-letter-3-1.json");
});

test("everything is reached by keyboard, and the focus is seen", async (t) => {
    const page = await open(t, "dead_letters");
    await page.locator("#letters").waitFor();
    await page.locator("#pause").click();
    await page.evaluate(() => document.activeElement.blur());
    const expected = await page.evaluate(() => [...document.querySelectorAll(
        "a, button, input, select, summary, [tabindex='0']")].filter((each) => each.checkVisibility()).length);
    await page.evaluate(() => {
        window.reached = new Set();
    });
    for (let step = 0; step < expected + 5; ++step) {
        await page.keyboard.press("Tab");
        const fault = await page.evaluate(() => {
            const { activeElement } = document;
            if (activeElement === document.body) return "";
            window.reached.add(activeElement);
            const { outlineStyle, outlineWidth } = getComputedStyle(activeElement);
            return outlineStyle === "none" || outlineWidth === "0px" ? activeElement.outerHTML.slice(0, 90) : "";
        });
        assert.equal(fault, "", "the focus is seen");
    }
    assert.equal(await page.evaluate(() => window.reached.size), expected);
});

test("a chart says in words what it shows", async (t) => {
    const page = await open(t, "outage");
    const words = await page.locator("#chart-events svg.chart > desc").textContent();
    assert.match(words, /In the last hour [\d,]+ delivered, [\d,]+ queued, .* at most \d+ a minute\./);
    assert.equal(await page.locator("#chart-events svg.chart").getAttribute("role"), "img");
    assert.equal(await page.locator("#history tbody tr").count(), 60);
});
