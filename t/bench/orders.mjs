#!/usr/bin/env node
// Measures the way of a back office document: what it costs to take it in with a token, with a signature and as a line
// of NDJSON, compared with proxy_pass of the same request, and what its delivery costs. The worker's own CPU time, all
// its threads; the variants take turns.
//
//   BENCH_ROUNDS     how often each variant has its turn (5)
//   BENCH_DOCUMENTS  how many documents a turn has (1500)

import { createSign, generateKeyPairSync } from "node:crypto";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import { dirname, join, resolve } from "node:path";
import { execFileSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { freePort } from "../tools/free_port.mjs";
import { Servers, cost, line, reportCost, takeTurns } from "./event_bench.mjs";

const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const documents = Number(process.env.BENCH_DOCUMENTS ?? 1500);
const [program, module, mappingCost] = process.argv.slice(2);

const CONNECTIONS = 32;
const TOKEN = "token-of-the-shops-own-backend";
const sample = JSON.parse(readFileSync(
    join(dirname(fileURLToPath(import.meta.url)), "../backoffice/samples/01-order-placed-guest.json"), "utf8"));
delete sample.order.extension_attributes;

let last = 0;

/** A document of 3 KB that was never sent before. */
function nextDocument() {
    last += 1;
    sample.order.entity_id = last;
    sample.order.increment_id = String(last).padStart(9, "0");
    return JSON.stringify(sample);
}

/** Posts all bodies over a few connections. */
async function postAll(port, bodies, header) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const post = (body) => new Promise((done, failed) => {
        const request = http.request(
            { host: "127.0.0.1", port, path: "/orders", method: "POST", agent,
                headers: { "content-length": Buffer.byteLength(body), ...header(body) } },
            (answer) => {
                answer.resume().on("end", () =>
                    answer.statusCode < 300 ? done() : failed(new Error(`the answer is ${answer.statusCode}`)));
            });
        request.on("error", failed).end(body);
    });
    const left = [...bodies];
    await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
        for (let body = left.pop(); body !== undefined; body = left.pop()) {
            await post(body);
        }
    }));
    agent.destroy();
}

const json = { "content-type": "application/json" };
const withToken = () => ({ ...json, authorization: `Bearer ${TOKEN}` });

function intake({ port, edgePort, tokens, key, queue, certificate }) {
    return `
    aep_organization_id 0123456789ABCDEF01234567@AdobeOrg;
    aep_edge https://localhost:${edgePort};
    aep_edge_trusted_certificate ${certificate};
    aep_queue ${queue} max_size=8g;
    server {
        listen 127.0.0.1:${port};
        server_name shop.example;
        aep_datastream_id ebebf826-a01f-4458-8cec-ef61de241c93;
        aep_storefront_events off;
        aep_back_office_events on;
        client_max_body_size 0;
        client_body_buffer_size 64k;
        location = /orders { aep_back_office; aep_back_office_token ${tokens}; aep_back_office_public_key ${key}; }
    }`;
}

/** Something that takes the same requests and does nothing with them. */
function proxied({ port, sinkPort }) {
    return `
    upstream backend { server 127.0.0.1:${sinkPort}; keepalive 64; }
    server {
        listen 127.0.0.1:${port};
        client_body_buffer_size 64k;
        location / { proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ""; }
    }`;
}

/** Edge takes all of it. */
function sink({ port, tlsPort, certificate, key }) {
    return `
    server {
        listen 127.0.0.1:${port};
        listen 127.0.0.1:${tlsPort} ssl;
        ssl_certificate ${certificate};
        ssl_certificate_key ${key};
        client_body_buffer_size 128k;
        location / { return 204; }
    }`;
}

async function prepare(servers) {
    const { directory, facts } = servers;
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const tokens = join(directory, "tokens");
    const key = join(directory, "commerce.pem");
    writeFileSync(tokens, `${TOKEN}\n`);
    chmodSync(tokens, 0o600);
    writeFileSync(key, publicKey.export({ type: "spki", format: "pem" }));
    const [sinkPort, tlsPort, port, awayPort, proxyPort] =
        [await freePort(), await freePort(), await freePort(), await freePort(), await freePort()];
    await servers.start("sink", sink({ ...facts, port: sinkPort, tlsPort }), { core: 1 });
    const common = { certificate: facts.certificate, tokens, key };
    const start = async (name, settings, listens, load) =>
        Object.assign(await servers.start(name, settings, { load }), { port: listens });
    return {
        privateKey,
        proxy: await start("proxy_pass", proxied({ port: proxyPort, sinkPort }), proxyPort, []),
        away: await start("intake", intake({ ...common, port: awayPort, edgePort: facts.deadPort,
            queue: join(directory, "away") }), awayPort, [servers.module]),
        there: await start("delivery", intake({ ...common, port, edgePort: tlsPort, queue: join(directory, "there") }),
            port, [servers.module]),
    };
}

async function measure(servers) {
    const { privateKey, proxy, away, there } = await prepare(servers);
    const bodies = () => Array.from({ length: documents }, nextDocument);
    const turn = (nginx, send) => () => {
        const all = bodies();
        return cost(nginx, async () => {
            await send(nginx.port, all);
            return { requests: all.length };
        });
    };
    const sign = (body) =>
        createSign("RSA-SHA256").update(Buffer.from(body).toString("base64")).sign(privateKey, "base64");
    const single = (port, all) => postAll(port, all, withToken);
    const signed = (nginx) => () => {
        const all = bodies();
        const signatures = new Map(all.map((body) => [body, sign(body)]));
        const header = (body) => ({ ...json, "x-adobe-commerce-webhook-signature": signatures.get(body) });
        return cost(nginx, async () => {
            await postAll(nginx.port, all, header);
            return { requests: all.length };
        });
    };
    const lines = (port, all) => postAll(port, [`${all.join("\n")}\n`],
        () => ({ ...withToken(), "content-type": "application/x-ndjson" }));
    const delivered = async (port, all) => {
        await lines(port, all);
        await pause(1500); // until all of it is with Edge
    };
    const results = await takeTurns(rounds, {
        "proxy_pass": turn(proxy, single),
        "with a token": turn(away, single),
        "with a signature": signed(away),
        "as a line of NDJSON": turn(away, lines),
        "as a line of NDJSON, and delivered": turn(there, delivered),
    });
    const medians = Object.fromEntries(
        Object.entries(results).map(([name, values]) => [name, reportCost(name, values)]));
    const rate = (name, wanted) =>
        line(`documents a second of one core, ${name}`, (1e6 / medians[name]).toFixed(0), wanted);
    rate("with a token", "wanted: at least 5000");
    rate("with a signature", "wanted: at least 3000");
    rate("as a line of NDJSON", "wanted: at least 5000");
    rate("as a line of NDJSON, and delivered", "");
    line("with a token / proxy_pass", (medians["with a token"] / medians.proxy_pass).toFixed(2));
}

async function main() {
    const scripts = dirname(fileURLToPath(import.meta.url));
    const servers = new Servers({ program, module: resolve(module), jsModule: "", scripts });
    try {
        await servers.prepare();
        const bytes = nextDocument().length;
        console.log(`\nBack office documents of ${bytes} bytes: CPU time of the worker, median of ${rounds} turns`);
        const file = join(servers.directory, "document.json");
        writeFileSync(file, nextDocument());
        process.stdout.write(execFileSync(resolve(mappingCost), [file]));
        await measure(servers);
    } finally {
        await servers.end();
    }
}

await main();
