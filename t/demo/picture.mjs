#!/usr/bin/env node
// Makes the picture of the status page for the documentation, from a run of the sample shop: shoppers and
// administrators on all websites for some minutes, and a short outage of the Edge among them.
//
//   node t/demo/picture.mjs FILE

import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { administer } from "./administration.mjs";
import { shop, startBrowser } from "./journey.mjs";
import { Services, choosePort } from "./services.mjs";
import { openStatusPage, takePicture } from "./status_page.mjs";
import { websites } from "./websites.mjs";

const runLength = 200000; // in milliseconds: several bars in the charts of events a minute
const outageBegin = 70000;
const outageLength = 45000; // the queue is counted at the end of each minute
const largestFile = 250 * 1024;
const deliveryLimit = 60000;

async function edgeMode(services, method, mode) {
    await fetch(new URL("mode", services.edgeUrl), { method, body: mode && JSON.stringify(mode) });
}

async function outage(services) {
    await sleep(outageBegin);
    await edgeMode(services, "PUT", { status: 503 });
    await sleep(outageLength);
    await edgeMode(services, "DELETE");
}

async function visitAll(browser, services, end) {
    for (let turn = 0; Date.now() < end; turn += 1) {
        const website = websites[turn % websites.length];
        await (turn % 3 === 2 ? administer : shop)(browser, services, website);
    }
}

async function makePicture(services, file) {
    await services.start({ port: await choosePort({ wants443: false }) });
    const browser = await startBrowser(websites, services.port);
    try {
        const end = Date.now() + runLength;
        await Promise.all([visitAll(browser, services, end), outage(services)]);
        const { page, errors } = await openStatusPage(browser, services);
        await page.locator("#headline").filter({ hasText: "Data flows." }).waitFor({ timeout: deliveryLimit });
        await page.locator("#charts svg.chart").first().waitFor();
        await takePicture(page, file);
        if (errors.length > 0) {
            throw new Error(`The status page complains: ${errors.join("; ")}`);
        }
    } finally {
        await browser.close();
    }
    const { size } = statSync(file);
    if (size > largestFile) {
        throw new Error(`${file} has ${size} bytes, expected ${largestFile} at most.`);
    }
    console.log(`${file}: ${size} bytes`);
}

const [file] = process.argv.slice(2);
if (!file) {
    console.error("usage: node t/demo/picture.mjs FILE");
    process.exit(2);
}
const services = new Services();
try {
    await makePicture(services, file);
} catch (error) {
    console.error(error.message);
    process.exitCode = 1;
} finally {
    await services.stop();
}
