#!/usr/bin/env node
// What became of every event that visitors.mjs has sent: is each acknowledged one with Edge, among the dead
// letters, or refused by Edge for what is in it?
//
//   node t/tools/audit.mjs --sent JOURNAL --received JOURNAL --queue DIRECTORY[,DIRECTORY...] [--gone DIRECTORY]
//
// `sent` is the journal of visitors.mjs, `received` that of the Edge stand-in. Prints one JSON object: numbers, and
// lists (of at most a few) of what should not be.

import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

const shown = 20;

const linesOf = (file) =>
    readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));

function query(file, sql) {
    const text = execFileSync("sqlite3", ["-json", file, sql], { encoding: "utf8", maxBuffer: 1 << 30 });
    return text ? JSON.parse(text) : [];
}

const tableOf = (file) => ({ "consent.db": "consents", "orders.db": "orders" })[path.basename(file)] ?? "entries";
const databases = (directory) => readdirSync(directory)
    .filter((name) => name.endsWith(".db")).map((name) => path.join(directory, name));

/** Marks and request IDs of what waited in the files of a node that is gone with its disk. */
function readGone(directory) {
    const gone = new Set();
    for (const file of directory === undefined ? [] : databases(directory)) {
        for (const { target, body } of query(file, `SELECT target, CAST(body AS TEXT) AS body FROM ${tableOf(file)}`)) {
            gone.add(new URLSearchParams(target.split("?")[1]).get("requestId"));
            JSON.parse(body).events?.forEach(({ xdm }) => gone.add(xdm.eventType));
        }
    }
    return gone;
}

/** What the files of queues hold: how many entries wait, and the marks and request IDs of dead letters. */
function readQueues(directories) {
    const queue = { waiting: 0, deadLetters: 0, dead: new Set() };
    for (const file of directories.flatMap(databases)) {
        queue.waiting += query(file, `SELECT count(*) AS count FROM ${tableOf(file)}`)[0].count;
        for (const { target, body } of query(file, "SELECT target, CAST(body AS TEXT) AS body FROM dead_letters")) {
            queue.deadLetters += 1;
            queue.dead.add(new URLSearchParams(target.split("?")[1]).get("requestId"));
            JSON.parse(body).events?.forEach(({ xdm }) => queue.dead.add(xdm.eventType));
        }
    }
    return queue;
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

function audit(sent, received, queue, gone) {
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

const text = { type: "string" };
const { values } = parseArgs({ options: { sent: text, received: text, queue: text, gone: text } });
const queues = readQueues(values.queue.split(","));
console.log(JSON.stringify(audit(linesOf(values.sent), linesOf(values.received), queues, readGone(values.gone))));
