#!/usr/bin/env node
// Kills a broker and a node of nginx while a browser shops, and says what became of every event.
//
//   node t/demo/fleet.mjs
//
// Takes two to three minutes; exits 1 if anything is lost that a broker had confirmed, or that a node which is still
// there had acknowledged.

import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

import { isSettled, tableOf, takeStock } from "./fleet_account.mjs";
import { Fleet } from "./fleet_services.mjs";
import { Shoppers } from "./fleet_shoppers.mjs";
import { startBrowser } from "./journey.mjs";
import { DemoError } from "./programs.mjs";
import { websites } from "./websites.mjs";

const shopperCount = 2;
const visitorsRate = 40; // events a second
const settleLimit = 100000; // what a lost node was just sending belongs to it for a minute
const settleTime = 3000; // for what should not come: a second copy
const longest = 300000;
const begun = Date.now();

const say = (text) => console.log(`${((Date.now() - begun) / 1000).toFixed(0).padStart(5)} s  ${text}`);

/** Everything that happens to the fleet. Ends some seconds after the last of it. */
async function happenings(fleet) {
    const { brokers, nodes, files } = fleet;
    await sleep(8000);
    say("Edge is away: it answers with 503");
    await fleet.answerAtEdge({ status: 503 });
    await sleep(6000);

    // The node that is lost has just been left by its broker, so that its spool is in use.
    const lostNode = nodes.at(-1);
    const lostBroker = brokers.addresses.indexOf(lostNode.brokers.at(-1));
    brokers.kill(lostBroker + 1);
    say(`broker ${lostBroker + 1} of ${brokers.addresses.length} is killed (kill -9)`);
    await sleep(300);
    await lostNode.lose(files.lostSpool);
    say(`nginx ${lostNode.number} of ${nodes.length} is killed for good, and its disk is gone`);
    await sleep(8000);

    const living = (lostBroker + 1) % brokers.addresses.length;
    say(`Edge is back; ${await brokers.waiting(living + 1)} requests wait in the broker`);
    await fleet.answerAtEdge();
    await sleep(8000);
}

async function settled(fleet, shoppers) {
    const end = Date.now() + settleLimit;
    while (Date.now() < end && !isSettled(takeStock(fleet.files, shoppers))) {
        await sleep(1000);
    }
    await sleep(settleTime);
    return takeStock(fleet.files, shoppers);
}

/** What should not be, one sentence each. */
function faultsOf({ shoppers, visitors }) {
    const missing = [...shoppers.missing, ...visitors.missing].map(({ mark, requestId, answers }) =>
        `lost: ${mark} of the request ${requestId}, which was answered with ${answers.join(", ")}`);
    const manyIds = [...shoppers.manyIds, ...visitors.manyIds].map(({ mark, ids }) =>
        `${mark} came with more than one _id: ${ids.join(", ")}`);
    const wrong = visitors.wrongConsents.map(({ visitor }) => `visitor ${visitor}: the last word is not what Edge has`);
    const silent = shoppers.acknowledged === 0 || visitors.acknowledged === 0 ? ["nobody was served"] : [];
    return [...missing, ...manyIds, ...wrong, ...silent];
}

/** Prints the account; true when nothing is lost but what the lost node alone had. */
function report(stock, { purchases, abandoned }) {
    const { shoppers, visitors, decisive } = stock;
    const right = decisive - visitors.wrongConsents.length;
    const inLostSpool = shoppers.inLostSpool + visitors.inLostSpool;
    console.log(`\n${tableOf(stock).join("\n")}\n`);
    console.log(`Purchases in the browser: ${purchases}, and ${abandoned} given up when a page did not come`);
    console.log(`Visitors whose last word on consent is what Edge has: ${right} of ${decisive}`);
    console.log(`Events that only the lost node had, in its spool, as its error log said: ${inLostSpool}`);
    const faults = faultsOf(stock);
    console.log(`Anything else that was lost, or is not as it should be: ${faults.length || "none"}`);
    faults.slice(0, 10).forEach((fault) => console.log(`  ${fault}`));
    return faults.length === 0;
}

async function demonstrate(fleet) {
    say("starting three brokers, three nodes of nginx and the Edge (its stand-in)");
    await fleet.start();
    const browser = await startBrowser(websites, fleet.port);
    const shoppers = new Shoppers(browser, websites.slice(0, 2));
    try {
        say(`people shop. What arrives: ${fleet.edgeUrl}; what nginx says: ${fleet.nodes[0].statusUrl}`);
        fleet.startVisitors(visitorsRate);
        const shopping = shoppers.shop(shopperCount);
        await shoppers.begun();
        await happenings(fleet);
        say("people have shopped; waiting until all is delivered");
        shoppers.end();
        await Promise.all([shopping, fleet.endVisitors()]);
    } finally {
        await browser.close();
    }
    return report(await settled(fleet, shoppers), shoppers);
}

/** Rejects when somebody wants the demo to end, when one of its programs has ended by itself, or when it hangs. */
function ending(fleet) {
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => once(process, signal));
    const interruption = Promise.race(signals).then(() => {
        throw new DemoError("\nStopped.");
    });
    const loss = new Promise((resolve, reject) => {
        fleet.onLoss = (what) => reject(new DemoError(what));
    });
    const delay = sleep(longest).then(() => {
        throw new DemoError(`It takes longer than ${longest / 60000} minutes.`);
    });
    return Promise.race([interruption, loss, delay]);
}

async function main() {
    const fleet = new Fleet();
    try {
        return await Promise.race([demonstrate(fleet), ending(fleet)]);
    } catch (error) {
        console.error(error instanceof DemoError ? error.message : error);
        return false;
    } finally {
        await fleet.stop();
    }
}

process.exit((await main()) ? 0 : 1);
