// Adobe's Edge Network as alloy and server SDKs see it: which paths there are, what a request must hold,
// and what is answered. No sockets here: a request comes in as a plain object and an answer goes out.

import { randomBytes } from "node:crypto";

import { readConsent } from "./consent.mjs";
import { identify, identityCookieValue } from "./identity.mjs";
import { Refusal, problem } from "./problem.mjs";
import { readState, writeState } from "./state.mjs";
import { checkBearer, isAuthenticatedHost } from "./token.mjs";

export const maxBody = 64 * 1024;

const hint = "or2";
const hintLifetime = 1800;
const edgePath = /^\/ee(?:\/(?!va\/|v[12]\/)([a-z0-9]+))?(\/va)?\/(v[12])\/([A-Za-z/-]+)$/;
const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const datastreamPattern = new RegExp(`^(${uuid})(:[A-Za-z0-9_-]+)?$`, "i");
const contentTypes = ["application/json", "application/x-jackson-smile", "text/plain", "text/javascript"];

const actions = {
    v1: {
        interact: "interact",
        collect: "collect",
        "identity/acquire": "acquire",
        "privacy/set-consent": "set-consent",
    },
    v2: { interact: "interact", collect: "collect" },
};

const mediaActions = [
    "adBreakComplete",
    "adBreakStart",
    "adComplete",
    "adSkip",
    "adStart",
    "bitrateChange",
    "bufferStart",
    "chapterComplete",
    "chapterSkip",
    "chapterStart",
    "error",
    "pauseStart",
    "ping",
    "play",
    "sessionComplete",
    "sessionEnd",
    "statesUpdate",
];

/** `{action, version, hint}` of a path, undefined where Edge has nothing. */
export function parseTarget(path) {
    const match = edgePath.exec(path);
    if (!match) {
        return undefined;
    }
    const [, locationHint = "", media, version, name] = match;
    const action = media
        ? version === "v1" && mediaActions.includes(name)
            ? "media"
            : undefined
        : actions[version][name];
    return action && { action, version, hint: locationHint };
}

/** Name of the query argument that holds the datastream ID. */
export function datastreamOf(target, query) {
    if (target.version === "v1") {
        return query.get("configId");
    }
    return query.get("datastreamId") ?? query.get("dataStreamId");
}

function checkTransport(request) {
    if (request.isTooLarge) {
        throw new Refusal("EXEG-0112-413", `The limit is ${maxBody} bytes.`);
    }
    if (request.bytes === 0) {
        throw new Refusal("EXEG-0109-408", "A JSON document is expected as the body.");
    }
    const type = (request.headers["content-type"] ?? "").split(";")[0].trim().toLowerCase();
    if (type && !type.includes("/")) {
        throw new Refusal("EXEG-0106-400", `"${type}" is no content type.`);
    }
    if (!contentTypes.includes(type)) {
        throw new Refusal("EXEG-0111-415", `"${type}" is not one of ${contentTypes.join(", ")}.`);
    }
}

function checkDatastream(request, target, datastreams) {
    const id = datastreamOf(target, request.query);
    if (!id) {
        throw new Refusal("EXEG-0002-400", "Neither configId nor datastreamId is in the query.");
    }
    const access = datastreams.find(id);
    if (access === undefined) {
        throw new Refusal("EXEG-0003-400", `There is no datastream "${id}".`);
    }
    if (access === "disabled") {
        throw new Refusal("EXEG-0004-422", `The datastream "${id}" is disabled.`);
    }
    if (access === "authenticated" && !isAuthenticatedHost(request.host)) {
        throw new Refusal("EXEG-0500-401", "This datastream takes authenticated requests only.");
    }
    return access;
}

function parseBody(text) {
    let body;
    try {
        body = JSON.parse(text);
    } catch (error) {
        throw new Refusal("EXEG-0101-400", error.message);
    }
    if (typeof body !== "object" || body === null || Array.isArray(body)) {
        throw new Refusal("EXEG-0102-400", "The body is not an object.");
    }
    return body;
}

function checkClientState(body) {
    const state = body.meta?.state;
    if (state?.cookiesEnabled === true && state.domain === undefined) {
        throw new Refusal("EXEG-0110-400", "meta.state.domain is missing although cookiesEnabled is true.");
    }
    if (state?.entries !== undefined && !Array.isArray(state.entries)) {
        throw new Refusal("EXEG-0102-400", "meta.state.entries is not a list.");
    }
}

/** Events of a body: v2 interact has one in `event`, everything else a list in `events`. */
function checkEvents(body, target) {
    if (!["interact", "collect", "media"].includes(target.action)) {
        return;
    }
    if (target.version === "v2" && target.action === "interact") {
        if (typeof body.event !== "object" || body.event === null) {
            throw new Refusal("EXEG-0103-400", "The member event is missing.");
        }
        return;
    }
    if (body.events === undefined) {
        throw new Refusal("EXEG-0103-400", "The member events is missing.");
    }
    if (!Array.isArray(body.events) || body.events.length === 0) {
        throw new Refusal("EXEG-0102-400", "The member events is not a list with at least one event.");
    }
}

/** A datastream for servers has no device to name the visitor: each event says who is the primary one. */
function checkPrimaryIdentities(body) {
    (body.events ?? [body.event]).forEach((event, index) => {
        const identities = Object.values(event?.xdm?.identityMap ?? {}).flat();
        if (!identities.some((identity) => identity?.primary === true)) {
            throw new Refusal("EXEG-0306-400", `Event #${index} has no primary identity.`);
        }
    });
}

/** The events of a parsed body, however they were sent. */
export function eventsOf(body) {
    if (Array.isArray(body?.events)) {
        return body.events;
    }
    return body?.event ? [body.event] : [];
}

function isFetched(body, namespace) {
    const fetch = body.query?.identity?.fetch;
    return Array.isArray(fetch) && fetch.includes(namespace);
}

/** Identity, location and decisions: what a visitor's request gets besides the state. */
function visitorHandles(body, visitor, isOut) {
    const handles = [];
    if (isFetched(body, "ECID")) {
        const result = { id: visitor.ecid, namespace: { code: "ECID" } };
        handles.push({ type: "identity:result", payload: [result] });
    }
    handles.push({
        type: "locationHint:result",
        payload: [{ scope: "EdgeNetwork", hint, ttlSeconds: hintLifetime }],
    });
    if (!isOut) {
        eventsOf(body).forEach((event, eventIndex) => {
            if (!event?.query?.personalization) {
                return;
            }
            handles.push({ type: "personalization:decisions", payload: [], eventIndex });
        });
    }
    return handles;
}

function visitorState(target, visitor, consent) {
    const values = visitor.isStale ? { identity: identityCookieValue(visitor) } : {};
    if (target.action === "set-consent" || consent === "out") {
        values.consent = `general=${consent}`;
    }
    return { ...values, cluster: hint };
}

/** An answer with handles, for interact, acquire and set-consent. */
function envelope(request, target, body, visitor, { consent, requestId, organization }) {
    const isOut = consent === "out" && target.action !== "set-consent";
    const state = writeState(visitorState(target, visitor, consent), {
        host: request.host,
        clientState: body.meta?.state,
        organization,
    });
    const document = { requestId, handle: [...visitorHandles(body, visitor, isOut), ...state.handles] };
    if (isOut) {
        document.warnings = [problem("EXEG-0301-200", "The visitor has opted out.")];
    }
    return { status: 200, body: document, cookies: state.cookies };
}

/** A collect stores and says nothing; only cookies can come back. */
function collected(request, target, body, visitor, { requestId, organization }) {
    if (target.version === "v2") {
        return request.query.get("silent") === "true"
            ? { status: 204 }
            : { status: 202, body: { requestId } };
    }
    const values = visitor ? { cluster: hint } : {};
    const clientState = body.meta?.state;
    const { cookies } = writeState(values, { host: request.host, clientState, organization });
    return { status: 204, cookies };
}

function take(request, target, world, learned) {
    checkTransport(request);
    if (isAuthenticatedHost(request.host) || request.headers.authorization) {
        checkBearer(request.headers, world.tokens);
    }
    const access = checkDatastream(request, target, world.datastreams);
    const body = parseBody(request.text);
    checkEvents(body, target);
    checkClientState(body);
    if (access === "server") {
        checkPrimaryIdentities(body);
    }

    const { organization } = world;
    const state = readState(body, request.headers.cookie, organization);
    const visitor = identify(body, state, { create: !["collect", "media"].includes(target.action) });
    const decided = target.action === "set-consent" ? readConsent(body) : undefined;
    if (decided) {
        world.consents.set(visitor.ecid, decided);
    }
    const consent = decided ?? (visitor && world.consents.of(visitor.ecid, state.consent));

    Object.assign(learned, { ecid: visitor?.ecid, identitySource: visitor?.source, consent });
    const context = { consent, requestId: learned.requestId, organization };
    const makeAnswer = ["collect", "media"].includes(target.action) ? collected : envelope;
    return makeAnswer(request, target, body, visitor, context);
}

/** Edge never returns the bare requestId: it adds something of its own. */
export function answerId(requestId) {
    return `${requestId || "none"}-${randomBytes(3).toString("hex")}`;
}

/**
 * Edge's own answer: `{status, body, cookies, contentType}`. `learned` is filled with what the record
 * should show: `{requestId, ecid, identitySource, consent}`.
 */
export function answerRequest(request, target, world, learned) {
    try {
        return take(request, target, world, learned);
    } catch (error) {
        if (!(error instanceof Refusal)) {
            throw error;
        }
        return {
            status: error.status,
            contentType: "application/problem+json",
            body: problem(error.code, error.message, {
                requestId: learned.requestId,
                configId: datastreamOf(target, request.query),
                errors: error.report,
            }),
        };
    }
}

/** Headers that Edge puts on each answer. */
export function edgeHeaders(request, requestId) {
    const headers = {
        "cache-control": "no-cache, no-store, max-age=0, no-transform, private",
        server: "jag",
        "strict-transport-security": "max-age=31536000; includeSubDomains",
        vary: "Origin",
        "x-adobe-edge": "OR2;9",
        "x-content-type-options": "nosniff",
        "x-konductor": "stand-in",
        "x-rate-limit-remaining": "599",
        "x-request-id": requestId,
    };
    if (request.headers.origin) {
        headers["access-control-allow-origin"] = request.headers.origin;
        headers["access-control-allow-credentials"] = "true";
        headers["access-control-expose-headers"] = "x-adobe-edge, retry-after, x-request-id";
    }
    return headers;
}

/**
 * The datastreams that exist. `ids` holds UUIDs, each with `=authenticated`, `=server` or `=disabled` where
 * it is not an ordinary one; without any, each UUID is one. A suffix such as `:dev` belongs to its UUID.
 */
export class Datastreams {
    #access;

    constructor(ids = []) {
        this.#access = new Map(
            ids.map((item) => {
                const [id, access = "mixed"] = item.split("=");
                return [id.toLowerCase(), access];
            }),
        );
    }

    /** `mixed`, `authenticated`, `server` or `disabled`; undefined where there is no such datastream. */
    find(id) {
        const match = datastreamPattern.exec(id);
        if (!match) {
            return undefined;
        }
        return this.#access.size === 0 ? "mixed" : this.#access.get(match[1].toLowerCase());
    }
}
