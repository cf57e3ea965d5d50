#!/usr/bin/env node
// Compares the queue in RabbitMQ with the one in files, while Edge is away: CPU time of the worker for an event that is
// kept, how many are kept in a second, how long a page waits for it, and the worker's memory while a backlog grows.
// Three nodes of RabbitMQ share the machine's processors with everything else: their own time is not the worker's, but
// it bounds the rate.
//
//   BENCH_ROUNDS   how often each variant has its turn (5)
//   BENCH_SECONDS  how long a turn lasts (1)
//   BENCH_BACKLOG  how many entries wait in the end (200000)

import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { Servers, cost, line, milliseconds, pauseFor, reportCost, sendEvents, takeTurns } from "./event_bench.mjs";

const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const seconds = Number(process.env.BENCH_SECONDS ?? 1);
const backlog = Number(process.env.BENCH_BACKLOG ?? 200000);
const [program, module, brokerModule] = process.argv.slice(2);

const RATE = 500;
const CONNECTIONS = 32;
const FEW = 20000;

const here = dirname(fileURLToPath(import.meta.url));

/** Nodes of RabbitMQ, in a directory of theirs. */
class Rabbit {
    constructor(directory) {
        const port = String(20000 + 20 * Math.floor(Math.random() * 500));
        this.environment = { ...process.env, RABBITMQ_DIR: join(directory, "rabbit"), RABBITMQ_PORT: port };
        this.credentials = join(directory, "credentials");
        writeFileSync(this.credentials, "guest\nguest\n");
        chmodSync(this.credentials, 0o600);
    }

    run(...words) {
        const options = { env: this.environment, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] };
        return execFileSync(join(here, "../tools/rabbitmq.sh"), words, options);
    }

    /** For aep_queue. */
    get address() {
        const [, ports] = /RABBITMQ_PORTS='([\d ]+)'/.exec(this.run("environment"));
        const hosts = ports.split(" ").map((port) => `127.0.0.1:${port}`).join(",");
        return `amqp://${hosts} credentials=${this.credentials} spool=off`;
    }

    /** How many entries wait. */
    waiting() {
        const lines = this.run("ctl", "1", "-q", "list_queues", "name", "messages").split("\n");
        return lines.filter((each) => each.includes(".lane.")).reduce((sum, each) => sum + Number(each.split("\t")[1]), 0);
    }
}

/** In MB. */
function memoryOf(gateway) {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.worker}/status`, "utf8"));
    return Number(kilobytes) / 1024;
}

const keep = (gateway, more) => sendEvents(gateway.port, "collect", { seconds, connections: CONNECTIONS, ...more });
const isReached = async (gateway) => {
    for (let attempt = 0; attempt < 300; attempt += 1) {
        try {
            await keep(gateway, { seconds: 1, connections: 1, pause: 200 });
            return;
        } catch {
            await pause(200);
        }
    }
    throw new Error("the broker takes nothing");
};

async function compareCosts(files, broker) {
    const turn = (gateway) => () => cost(gateway, () => keep(gateway));
    const results = await takeTurns(rounds, { "kept in files": turn(files), "kept in the broker": turn(broker) });
    const medians = Object.entries(results).map(([name, values]) => reportCost(name, values));
    for (const [name, values] of Object.entries(results)) {
        const rates = values.map((each) => each.requests / each.seconds).sort((a, b) => a - b);
        line(`${name}: events a second`, rates[Math.floor(rates.length / 2)].toFixed(0),
            `p99 ${milliseconds(values[0].p99)} at that rate, ${CONNECTIONS} at a time`);
    }
    line("CPU time, files / broker", (medians[0] / medians[1]).toFixed(2));
}

async function compareWaits(files, broker) {
    for (const [name, gateway] of [["files", files], ["the broker", broker]]) {
        const pace = { pause: pauseFor(RATE, CONNECTIONS) };
        await keep(gateway, { ...pace, seconds: 2 });
        const { p50, p99, requests, seconds: took } = await keep(gateway, { ...pace, seconds: Math.max(5, seconds) });
        line(`${name}: p50, p99`, `${p50.toFixed(2)}, ${milliseconds(p99)}`, `at ${(requests / took).toFixed(0)} a second`);
    }
}

async function fill(gateway, rabbit) {
    let few = 0;
    for (let waiting = rabbit.waiting(); waiting < backlog; waiting = rabbit.waiting()) {
        await keep(gateway, { seconds: 5 });
        few ||= waiting >= FEW ? memoryOf(gateway) : 0;
    }
    line(`the worker's memory, ${FEW} wait in the broker`, `${few.toFixed(1)} MB`);
    line(`the worker's memory, ${rabbit.waiting()} wait`, `${memoryOf(gateway).toFixed(1)} MB`);
}

async function main() {
    const servers = new Servers({ program, module: resolve(module), scripts: here });
    let rabbit;
    try {
        await servers.prepare();
        rabbit = new Rabbit(servers.directory);
        rabbit.run("start", "3");
        const edgePort = servers.facts.deadPort;
        const files = await servers.startGateway("files", { edgePort });
        const broker = await servers.startGateway("broker",
            { edgePort, queue: rabbit.address, load: [resolve(brokerModule)] });
        await isReached(broker);
        console.log(`\nEvents of 2.8 KB, Edge is away, median of ${rounds} turns of ${seconds} s`);
        await compareCosts(files, broker);
        await compareWaits(files, broker);
        await fill(broker, rabbit);
    } finally {
        rabbit?.run("stop");
        await servers.end();
    }
}

await main();
