#!/usr/bin/env node
// Runs the sample shop with the module and a stand-in for Adobe's Edge Network.
//
//   node t/demo/demo.mjs           until Ctrl-C, for a person with a browser
//   node t/demo/demo.mjs --check   buys something on each website with a headless browser, goes through its
//                                  administration, and checks that every event arrived; exits 1 unless all did

import { once } from "node:events";
import { parseArgs } from "node:util";

import { administer, judgeOrders } from "./administration.mjs";
import { judge, shop, startBrowser, strangers } from "./journey.mjs";
import { DemoError } from "./programs.mjs";
import { Services, choosePort } from "./services.mjs";
import { checkStatusPage } from "./status_page.mjs";
import { websites } from "./websites.mjs";

function browserCommand({ port, publicKeyHash }) {
    const rules = websites.map(({ host }) => `MAP ${host} 127.0.0.1:${port}`).join(", ");
    return [
        'chromium --user-data-dir="$(mktemp -d)" --no-first-run \\',
        `  --ignore-certificate-errors-spki-list='${publicKeyHash}' \\`,
        `  --host-resolver-rules='${rules}' \\`,
        `  https://${websites[0].host}/`,
    ].join("\n");
}

function printAddresses(services) {
    const widest = Math.max(...websites.map(({ host }) => `https://${host}/`.length));
    console.log("\nThe sample shop is open. Each website has its own datastream:\n");
    for (const { host, datastream, webSdk } of websites) {
        const address = `https://${host}/`.padEnd(widest);
        console.log(`  ${address}  datastream ${datastream}  Web SDK: ${webSdk}`);
    }
    console.log("\nBelow /admin/ of each, orders are placed, invoiced, shipped, cancelled, returned and refunded.");
    console.log(`\nWhat arrives at the Edge (its stand-in):\n\n  ${services.edgeUrl}`);
    console.log(`\nWhat the module says of it, and of what does not arrive:\n\n  ${services.statusUrl}`);
    console.log(`\nIts token, for what changes something, is in ${services.statusTokenFile}:\n`);
    console.log(`  ${services.statusToken}\n`);
    if (services.port === 443) {
        console.log("The certificate was made a moment ago: your browser will ask whether you trust it.");
    } else {
        console.log(
            `Port 443 cannot be had: nginx listens on ${services.port}. Adobe's SDK works on port 443 only,`,
        );
        console.log(
            `so open the shop in a browser that takes the one for the other:\n\n${browserCommand(services)}`,
        );
    }
    console.log("\nCtrl-C stops everything.");
}

/** Resolves when somebody wants the demo to end; rejects when one of its programs ended by itself. */
function ending(services) {
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => once(process, signal));
    const loss = new Promise((resolve, reject) => {
        services.onLoss = (what) =>
            reject(new DemoError(`${what}\n${services.errorLog().slice(-20).join("\n")}`));
    });
    return Promise.race([...signals, loss]);
}

async function run(services, ended) {
    await services.start({ port: await choosePort({ wants443: true }) });
    printAddresses(services);
    await ended;
    console.log("\nStopped.");
    return true;
}

function printTable(website, rows) {
    const cells = [
        ["event", "XDM event type", "datastream", "delivered"],
        ...rows.map(({ event, type, datastream, delivered }) => [event, type, datastream, delivered]),
    ];
    const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
    const line = (row) =>
        `  ${row
            .map((cell, column) => cell.padEnd(widths[column]))
            .join("  ")
            .trimEnd()}`;
    console.log(`\n${website.host}, Web SDK: ${website.webSdk}`);
    console.log(line(cells[0]));
    console.log(line(widths.map((width) => "-".repeat(width))));
    for (const row of cells.slice(1)) {
        console.log(line(row));
    }
}

/** Prints a line that should say "none", and what there is instead; true when there is nothing. */
function printNone(label, items) {
    console.log(`${label}: ${items.length || "none"}`);
    for (const item of [...new Set(items)].slice(0, 10)) {
        console.log(`  ${item.split("\n")[0]}`);
    }
    return items.length === 0;
}

/** Prints the last lines; true when they say that all is well. */
async function printSummary(services, rows, notes, status) {
    const delivered = rows.filter((row) => row.delivered === "yes").length;
    const deeds = notes.flatMap((note) => note.deeds ?? []);
    const others = (await strangers(services, websites, deeds)).map(
        ({ eventType, datastream, url, order, outcome }) =>
            `${eventType} of ${url ?? `order ${order}`} to ${datastream}: ${outcome}`,
    );
    const foreignRequests = notes.flatMap((note) => note.foreignRequests);
    const consoleErrors = [...notes.flatMap((note) => note.consoleErrors), ...status.errors];
    const logErrors = services.errorLog(/\[(error|crit|alert|emerg)\]/);

    console.log(`\nDelivered once and to the right datastream: ${delivered} of ${rows.length} events`);
    console.log(`Numbers of the status page that were compared: ${status.compared}`);
    const isClean = [
        printNone("Numbers that are not those of the Edge, and websites without a connection", status.faults),
        printNone("Other events", others),
        printNone("Requests to foreign hosts", foreignRequests),
        printNone("Errors on the console", consoleErrors),
        printNone("Errors in nginx's log", logErrors),
    ];
    return delivered === rows.length && isClean.every(Boolean);
}

async function check(services) {
    await services.start({ port: await choosePort({ wants443: false }) });
    const browser = await startBrowser(websites, services.port);
    const results = [];
    const notes = [];
    let status;
    try {
        for (const website of websites) {
            notes.push(await shop(browser, services, website));
            const administered = await administer(browser, services, website);
            notes.push({ ...administered, deeds: administered.deeds.map((deed) => ({ ...deed, website })) });
            const rows = [
                ...(await judge(services, website)),
                ...(await judgeOrders(services, website, administered.deeds)),
            ];
            printTable(website, rows);
            results.push(...rows);
        }
        status = await checkStatusPage(browser, services, websites);
    } finally {
        await browser.close();
    }
    return printSummary(services, results, notes, status);
}

async function main() {
    const { values } = parseArgs({ options: { check: { type: "boolean" } } });
    const services = new Services();
    const ended = ending(services);
    try {
        if (!values.check) {
            return await run(services, ended);
        }
        return await Promise.race([check(services), ended.then(() => false)]);
    } catch (error) {
        console.error(error instanceof DemoError ? error.message : error);
        return false;
    } finally {
        await services.stop();
    }
}

process.exit((await main()) ? 0 : 1);
