// Behaviour on command: which answer a request gets instead of the usual one, and how it is sent.

import { problem, usualProblem } from "./problem.mjs";

const requestUnit = 8 * 1024;
const actionNames = ["*", "interact", "collect", "acquire", "set-consent", "media", "token"];

const isNumber = (value) => typeof value === "number" && Number.isFinite(value) && value >= 0;
const isBoolean = (value) => typeof value === "boolean";
const isText = (value) => typeof value === "string";
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isAnything = () => true;

/** Members of a mode: a check and what is said when it fails. */
const members = {
    action: [(value) => actionNames.includes(value), `one of ${actionNames.join(", ")}`],
    datastream: [isText, "a datastream ID: only requests for it"],
    containing: [isText, "a text: only requests whose body holds it"],
    times: [(value) => Number.isInteger(value) && value > 0, "how many requests it applies to"],
    status: [(value) => Number.isInteger(value) && value >= 200 && value <= 599, "a status from 200 to 599"],
    retryAfter: [
        (value) => isNumber(value) || isText(value) || (isObject(value) && isNumber(value.date)),
        'seconds, a text, or {"date": seconds from now}',
    ],
    body: [isAnything, "a text as it is, or JSON"],
    contentType: [isText, "a content type"],
    headers: [isObject, "an object of header names and values"],
    delay: [isNumber, "milliseconds before the answer"],
    hold: [isBoolean, "true or false: until the answers are released"],
    hang: [(value) => isBoolean(value) || value === "body", 'true, or "body": after half of the body'],
    reset: [(value) => isBoolean(value) || value === "body", 'true, or "body": after half of the body'],
    gzip: [isBoolean, "true or false"],
    chunked: [isBoolean, "true or false"],
    rateLimit: [isNumber, "request units (8 KB each) a second; more get 429"],
    expiresIn: [isNumber, "seconds that a new token is valid"],
};

/** Says what is wrong with a mode; undefined when nothing is. */
export function modeFault(mode) {
    if (!isObject(mode)) {
        return "a mode is a JSON object";
    }
    for (const [name, value] of Object.entries(mode)) {
        if (!members[name]) {
            return `"${name}" is not known; known are ${Object.keys(members).join(", ")}`;
        }
        const [isValid, expected] = members[name];
        if (!isValid(value)) {
            return `"${name}" is ${JSON.stringify(value)}, expected ${expected}`;
        }
    }
    return undefined;
}

/** The commanded modes. For one action they apply one after the other, each as often as `times` says. */
export class Modes {
    #modes = [];
    #windows = new WeakMap(); // of modes with a rate limit: the second they count in, and its request units

    /** Appends a mode. */
    add(mode) {
        this.#modes.push({ ...mode, action: mode.action ?? "*" });
    }

    /** Puts a mode in place of all others of its action. */
    replace(mode) {
        this.clear(mode.action ?? "*");
        this.add(mode);
    }

    /** Forgets the modes of an action, or all. */
    clear(action) {
        this.#modes = action ? this.#modes.filter((mode) => mode.action !== action) : [];
    }

    list() {
        return this.#modes;
    }

    /** The mode for a request, counted as used; one for just this action goes before one for all. */
    take(action, datastream, body) {
        const fits = (mode) => (mode.datastream === undefined || mode.datastream === datastream) &&
            (mode.containing === undefined || body.includes(mode.containing));
        const named = (name) => this.#modes.find((mode) => mode.action === name && fits(mode));
        const mode = named(action) ?? (action === "token" ? undefined : named("*"));
        if (!mode) {
            return undefined;
        }
        if (mode.times !== undefined && --mode.times === 0) {
            this.#modes.splice(this.#modes.indexOf(mode), 1);
        }
        return mode.rateLimit === undefined ? mode : this.#limited(mode, Buffer.byteLength(body));
    }

    /** Counts request units in windows of a second; what goes beyond becomes a 429. */
    #limited(mode, bytes) {
        const second = Math.floor(Date.now() / 1000);
        const last = this.#windows.get(mode);
        const used = last?.second === second ? last.units : 0;
        const units = used + Math.max(1, Math.ceil(bytes / requestUnit));
        this.#windows.set(mode, { second, units });
        return units <= mode.rateLimit ? mode : { ...mode, status: 429, retryAfter: mode.retryAfter ?? 1 };
    }
}

function retryAfterText(value) {
    return isObject(value) ? new Date(Date.now() + value.date * 1000).toUTCString() : String(value);
}

/** True when a mode lets the request be processed as usual, whatever it does to the answer. */
function isProcessed(mode) {
    return mode.status === undefined || [200, 207].includes(mode.status);
}

function commandedAnswer(mode, requestId) {
    if (mode.status === 202) {
        return { status: 202, body: { requestId } };
    }
    if (mode.status < 400) {
        return { status: mode.status };
    }
    return {
        status: mode.status,
        contentType: "application/problem+json",
        body: usualProblem(mode.status, requestId),
    };
}

/** The usual answer with a fault of one of the services behind Edge. */
function partialAnswer(answer, requestId) {
    if (answer.status >= 400) {
        return answer;
    }
    const errors = [problem("EXEG-0201-503", "One of the services behind Edge failed.", { requestId })];
    return { ...answer, status: 207, body: { requestId, handle: [], ...answer.body, errors } };
}

/** What a request is answered under `mode`; `usual` makes the answer that it gets without one. */
export function applyMode(mode, requestId, usual) {
    if (!mode) {
        return usual();
    }
    let answer = isProcessed(mode) ? usual() : commandedAnswer(mode, requestId);
    if (mode.status === 207) {
        answer = partialAnswer(answer, requestId);
    }
    if (mode.status === 200 && answer.status < 300) {
        answer = { ...answer, status: 200 };
    }
    if (mode.body !== undefined) {
        answer = { ...answer, body: mode.body };
    }
    if (mode.contentType !== undefined) {
        answer = { ...answer, contentType: mode.contentType };
    }
    const headers = { ...mode.headers };
    if (mode.retryAfter !== undefined) {
        headers["retry-after"] = retryAfterText(mode.retryAfter);
    }
    return { ...answer, headers };
}
