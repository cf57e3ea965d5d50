// What the measurements of events have in common: the servers, the load, and what it cost.

import { mkdtempSync, rmSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePort } from "../tools/free_port.mjs";
import * as settings from "./event_servers.mjs";
import { load, median } from "./load.mjs";
import { writePages } from "./pages.mjs";
import { Nginx, makeCertificate } from "./servers.mjs";

export const microseconds = (value) => `${value.toFixed(1)} us`;
export const milliseconds = (value) => `${value.toFixed(2)} ms`;

export function line(name, value, more = "") {
    console.log(`  ${name.padEnd(44)} ${value.padStart(12)}   ${more}`.trimEnd());
}

/** The pause of each connection with which so many of them make a rate. */
export const pauseFor = (rate, connections) => Math.round((connections / rate) * 1000);

/** Events to a server on that port; `pause`: ms of each connection between them. */
export function sendEvents(port, action, { pause = 0, ...more }) {
    return load({ url: `http://127.0.0.1:${port}`, script: "events.lua", arguments: [action, pause], ...more });
}

/** Microseconds of a worker for each of `requests`: all, and of each thread. */
function share(before, after, requests) {
    const threads = {};
    let total = 0;
    for (const [name, used] of Object.entries(after)) {
        threads[name] = ((used - (before[name] ?? 0)) / requests) * 1e6;
        total += threads[name];
    }
    return { total, threads };
}

/** What each request of a load costs a server. */
export async function cost(nginx, running) {
    const before = nginx.threads();
    const result = await running();
    return { ...result, ...share(before, nginx.threads(), result.requests) };
}

/** Turns of all variants, by name; the first warms up. */
export async function takeTurns(rounds, variants) {
    const results = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
    for (let round = 0; round <= rounds; round += 1) {
        for (const [name, measure] of Object.entries(variants)) {
            const value = await measure();
            if (round > 0) {
                results[name].push(value);
            }
        }
    }
    return results;
}

/** Prints a variant's cost; returns its median. */
export function reportCost(name, results) {
    const totals = results.map(({ total }) => total);
    const threads = Object.keys(results[0].threads);
    const parts = threads.map((each) => `${each} ${median(results.map((one) => one.threads[each])).toFixed(1)}`);
    const spread = `${Math.min(...totals).toFixed(1)} to ${Math.max(...totals).toFixed(1)}`;
    line(name, microseconds(median(totals)), `(${spread}) ${threads.length > 1 ? parts.join(", ") : ""}`);
    return median(totals);
}

/** The servers of a bench, below a directory of its own. */
export class Servers {
    constructor({ program, module, jsModule, scripts }) {
        Object.assign(this, { program, module, jsModule, scripts });
        this.directory = mkdtempSync(join(tmpdir(), "aep-bench-"));
        this.running = [];
    }

    async prepare() {
        this.pages = join(this.directory, "pages");
        writePages(this.pages);
        const certificate = makeCertificate(this.directory);
        execFileSync("chmod", ["-R", "a+rX", this.directory]);
        this.facts = { pages: this.pages, ...certificate };
        this.facts.edgePort = await freePort();
        this.facts.statusPort = await freePort();
        this.facts.deadPort = await freePort();
    }

    async start(name, http, { load: modules = [], core = 0 } = {}) {
        const { directory, program } = this;
        const nginx = new Nginx({ name, directory, program, load: modules, http, core });
        this.running.push(nginx);
        await nginx.start();
        return nginx;
    }

    startEdge(name) {
        return this.start(name, settings.edge({ ...this.facts, port: this.facts.edgePort }), { core: 1 });
    }

    async startProxy() {
        const port = await freePort();
        return Object.assign(await this.start("proxy_pass", settings.proxy({ ...this.facts, port })), { port });
    }

    async startScript() {
        const port = await freePort();
        const http = settings.script({ ...this.facts, port, directory: this.scripts });
        return Object.assign(await this.start("njs", http, { load: [this.jsModule] }), { port });
    }

    /**
     * `edgePort`: of another Edge, or of none. A gateway of the same name finds the other's queue, unless `queue` says
     * what aep_queue is to be; it may need more modules.
     */
    async startGateway(name, options = {}) {
        const { edgePort = this.facts.edgePort, queue = join(this.directory, name, "queue"), load: more = [] } = options;
        const port = await freePort();
        const http = settings.gateway({ ...this.facts, port, edgePort }, queue);
        return Object.assign(await this.start(name, http, { load: [this.module, ...more] }), { port });
    }

    async stop(nginx) {
        this.running = this.running.filter((one) => one !== nginx);
        await nginx.stop();
    }

    /** How many requests Edge has had. */
    async delivered() {
        const answer = await fetch(`http://127.0.0.1:${this.facts.statusPort}/`);
        const [, , requests] = /(\d+) (\d+) (\d+)/.exec(await answer.text()).slice(1).map(Number);
        this.asked = (this.asked ?? 0) + 1;
        return requests - this.asked;
    }

    async end() {
        await Promise.all(this.running.map((nginx) => nginx.stop()));
        rmSync(this.directory, { recursive: true, force: true });
    }
}
