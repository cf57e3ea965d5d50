// What was received, newest last, in bounded memory; counted by request and by event.

import { EventEmitter, once } from "node:events";

import { eventsOf } from "./protocol.mjs";
import { parseCookies } from "./state.mjs";

const maxBytes = 64 * 1024 * 1024;
const maxCounted = 200000;

/** Counts by name; forgets the names that came first beyond a bound. */
class Counts {
    #counts = new Map();

    add(name) {
        const count = (this.#counts.get(name) ?? 0) + 1;
        this.#counts.set(name, count);
        if (this.#counts.size > maxCounted) {
            this.#counts.delete(this.#counts.keys().next().value);
        }
        return count;
    }

    toJSON() {
        return Object.fromEntries(this.#counts);
    }
}

function parse(text) {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** What became of a request, for its events. */
function outcome({ answer, consent, action }) {
    if (!answer) {
        return "pending";
    }
    if (answer.aborted) {
        return "unanswered";
    }
    if (answer.status >= 300) {
        return "refused";
    }
    return consent === "out" && action !== "set-consent" ? "no-consent" : "accepted";
}

export class Record extends EventEmitter {
    #entries = [];
    #bytes = 0;
    #last = 0;
    #received = 0;
    #forgotten = 0; // entries up to this number count no more
    #keep;
    #counts;

    constructor(keep) {
        super();
        this.setMaxListeners(0);
        this.#keep = keep;
        this.#reset();
    }

    #reset() {
        this.#received = 0;
        this.#counts = {
            requestIds: new Counts(),
            eventIds: new Counts(),
            acceptedEventIds: new Counts(),
            actions: new Counts(),
            statuses: new Counts(),
        };
    }

    /** Notes a request as it arrives; returns its entry, to be settled later. */
    add(entry) {
        this.#received += 1;
        this.#last += 1;
        const noted = { number: this.#last, time: new Date().toISOString(), ...entry };
        if (entry.requestId) {
            noted.attempt = this.#counts.requestIds.add(entry.requestId);
        }
        if (entry.action) {
            this.#counts.actions.add(entry.action);
        }
        noted.eventIds = entry.action ? this.#eventIds(entry.text) : [];
        for (const id of noted.eventIds) {
            this.#counts.eventIds.add(id);
        }
        this.#entries.push(noted);
        this.#bytes += entry.text.length;
        while (this.#entries.length > this.#keep || this.#bytes > maxBytes) {
            this.#bytes -= this.#entries.shift().text.length;
        }
        this.emit("change");
        return noted;
    }

    #eventIds(text) {
        return eventsOf(parse(text))
            .map((event) => event?.xdm?._id)
            .filter((id) => id !== undefined);
    }

    /** Notes what an entry was answered: `{status, aborted, ...}`. */
    settle(entry, answer) {
        entry.answer = answer;
        if (entry.number <= this.#forgotten) {
            return;
        }
        this.#counts.statuses.add(answer.aborted ? "unanswered" : answer.status);
        if (outcome(entry) === "accepted") {
            for (const id of entry.eventIds) {
                this.#counts.acceptedEventIds.add(id);
            }
        }
        this.emit("change");
    }

    clear() {
        this.#forgotten = this.#last;
        this.#entries = [];
        this.#bytes = 0;
        this.#reset();
    }

    counts() {
        return { received: this.#received, kept: this.#entries.length, ...this.#counts };
    }

    /** Full entries, oldest first. `filter` holds wanted values as texts: `{action, datastream, ...}`. */
    requests(filter = {}) {
        return this.#matching(filter).map((entry) => {
            const body = parse(entry.text);
            return {
                ...entry,
                outcome: outcome(entry),
                body,
                entries: body?.meta?.state?.entries ?? [],
                cookies: parseCookies(entry.headers.cookie),
            };
        });
    }

    /** One line an event; of the `newest` requests only, where that is given. */
    events(filter = {}, newest = this.#keep) {
        return this.#matching(filter)
            .slice(-newest)
            .flatMap((entry) => {
                if (!entry.action) {
                    return [];
                }
                const common = {
                    action: entry.action,
                    datastream: entry.datastream,
                    requestId: entry.requestId,
                    attempt: entry.attempt,
                    outcome: outcome(entry),
                    time: entry.time,
                };
                return eventsOf(parse(entry.text)).map((event) => ({
                    eventType: event?.xdm?.eventType,
                    _id: event?.xdm?._id,
                    ecid: event?.xdm?.identityMap?.ECID?.[0]?.id ?? entry.ecid,
                    url: event?.xdm?.web?.webPageDetails?.URL,
                    order: event?.xdm?.commerce?.order?.purchaseID,
                    website: event?.xdm?.commerce?.commerceScope?.websiteCode,
                    timestamp: event?.xdm?.timestamp,
                    ...common,
                }));
            })
            .filter(({ eventType }) => filter.eventType === undefined || eventType === filter.eventType);
    }

    #matching(filter) {
        const wanted = ["action", "datastream", "requestId", "method", "path"].filter(
            (name) => filter[name] !== undefined,
        );
        const since = Number(filter.since ?? 0);
        return this.#entries.filter(
            (entry) => entry.number > since && wanted.every((name) => String(entry[name]) === filter[name]),
        );
    }

    /** Waits until `view()` has at least `count` items, at most `timeout` milliseconds; returns it then. */
    async atLeast(count, timeout, view) {
        const signal = AbortSignal.timeout(timeout);
        let items = view();
        while (items.length < count && !signal.aborted) {
            await once(this, "change", { signal }).catch(() => undefined);
            items = view();
        }
        return items;
    }
}
