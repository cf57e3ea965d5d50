#!/usr/bin/env node
// Measures the way of an event: what it costs through the gateway, compared with proxy_pass and with a script that
// makes the same changes; what it costs when it is kept; what the shop notices of an Edge that is away, and of a
// backlog that is delivered. TLS to Edge on all sides.
//
// What counts is the worker's own CPU time (all its threads) as a ratio within one run, in which the variants take
// turns; times and rates are those of a machine that may have more to do.
//
//   BENCH_ROUNDS     how often each variant has its turn (5)
//   BENCH_SECONDS    how long a turn lasts (1)
//   BENCH_SUSTAINED  for how many seconds as much is delivered as is accepted (60)
//   BENCH_BACKLOG    how many entries are delivered when Edge is back (100000)
//   BENCH_EVENTS     a part of the names of the measurements to make

import { execFileSync } from "node:child_process";
import { closeSync, existsSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import {
    Servers, cost, line, microseconds, milliseconds, pauseFor, reportCost, sendEvents, takeTurns,
} from "./event_bench.mjs";
import { load, median } from "./load.mjs";

const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const seconds = Number(process.env.BENCH_SECONDS ?? 1);
const sustainedSeconds = Number(process.env.BENCH_SUSTAINED ?? 60);
const backlog = Number(process.env.BENCH_BACKLOG ?? 100000);
const only = process.env.BENCH_EVENTS ?? "";
const [program, module, jsModule, rewriteCost] = process.argv.slice(2);

const OUTAGE_RATE = 500;
const LIVE_RATE = 200;
const CONNECTIONS = 32;
const RARE_RATE = 50;
const RARE_CONNECTIONS = 5;
const VISITORS = 256; // whose pauses are long enough, beside the time of an answer, to make the rate
const BACKLOG_AGE = 10; // seconds, from which on entries are delivered at a limited rate

/** 99th percentile of the disk's own time to sync a page, in ms. */
function syncTime(directory) {
    const file = openSync(join(directory, "sync"), "w");
    const page = Buffer.alloc(4096);
    const times = [];
    for (let i = 0; i < 1000; i += 1) {
        writeSync(file, page);
        const begin = process.hrtime.bigint();
        fdatasyncSync(file);
        times.push(Number(process.hrtime.bigint() - begin) / 1e6);
    }
    closeSync(file);
    times.sort((a, b) => a - b);
    return { p50: times[500], p99: times[990] };
}

async function compareCosts(servers) {
    const proxy = await servers.startProxy();
    const gateway = await servers.startGateway("gateway");
    const down = await servers.startGateway("edge_is_down", { edgePort: servers.facts.deadPort });
    const script = existsSync(jsModule) ? await servers.startScript() : undefined;
    const turn = (nginx, action) => () => cost(nginx, () => sendEvents(nginx.port, action, { seconds }));
    const results = await takeTurns(rounds, {
        "proxy_pass": turn(proxy, "interact"),
        "gateway, interact": turn(gateway, "interact"),
        ...(script ? { "script (njs), interact": turn(script, "interact") } : {}),
        "gateway, collect, Edge is away": turn(down, "collect"),
        "gateway, interact, Edge is away": turn(down, "interact"),
    });
    const medians = {};
    for (const [name, values] of Object.entries(results)) {
        medians[name] = reportCost(name, values);
    }
    const base = medians.proxy_pass;
    const live = medians["gateway, interact"];
    line("interact / proxy_pass", (live / base).toFixed(2), "wanted: at most 2.5");
    line("proxy_pass / collect, Edge is away", (base / medians["gateway, collect, Edge is away"]).toFixed(2),
        "wanted: at least 0.5");
    if (script) {
        line("script / interact", (medians["script (njs), interact"] / live).toFixed(2), "wanted: at least 3");
    }
    await Promise.all([proxy, gateway, down, ...(script ? [script] : [])].map((nginx) => servers.stop(nginx)));
    return base;
}

/** As most shops are: mostly idle, so that each event wakes whoever has to do with it. */
async function compareRare(servers) {
    const proxy = await servers.startProxy();
    const gateway = await servers.startGateway("rare");
    const pauses = { pause: pauseFor(RARE_RATE, RARE_CONNECTIONS), connections: RARE_CONNECTIONS };
    const length = Math.max(seconds, 4);
    const turn = (nginx, options) => () => cost(nginx, () => sendEvents(nginx.port, "interact", options));
    const results = await takeTurns(rounds, {
        "gateway, at load": turn(gateway, { seconds }),
        "proxy_pass, 50 a second": turn(proxy, { ...pauses, seconds: length }),
        "gateway, 50 a second": turn(gateway, { ...pauses, seconds: length }),
    });
    const [busy, base, rare] = Object.entries(results).map(([name, values]) => reportCost(name, values));
    line("gateway, 50 a second / at load", (rare / busy).toFixed(2), "wanted: at most 1.5");
    line("interact / proxy_pass, 50 a second", (rare / base).toFixed(2), "");
    await Promise.all([proxy, gateway].map((nginx) => servers.stop(nginx)));
}

/** As much is delivered as is accepted. */
async function sustain(servers) {
    const proxy = await servers.startProxy();
    const { base: turns } = await takeTurns(rounds,
        { base: () => cost(proxy, () => sendEvents(proxy.port, "interact", { seconds })) });
    const base = reportCost("proxy_pass", turns);
    await servers.stop(proxy);
    const gateway = await servers.startGateway("sustained");
    const rate = 0.25 * (1e6 / base);
    const pauses = { pause: pauseFor(rate, VISITORS), connections: VISITORS };
    await sendEvents(gateway.port, "collect", { ...pauses, seconds: 1 });
    await pause(500);
    const before = await servers.delivered();
    const result = await cost(gateway, () =>
        sendEvents(gateway.port, "collect", { ...pauses, seconds: sustainedSeconds }));
    const left = result.requests - ((await servers.delivered()) - before);
    reportCost("gateway, collect, accepted and delivered", [result]);
    line("accepted a second", (result.requests / result.seconds).toFixed(0), `${left} not delivered yet at the end`);
    line("proxy_pass / collect, sustained", (base / result.total).toFixed(2), "wanted: at least 0.35");
    await servers.stop(gateway);
}

/**
 * The share of their throughput that pages keep beside events: a worker whose loop is busy all the time has as much
 * less for pages as the loop does beyond what the same pages cost alone.
 */
async function comparePages(gateway, events) {
    const pages = () => load({ url: `http://127.0.0.1:${gateway.port}/50.html`, seconds: Math.max(seconds, 2) });
    const { alone, beside } = await takeTurns(rounds, {
        alone: () => cost(gateway, pages),
        beside: () => cost(gateway, async () => (await Promise.all([pages(), events()]))[0]),
    });
    const page = median(alone.map((each) => each.threads.nginx));
    const taken = median(beside.map((each) => ((each.threads.nginx - page) * each.requests) / each.seconds));
    line("a page of 50 KB, alone", microseconds(page), "of the loop's time");
    line("throughput of pages beside these events", (1 - taken / 1e6).toFixed(3),
        `of that without: they take ${(taken / 1e3).toFixed(1)} ms of a second; wanted: at least 0.97`);
}

async function outage(servers) {
    const gateway = await servers.startGateway("outage", { edgePort: servers.facts.deadPort });
    const events = (connections = 25) => sendEvents(gateway.port, "interact",
        { seconds: Math.max(seconds, 2), connections, pause: pauseFor(OUTAGE_RATE, connections) });
    await events();
    const { p50, p99, requests, seconds: took } = await events();
    const disk = syncTime(servers.directory);
    const noise = await load({ url: `http://127.0.0.1:${gateway.port}/8.html`, seconds: 2, connections: 25,
        script: "paced.lua", arguments: [pauseFor(OUTAGE_RATE, 25)] });
    line("interact, Edge is away: p50, p99", `${p50.toFixed(2)}, ${milliseconds(p99)}`,
        `at ${(requests / took).toFixed(0)} a second; the disk's sync: p50 ${disk.p50.toFixed(2)}, `
        + `p99 ${disk.p99.toFixed(2)} ms; wanted: p99 below ${(5 + disk.p99).toFixed(2)} ms`);
    line("a page at the same rate: p50, p99", `${noise.p50.toFixed(2)}, ${milliseconds(noise.p99)}`,
        "what this machine adds");
    await comparePages(gateway, events);
    await servers.stop(gateway);
}

const describeLive = ({ p50, p99 }) => `p50 ${p50.toFixed(2)}, p99 ${p99.toFixed(2)} ms`;

async function fill(servers, name) {
    const gateway = await servers.startGateway(name);
    const begin = Date.now();
    let entries = 0;
    while (entries < backlog) {
        const rate = Math.min(Math.max(backlog - entries, 500), 5000);
        const { requests } = await sendEvents(gateway.port, "collect",
            { seconds: 1, connections: CONNECTIONS, pause: pauseFor(rate, CONNECTIONS) });
        entries += requests;
    }
    await servers.stop(gateway);
    await pause(Math.max(0, BACKLOG_AGE * 1000 + 1000 - (Date.now() - begin)));
    return entries;
}

/** What is in the queue when a worker starts is delivered beside live requests. */
async function drain(servers, edge) {
    const name = "drain";
    const live = (gateway, length) => sendEvents(gateway.port, "interact",
        { seconds: length, connections: 20, pause: pauseFor(LIVE_RATE, 20) });
    let gateway = await servers.startGateway(name);
    const before = await live(gateway, 5);
    const memory = gateway.peakMemory();
    await servers.stop(gateway);
    await servers.stop(edge);
    const entries = await fill(servers, name);
    const edgeAgain = await servers.startEdge("edge_again");
    servers.asked = 0;
    gateway = await servers.startGateway(name);
    const begin = Date.now();
    let liveRequests = 0;
    let worst = { p50: 0, p99: 0 };
    let delivered = 0;
    const processor = gateway.cpu();
    while (delivered < entries && Date.now() - begin < 3000 * (entries / 1000) + 30000) {
        const during = await live(gateway, 3);
        liveRequests += during.requests;
        delivered = (await servers.delivered()) - liveRequests;
        if (delivered < entries || worst.p99 === 0) {
            worst = { p50: Math.max(worst.p50, during.p50), p99: Math.max(worst.p99, during.p99) };
        }
    }
    const took = (Date.now() - begin) / 1000;
    line("entries delivered after a start", String(delivered),
        `of ${entries}, ${(delivered / took).toFixed(0)} a second and more`);
    const each = (gateway.cpu() - processor) / (delivered + liveRequests);
    line("the worker's CPU time for an entry", microseconds(each * 1e6), `live requests (${liveRequests}) included`);
    line("peak memory of the worker", `${(gateway.peakMemory() / 1024).toFixed(1)} MB`,
        `without a backlog ${(memory / 1024).toFixed(1)} MB`);
    line("live interact before", describeLive(before), "");
    line("live interact meanwhile, the worst 3 s", describeLive(worst), "");
    await servers.stop(gateway);
    await servers.stop(edgeAgain);
}

function measureRewriting() {
    console.log(execFileSync(rewriteCost, { encoding: "utf8" }).trimEnd());
}

async function main() {
    const scripts = dirname(fileURLToPath(import.meta.url));
    const servers = new Servers({ program, module: resolve(module), jsModule: resolve(jsModule), scripts });
    try {
        await servers.prepare();
        const edge = await servers.startEdge("edge");
        console.log(`\nEvents of 2.8 KB: CPU time of the worker, median of ${rounds} turns of ${seconds} s`);
        const all = {
            "rewriting": () => measureRewriting(),
            "costs": () => compareCosts(servers),
            "rare": () => compareRare(servers),
            "sustained": () => sustain(servers),
            "outage": () => outage(servers),
            "drain": () => drain(servers, edge),
        };
        for (const [name, measure] of Object.entries(all)) {
            if (name.includes(only)) {
                console.log(`\n${name}`);
                await measure();
            }
        }
    } finally {
        await servers.end();
    }
}

await main();
