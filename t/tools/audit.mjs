#!/usr/bin/env node
// What became of every event that visitors.mjs has sent: is each acknowledged one with Edge, among the dead
// letters, or refused by Edge for what is in it?
//
//   node t/tools/audit.mjs --sent JOURNAL --received JOURNAL --queue DIRECTORY[,DIRECTORY...] [--gone DIRECTORY]
//
// `sent` is the journal of visitors.mjs, `received` that of the Edge stand-in. Prints one JSON object: numbers, and
// lists (of at most a few) of what should not be.

import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, realpathSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const shown = 20;

/** The objects of a journal, which may still be written: without what has no end yet. */
export function linesOf(file) {
    const text = readFileSync(file, "utf8");
    return text.slice(0, text.lastIndexOf("\n") + 1).split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

function query(file, sql) {
    const text = execFileSync("sqlite3", ["-json", file, sql], { encoding: "utf8", maxBuffer: 1 << 30 });
    return text ? JSON.parse(text) : [];
}

/** The files of queues, and the table of each in which its entries wait: `[file, table]`. */
function filesOf(directories) {
    const tables = { "consent.db": "consents", "orders.db": "orders" };
    return directories.flatMap((directory) =>
        readdirSync(directory).filter((name) => name.endsWith(".db")).map((name) =>
            [path.join(directory, name), tables[name] ?? "entries"]));
}

/** The request IDs and the marks of what a table of a file holds, a list for each row. */
function marksIn(file, table) {
    return query(file, `SELECT target, CAST(body AS TEXT) AS body FROM ${table}`).map(({ target, body }) => [
        new URLSearchParams(target.split("?")[1]).get("requestId"),
        ...(JSON.parse(body).events ?? []).map(({ xdm }) => xdm.eventType),
    ]);
}

/** What the files of queues hold: how many entries wait, and the marks and request IDs of dead letters. */
function readQueues(directories) {
    const queue = { waiting: 0, deadLetters: 0, dead: new Set() };
    for (const [file, table] of filesOf(directories)) {
        queue.waiting += query(file, `SELECT count(*) AS count FROM ${table}`)[0].count;
        for (const marks of marksIn(file, "dead_letters")) {
            queue.deadLetters += 1;
            marks.forEach((mark) => queue.dead.add(mark));
        }
    }
    return queue;
}

/** The request IDs and the marks of all that waits in a directory. */
export function waitingIn(directory) {
    return new Set(filesOf([directory]).flatMap(([file, table]) => marksIn(file, table)).flat());
}

/**
 * By mark: how often Edge took the event, how often it perhaps did (it gave no answer), under which `_id`s; and whether
 * it refused what is in it.
 */
function readDeliveries(received) {
    const deliveries = new Map();
    for (const { fate, status, events } of received) {
        for (const [id, mark] of events) {
            const delivery = deliveries.get(mark) ?? { taken: 0, perhaps: 0, refused: false, ids: new Set() };
            delivery.taken += fate === "taken";
            delivery.perhaps += fate === "unanswered";
            delivery.refused ||= fate === "refused" && status === 400;
            delivery.ids.add(id);
            deliveries.set(mark, delivery);
        }
    }
    return deliveries;
}

/** Visitors whose last word, as far as it was acknowledged, is not what Edge heard last. */
function wrongConsents(sent, received, dead) {
    const said = new Map();
    for (const { action, visitor, requestId, acknowledged } of sent) {
        if (action === "consent") {
            const words = said.get(visitor) ?? [];
            said.set(visitor, words);
            words.push({ requestId, acknowledged });
        }
    }
    const heard = received.filter(({ action, fate }) => action === "set-consent" && fate === "taken");
    const placeOf = new Map(heard.map(({ requestId }, place) => [requestId, place]));
    const wrong = [];
    for (const [visitor, words] of said) {
        const lastAcknowledged = words.findLastIndex(({ acknowledged }) => acknowledged);
        const places = words.map(({ requestId }) => placeOf.get(requestId) ?? -1);
        const lastHeard = places.indexOf(Math.max(...places));
        if (lastHeard < lastAcknowledged && !dead.has(words[lastAcknowledged].requestId)) {
            wrong.push({ visitor, expected: words[lastAcknowledged], heard: words[lastHeard] });
        }
    }
    return wrong;
}

/** What became of all that was sent; see at the top. */
export function audit(sent, received, queue, gone = new Set()) {
    const deliveries = readDeliveries(received);
    const requests = sent.filter(({ isRepeat }) => !isRepeat);
    const result = {
        requests: requests.length,
        repeats: sent.length - requests.length,
        acknowledgedRequests: requests.filter(({ acknowledged }) => acknowledged).length,
        refusals: sent.flatMap(({ answers }) => answers).filter((status) => status === 503).length,
        resets: sent.flatMap(({ answers }) => answers).filter((status) => status === 0).length,
        events: 0,
        acknowledged: 0,
        delivered: 0, // of those that were acknowledged
        taken: 0,
        twice: 0,
        perhapsTwice: 0,
        deadEvents: 0,
        refusedEvents: 0,
        deadLetters: queue.deadLetters,
        waiting: queue.waiting,
        goneEvents: 0,
    };
    const missing = [];
    const marks = new Set();
    for (const request of requests) {
        for (const mark of request.events) {
            marks.add(mark);
            const { taken, perhaps, refused } = deliveries.get(mark) ?? { taken: 0, perhaps: 0, refused: false };
            const isDead = queue.dead.has(mark);
            result.events += 1;
            result.acknowledged += request.acknowledged;
            result.delivered += request.acknowledged && taken > 0;
            result.taken += taken > 0;
            result.twice += taken > 1;
            result.perhapsTwice += taken + perhaps > 1;
            result.deadEvents += isDead;
            result.refusedEvents += taken === 0 && refused;
            const isMissing = request.acknowledged && taken === 0 && !isDead && !refused;
            result.goneEvents += isMissing && gone.has(mark);
            if (isMissing && !gone.has(mark)) {
                missing.push({ mark, ...request });
            }
        }
    }
    const manyIds = [...deliveries].filter(([mark, { ids }]) => marks.has(mark) && (ids.size > 1 || ids.has(null)));
    const strangers = [...deliveries.keys()].filter((mark) => !marks.has(mark));
    const consents = wrongConsents(sent, received, new Set([...queue.dead, ...gone]));
    return {
        ...result,
        missingCount: missing.length,
        missing: missing.slice(0, shown),
        manyIds: manyIds.slice(0, shown).map(([mark, { ids }]) => ({ mark, ids: [...ids] })),
        strangers: strangers.slice(0, shown),
        wrongConsents: consents.slice(0, shown),
    };
}

function main() {
    const text = { type: "string" };
    const { values } = parseArgs({ options: { sent: text, received: text, queue: text, gone: text } });
    const queue = readQueues(values.queue.split(","));
    const gone = values.gone ? waitingIn(values.gone) : new Set();
    console.log(JSON.stringify(audit(linesOf(values.sent), linesOf(values.received), queue, gone)));
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
    main();
}
