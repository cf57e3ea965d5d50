// The status page of the demo: what it shows, compared with what the Edge has received, and its picture.

import { setTimeout as sleep } from "node:timers/promises";

import { deliveryLimit, received } from "./journey.mjs";

const total = "all that it delivered";
const isOfBackOffice = (type) => type.includes(".backoffice");

/** Sums by website and by what is counted: `{"north.localhost web.webpagedetails.pageViews": 6}`. */
const sums = (rows) => {
    const counts = new Map();
    for (const [host, what, count] of rows) {
        const key = `${host} ${what}`;
        counts.set(key, (counts.get(key) ?? 0) + count);
    }
    return counts;
};

const rowsOf = (page, table) => page.evaluate((id) => [...document.querySelectorAll(`#${id}-rows tr`)].map((row) =>
    [...row.cells].map(({ textContent }) => textContent)), table);

const numberIn = (text) => Number(text.replaceAll(",", ""));

/**
 * What the page shows: events of each type that are at the Edge or on their way to it, and all that was delivered, at
 * once or by the queue. Events of the back office have no row of their own, but are among the latter.
 */
async function shownEvents(page) {
    const events = (await rowsOf(page, "events"))
        .filter(([, , outcome]) => ["delivered", "queued"].includes(outcome));
    const delivered = events.filter(([, , outcome]) => outcome === "delivered");
    return sums([
        ...events.map(([host, type, , count]) => [host, type, numberIn(count)]),
        ...delivered.map(([host, , , count]) => [host, total, numberIn(count)]),
        ...(await rowsOf(page, "datastreams")).map((cells) => [cells[0], total, numberIn(cells.at(-1))]),
    ]);
}

async function takenEvents(services, websites) {
    const accepted = (await received(services)).filter(({ outcome }) => outcome === "accepted");
    const hostOf = (datastream) => websites.find((website) => website.datastream === datastream)?.host ?? datastream;
    return sums(accepted.flatMap(({ eventType, datastream }) => [
        ...(isOfBackOffice(eventType) ? [] : [[hostOf(datastream), eventType, 1]]),
        [hostOf(datastream), total, 1],
    ]));
}

/** Where the two differ, in words. */
function differences(shown, taken) {
    return [...new Set([...shown.keys(), ...taken.keys()])]
        .filter((key) => shown.get(key) !== taken.get(key))
        .map((key) => `${key}: the page shows ${shown.get(key) ?? 0}, the Edge took ${taken.get(key) ?? 0}`);
}

/** Opens the status page, which then updates by itself. `errors` is what it logs to its console. */
export async function openStatusPage(browser, services, { width = 1280 } = {}) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: "light" });
    const page = await context.newPage();
    const errors = [];
    page.on("console", (message) => errors.push(`${message.text()} (the status page)`));
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(services.statusUrl);
    return { page, errors };
}

/** Compares the page's numbers with what the Edge took: `{compared, faults, errors}`, both lists of sentences. */
export async function checkStatusPage(browser, services, websites) {
    const { page, errors } = await openStatusPage(browser, services);
    let faults = [];
    let taken = new Map();
    for (const end = Date.now() + deliveryLimit; Date.now() < end; await sleep(500)) {
        taken = await takenEvents(services, websites);
        faults = differences(await shownEvents(page), taken);
        if (faults.length === 0) {
            break;
        }
    }
    await page.getByLabel("Token").fill(services.statusToken);
    await page.getByRole("button", { name: "Check connection" }).click();
    await page.locator("#check-result li").nth(websites.length - 1).waitFor({ timeout: deliveryLimit });
    const results = await page.locator("#check-result li").allInnerTexts();
    faults.push(...results.filter((text) => !/^OK\s[^]* Edge answered/.test(text)));
    await page.context().close();
    return { compared: taken.size, faults, errors };
}

/** Saves a picture from the top of the page to the end of the last events. */
export async function takePicture(page, file) {
    const bottom = await page.evaluate(() => {
        scrollTo(0, 0);
        return Math.ceil(document.querySelector(".last-events").getBoundingClientRect().bottom);
    });
    const { width } = page.viewportSize();
    await page.screenshot({ path: file, fullPage: true, clip: { x: 0, y: 0, width, height: bottom + 16 } });
}
