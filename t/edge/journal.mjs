// A file with what was received: unlike the record it forgets nothing, and it outlives the process.

import { openSync, writeSync } from "node:fs";

import { eventsOf } from "./protocol.mjs";

function parse(text) {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

const hasNoBody = (status) => status === 204;

/** `taken`: and its sender is told so. */
function fate({ status }, { hang, reset } = {}) {
    if (status >= 300) {
        return "refused";
    }
    const isCut = [hang, reset].some((value) => value === true || (value === "body" && !hasNoBody(status)));
    return isCut ? "unanswered" : "taken";
}

export class Journal {
    #file;

    /** Writes to the end of a file. */
    constructor(path) {
        this.#file = openSync(path, "a");
    }

    /**
     * Notes a request before it is answered: `{time, action, requestId, fate, status, events}`, with
     * `[_id, eventType]` of each event. What has been answered is in the file, even when we are killed then.
     */
    note({ action, requestId, text }, answer, mode) {
        const events = eventsOf(parse(text)).map((event) => [event?.xdm?._id, event?.xdm?.eventType]);
        const line = { time: Date.now(), action, requestId, fate: fate(answer, mode), status: answer.status, events };
        writeSync(this.#file, `${JSON.stringify(line)}\n`);
    }
}
