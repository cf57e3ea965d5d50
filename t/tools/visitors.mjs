#!/usr/bin/env node
// Visitors of a shop, all at once and for as long as it takes: they send events as alloy does, and note what became
// of each of them.
//
//   node t/tools/visitors.mjs --port PORT[,PORT...] --journal FILE --rate EVENTS_A_SECOND [--repeats SHARE]
//       [--undecided VISITORS]
//
// Besides those who shop there are some (20) who do nothing but change their minds on consent, at most 57 times a
// second altogether.
//
// `repeats` is the share of acknowledged requests that are sent again, as by a page that did not hear the answer; 0.02.
// The journal gets a line of JSON for each request once its last answer is there: `requestId`, `action`, `visitor`,
// `isRepeat`, the marks of its `events` (their xdm.eventType; no two are the same), `acknowledged` (some answer was a
// success), its `answers` (statuses, 0 where there was none), `time`, and how many events were `sent` by then. SIGTERM
// ends it, after the answers that are still awaited; then it prints how many requests it has noted.

import { randomUUID } from "node:crypto";
import { openSync, writeSync } from "node:fs";
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

const shop = { host: "shop.example", origin: "https://shop.example" };
const visitorCount = 300;
const undecidedCount = 20;
const maxUnanswered = 1000;
const patience = 15000;
const maxRetries = 3; // as alloy's
const eventsPerRequest = 2;

const agent = new http.Agent({ keepAlive: true, maxSockets: 200 });
const random = (count) => Math.floor(Math.random() * count);

/** Someone with cookies. */
class Visitor {
    #cookies = new Map();

    constructor(number) {
        this.number = number;
    }

    get cookieHeader() {
        return ["cart=1", ...[...this.#cookies].map((pair) => pair.join("="))].join("; ");
    }

    take(setCookies = []) {
        for (const text of setCookies) {
            const [, name, value] = /^([^=]+)=([^;]*)/.exec(text);
            this.#cookies.set(name, value);
        }
    }
}

/** Sends a request; gives status and Retry-After (seconds), 0 where there is no answer. */
function post(port, visitor, path, body) {
    return new Promise((resolve) => {
        const headers = {
            ...shop,
            "sec-fetch-site": "same-origin",
            "content-type": "text/plain; charset=UTF-8",
            "content-length": Buffer.byteLength(body),
            "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0.0.0",
            "cookie": visitor.cookieHeader,
        };
        const request = http.request({ agent, host: "127.0.0.1", port, method: "POST", path, headers });
        const fail = () => resolve({ status: 0, retryAfter: 0 });
        request.setTimeout(patience, () => request.destroy());
        request.on("error", fail);
        request.on("response", (response) => {
            visitor.take(response.headers["set-cookie"]);
            const retryAfter = Number(response.headers["retry-after"] ?? 0);
            response.on("error", fail);
            response.on("end", () => resolve({ status: response.statusCode, retryAfter }));
            response.resume();
        });
        request.end(body);
    });
}

let marks = 0;

/** Half of the events have an `_id` of their own, as the collector's; now and then one is large. */
function event() {
    marks += 1;
    const products = Array.from({ length: marks % 200 === 0 ? 150 : 1 + random(3) }, (_, index) => ({
        SKU: `24-MB0${index}`,
        name: "Joust Duffle Bag",
        priceTotal: 34.99,
        quantity: 1,
    }));
    return {
        xdm: {
            ...(marks % 2 && { _id: randomUUID() }),
            eventType: `visitors.${marks}`,
            timestamp: new Date().toISOString(),
            productListItems: products,
        },
    };
}

const events = () => Array.from({ length: 1 + random(2 * eventsPerRequest - 1) }, event);
const meta = { state: { domain: "shop.example", cookiesEnabled: true } };
const query = { identity: { fetch: ["ECID"] } };

const kinds = {
    interact: ["interact", () => ({ meta, query, events: events() })],
    collect: ["collect", () => ({ meta, events: events() })],
    acquire: ["identity/acquire", () => ({ meta, query })],
    consent: [
        "privacy/set-consent",
        () => ({
            meta,
            query,
            consent: [{ standard: "Adobe", version: "1.0", value: { general: random(2) ? "in" : "out" } }],
        }),
    ],
};

class Crowd {
    #ports;
    #journal;
    #repeats;
    #unanswered = 0;
    #noted = 0;
    #sent = 0;
    #isEnding = false;

    constructor(ports, journal, repeats) {
        this.#ports = ports;
        this.#journal = openSync(journal, "a");
        this.#repeats = repeats;
    }

    get noted() {
        return this.#noted;
    }

    /** Sends a new request, and repeats it as alloy does. Resolves when the last answer is there. */
    async send(visitor, kind) {
        const [name, makeBody] = kinds[kind];
        const requestId = randomUUID();
        const body = makeBody();
        const path = `/ee/v1/${name}?configId=any&requestId=${requestId}`;
        const request = { requestId, action: kind, visitor: visitor.number, isRepeat: false };
        request.events = (body.events ?? []).map(({ xdm }) => xdm.eventType);
        this.#unanswered += 1;
        const acknowledged = await this.#deliver(visitor, path, JSON.stringify(body), request);
        if (acknowledged && kind !== "consent" && Math.random() < this.#repeats) {
            await sleep(random(2000));
            await this.#deliver(visitor, path, JSON.stringify(body), { ...request, isRepeat: true });
        }
        this.#unanswered -= 1;
    }

    async #deliver(visitor, path, text, request) {
        const answers = [];
        const isSuccess = (status) => status >= 200 && status < 300;
        while (answers.length <= maxRetries) {
            const { status, retryAfter } = await post(this.#ports[random(this.#ports.length)], visitor, path, text);
            answers.push(status);
            if (status !== 0 && status !== 503) {
                break;
            }
            await sleep(status === 0 ? 100 : Math.min(retryAfter, 2) * 1000);
        }
        const acknowledged = answers.some(isSuccess);
        this.#noted += 1;
        this.#sent += request.isRepeat ? 0 : request.events.length;
        const line = { ...request, acknowledged, answers, time: Date.now(), sent: this.#sent };
        writeSync(this.#journal, `${JSON.stringify(line)}\n`);
        return acknowledged;
    }

    /** Sends new requests of many visitors at an even rate. */
    async wander(rate) {
        const visitors = Array.from({ length: visitorCount }, (_, number) => new Visitor(number));
        const pause = 20; // ms
        let owed = 0;
        for (let last = performance.now(); !this.#isEnding; await sleep(pause)) {
            const now = performance.now();
            owed = Math.min(owed + ((now - last) / 1000) * rate, rate);
            last = now;
            for (; owed > 0 && this.#unanswered < maxUnanswered; owed -= eventsPerRequest) {
                const chance = Math.random();
                const kind = chance < 0.03 ? "acquire" : chance < 0.55 ? "interact" : "collect";
                this.send(visitors[random(visitorCount)], kind);
            }
        }
    }

    /** One visitor who says yes or no, waits for the answer, and thinks again. */
    async decide(number, count) {
        const visitor = new Visitor(number);
        const pause = () => this.#rest((500 + random(2500)) * Math.max(1, count / 100));
        if (count > undecidedCount) {
            await pause();
        }
        await this.send(visitor, "acquire");
        while (!this.#isEnding) {
            await this.send(visitor, "consent");
            await pause();
        }
    }

    /** Less when the end comes. */
    async #rest(milliseconds) {
        const end = performance.now() + milliseconds;
        for (let left = milliseconds; left > 0 && !this.#isEnding; left = end - performance.now()) {
            await sleep(Math.min(left, 1000));
        }
    }

    end() {
        this.#isEnding = true;
    }

    async settled() {
        while (this.#unanswered > 0) {
            await sleep(50);
        }
    }
}

async function main() {
    const text = { type: "string" };
    const repeats = { ...text, default: "0.02" };
    const { values } = parseArgs({ options: { port: text, journal: text, rate: text, repeats, undecided: text } });
    const undecided = Number(values.undecided ?? undecidedCount);
    const crowd = new Crowd(values.port.split(",").map(Number), values.journal, Number(values.repeats));
    process.on("SIGTERM", () => crowd.end());
    const numbers = Array.from({ length: undecided }, (_, index) => visitorCount + index);
    await Promise.all([
        crowd.wander(Number(values.rate)),
        ...numbers.map((number) => crowd.decide(number, undecided)),
    ]);
    await crowd.settled();
    console.log(crowd.noted);
    process.exit(0);
}

main();
