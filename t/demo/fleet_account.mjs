// What became of all that was acknowledged while brokers and nodes of nginx were killed.

import { existsSync } from "node:fs";

import { audit, linesOf, waitingIn } from "../tools/audit.mjs";
import { marksOf } from "./fleet_shoppers.mjs";

const nothing = { waiting: 0, deadLetters: 0 };

/** What became of one journal's events, as numbers. `lostSpool` are marks and request IDs that only a lost node had. */
function account(sent, received, lostSpool) {
    const dead = new Set(lostSpool);
    for (const { requestId, events } of sent) {
        if (lostSpool.has(requestId)) {
            events.forEach((mark) => dead.add(mark));
        }
    }
    const result = audit(sent, received, { ...nothing, dead });
    return {
        acknowledged: result.acknowledged,
        delivered: result.delivered,
        twice: result.twice,
        inLostSpool: result.acknowledged - result.delivered - result.missingCount,
        lost: result.missingCount,
        missing: result.missing,
        wrongConsents: result.wrongConsents,
        manyIds: result.manyIds,
    };
}

/** The deliveries of requests of the browser, with the marks of its events in place of their types. */
function deliveriesOfShoppers(received, journal) {
    const ours = new Set(journal.map(({ requestId }) => requestId));
    return received.filter(({ requestId }) => ours.has(requestId)).map((delivery) => {
        const marks = marksOf(delivery.requestId, delivery.events.length);
        return { ...delivery, events: delivery.events.map(([id], place) => [id, marks[place]]) };
    });
}

/** The accounts of the shoppers and of the visitors by now, and how many visitors have had a say on consent. */
export function takeStock({ sent, received, lostSpool }, shoppers) {
    const inLostSpool = existsSync(lostSpool) ? waitingIn(lostSpool) : new Set();
    const deliveries = linesOf(received);
    const visits = linesOf(sent);
    const journal = shoppers.journal;
    const decided = visits.filter(({ action, acknowledged }) => action === "consent" && acknowledged);
    return {
        shoppers: account(journal, deliveriesOfShoppers(deliveries, journal), inLostSpool),
        visitors: account(visits, deliveries, inLostSpool),
        decisive: new Set(decided.map(({ visitor }) => visitor)).size,
    };
}

/** Whether nothing is under way any more. */
export function isSettled({ shoppers, visitors }) {
    return shoppers.lost === 0 && visitors.lost === 0 && visitors.wrongConsents.length === 0;
}

/** The lines of a table. */
export function tableOf({ shoppers, visitors }) {
    const columns = { acknowledged: "acknowledged", delivered: "delivered", twice: "twice",
        inLostSpool: "only in the lost spool", lost: "lost" };
    const sources = { "shoppers in a browser": shoppers, "other visitors": visitors };
    const cells = [
        ["events of", ...Object.values(columns)],
        ...Object.entries(sources).map(([name, numbers]) =>
            [name, ...Object.keys(columns).map((column) => String(numbers[column]))]),
    ];
    const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
    const line = (row) => `  ${row.map((cell, column) =>
        (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  ")}`;
    return [line(cells[0]), line(widths.map((width) => "-".repeat(width))), ...cells.slice(1).map(line)];
}
