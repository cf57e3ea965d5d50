#!/usr/bin/env node
// Compares what a request costs: with plain nginx, a module that does nothing, sub_filter (alone, and between
// gunzip and gzip), and this module.
//
// What counts is the worker's own CPU time per request (all its threads, user and system), because it hardly
// depends on who else uses the machine; and of that the ratio within one run, in which the variants take turns.
// The rate stands beside it for large pages: over the loopback interface the kernel does a part of the client's work
// in the worker's time, and how large a part is decided by who is awake when.
//
// Then compares what a request costs in memory while it is held open (memory.mjs).
//
//   BENCH_ROUNDS   how often each variant has its turn (5)
//   BENCH_SECONDS  how long a turn lasts (1)
//   BENCH_ONLY     a part of the names of the scenarios to run

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { freePort } from "../tools/free_port.mjs";
import { load, median } from "./load.mjs";
import { CONNECTIONS, heldPages, memoryPerRequest, startStallingShop } from "./memory.mjs";
import { writePages } from "./pages.mjs";
import { scenarios, upstream, variants } from "./scenarios.mjs";
import { Nginx, makeCertificate } from "./servers.mjs";

const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const seconds = Number(process.env.BENCH_SECONDS ?? 1);
const only = process.env.BENCH_ONLY ?? "";
const [program, module, benchModules] = process.argv.slice(2);

/** One turn: microseconds of the worker's time per request, and requests per second. */
async function measure(nginx, scenario, port) {
    const url = `${scenario.tls ? "https" : "http"}://127.0.0.1:${port}${scenario.path}`;
    const before = nginx.cpu();
    const { requests, seconds: time } = await load({ url, seconds, headers: scenario.headers });
    return { cost: ((nginx.cpu() - before) / requests) * 1e6, rate: requests / time };
}

const costs = (turns) => turns.map(({ cost }) => cost);

function report(scenario, results) {
    const base = median(costs(results.plain));
    console.log(`\n${scenario.name}`);
    for (const [name, turns] of Object.entries(results)) {
        const value = median(costs(turns));
        const spread = `${Math.min(...costs(turns)).toFixed(1)} to ${Math.max(...costs(turns)).toFixed(1)}`;
        const rate = `${Math.round(median(turns.map((turn) => turn.rate)))}/s`;
        const ratio = name === "plain" ? "" : `plain / ${name}: ${(base / value).toFixed(2)}`;
        console.log(`  ${name.padEnd(11)} ${value.toFixed(1).padStart(8)} us   (${spread})   ${rate}   ${ratio}`.trimEnd());
    }
    for (const other of ["sub_filter", "gunzip_gzip"].filter((name) => results[name] && results.module)) {
        const ratio = median(costs(results[other])) / median(costs(results.module));
        console.log(`  ${other} / module: ${ratio.toFixed(2)}`);
    }
}

/** Bytes per held request, with a new worker for each measurement. */
async function compareMemory({ pages, variants: all, start }) {
    const stallingPort = await freePort();
    const stop = await startStallingShop(stallingPort);
    try {
        for (const page of heldPages({ pages, stallingPort }).filter(({ name }) => name.includes(only))) {
            console.log(`\n${page.name}`);
            let base;
            for (const name of Object.keys(page.variants)) {
                const values = [];
                for (let round = 0; round < Math.min(rounds, 3); round += 1) {
                    page.ports = { [name]: await freePort() };
                    const block = serverBlock(page, all[name], name);
                    const nginx = await start({
                        name: `memory-${name}`,
                        load: all[name].load,
                        core: 0,
                        connections: CONNECTIONS,
                        http: [all[name].http, block].join("\n"),
                    });
                    values.push(await memoryPerRequest(nginx.worker, page.ports[name], page.path));
                    await nginx.stop();
                }
                const value = median(values);
                base ??= value;
                const more = name === "plain" ? "" : `   ${name} - plain: ${Math.round(value - base)}`;
                console.log(`  ${name.padEnd(11)} ${value.toFixed(0).padStart(8)} bytes${more}`);
            }
        }
    } finally {
        await stop();
    }
}

function serverBlock(scenario, variant, name) {
    const options = scenario.listen ?? (scenario.tls ? "ssl" : "");
    return `    server { listen 127.0.0.1:${scenario.ports[name]} ${options}; server_name shop.example; ${scenario.server} ${variant.server} }`;
}

async function main() {
    const directory = mkdtempSync(join(tmpdir(), "aep-bench-"));
    const running = [];
    try {
        const pages = join(directory, "pages");
        writePages(pages);
        execFileSync("chmod", ["-R", "a+rX", directory]);
        const upstreamPort = await freePort();
        const facts = { pages, upstreamPort, ...makeCertificate(directory) };
        const { upstream: upstreamBlock, list } = scenarios(facts);
        const wanted = list.filter(({ name }) => name.includes(only));
        const all = variants({ module: resolve(module), benchModules: resolve(benchModules), edgePort: upstreamPort });
        for (const scenario of wanted) {
            scenario.ports = {};
            for (const name of Object.keys(scenario.variants)) {
                scenario.ports[name] = await freePort();
            }
        }
        const start = async (settings) => {
            const nginx = new Nginx({ directory, program, ...settings });
            running.push(nginx);
            await nginx.start();
            return nginx;
        };
        await start({ name: "upstream", load: [], core: 1, http: upstream({ pages, port: upstreamPort }) });
        const servers = {};
        for (const [name, variant] of Object.entries(all)) {
            const blocks = wanted
                .filter((scenario) => scenario.variants[name])
                .map((scenario) => serverBlock(scenario, variant, name));
            servers[name] = await start({
                name,
                load: variant.load,
                core: 0,
                http: [upstreamBlock, variant.http, ...blocks].join("\n"),
            });
        }
        console.log(`CPU time of the worker per request, median of ${rounds} turns of ${seconds} s, wrk with 32 connections`);
        for (const scenario of wanted) {
            const results = Object.fromEntries(Object.keys(scenario.variants).map((name) => [name, []]));
            for (let round = 0; round <= rounds; round += 1) {
                for (const name of Object.keys(results)) {
                    const value = await measure(servers[name], scenario, scenario.ports[name]);
                    if (round > 0) {
                        results[name].push(value); // the first round warms up
                    }
                }
            }
            report(scenario, results);
        }
        console.log("\nMemory of the worker per request that is held open after the page's head was sent");
        await compareMemory({ pages, variants: all, start });
    } finally {
        await Promise.all(running.map((nginx) => nginx.stop()));
        rmSync(directory, { recursive: true, force: true });
    }
}

await main();
