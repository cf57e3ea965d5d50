// Who a request is about: the ECID, and the protobuf in which Edge keeps it in a cookie.

import { createHash, randomBytes } from "node:crypto";

import { Refusal } from "./problem.mjs";

const ecidPattern = /^\d{38}$/;
const rewriteAfter = 24 * 3600 * 1000; // Edge writes the identity cookie at most once a day
const sources = { random: 0, fpid: 2, request: 3 };

/** An ECID is two 63-bit numbers of 19 digits each. */
function ecidFrom(bytes) {
    const half = (offset) => (bytes.readBigUInt64BE(offset) >> 1n).toString().padStart(19, "0");
    return half(0) + half(8);
}

/** The same first-party device ID always leads to the same visitor. */
function ecidOfDevice(fpid) {
    return ecidFrom(createHash("sha256").update(fpid).digest());
}

function varint(value) {
    const bytes = [];
    for (let rest = BigInt(value); ; rest >>= 7n) {
        const low = Number(rest & 0x7fn);
        if (rest < 0x80n) {
            return Buffer.from([...bytes, low]);
        }
        bytes.push(low | 0x80);
    }
}

const numberField = (number, value) => Buffer.concat([varint(number << 3), varint(value)]);
const bytesField = (number, bytes) => Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);

/** The identity cookie's value, before it is encoded for a header. */
export function encodeIdentity(ecid, { now = Date.now(), isNew = true, source = 0, region = "OR2" } = {}) {
    const metadata = Buffer.concat([
        numberField(1, now),
        numberField(2, isNew ? 1 : 0),
        numberField(3, 1),
        bytesField(5, Buffer.from(region)),
        numberField(6, source),
    ]);
    const message = [bytesField(1, Buffer.from(ecid)), bytesField(10, metadata), numberField(30, now)];
    return Buffer.concat(message).toString("base64");
}

function readVarint(bytes, start) {
    let value = 0n;
    for (let at = start, shift = 0n; at < bytes.length && shift < 70n; at++, shift += 7n) {
        value |= BigInt(bytes[at] & 0x7f) << shift;
        if (bytes[at] < 0x80) {
            return { value: Number(value), next: at + 1 };
        }
    }
    return undefined;
}

/** The protobuf's fields by number; undefined where it is none. Wire types 0 and 2 are all it uses. */
function readFields(bytes) {
    const fields = new Map();
    for (let at = 0; at < bytes.length;) {
        const key = readVarint(bytes, at);
        const value = key && readVarint(bytes, key.next);
        if (!value) {
            return undefined;
        }
        const [number, type] = [key.value >> 3, key.value & 7];
        if (type === 0) {
            fields.set(number, value.value);
            at = value.next;
        } else if (type === 2 && value.next + value.value <= bytes.length) {
            at = value.next + value.value;
            fields.set(number, bytes.subarray(value.next, at));
        } else {
            return undefined;
        }
    }
    return fields;
}

/** `{ecid, writtenAt}` of an identity cookie, undefined when it is not one. */
export function decodeIdentity(text) {
    const fields = readFields(Buffer.from(text ?? "", "base64"));
    const ecid = fields?.get(1)?.toString();
    return ecid && ecidPattern.test(ecid) ? { ecid, writtenAt: fields.get(30) ?? 0 } : undefined;
}

function firstId(maps, namespace) {
    for (const map of maps) {
        const id = map?.[namespace]?.[0]?.id;
        if (id !== undefined) {
            return id;
        }
    }
    return undefined;
}

/** All identity maps of a body: the request's first, then the events'. */
export function identityMaps(body) {
    const events = [...(Array.isArray(body.events) ? body.events : []), body.event];
    return [body.xdm?.identityMap, body.identityMap, ...events.map((event) => event?.xdm?.identityMap)];
}

/**
 * Finds the visitor in Edge's order: ECID in an identity map, identity cookie, device ID in an identity
 * map, device ID in its cookie, else somebody new (or nobody, where `create` is false).
 */
export function identify(body, state, { create }) {
    const maps = identityMaps(body);
    const given = firstId(maps, "ECID");
    if (given !== undefined && !ecidPattern.test(given)) {
        throw new Refusal("EXEG-0305-400", `ECID "${given}" is not a number of 38 digits.`);
    }
    const stored = decodeIdentity(state.identity);
    const fpid = firstId(maps, "FPID") ?? state.fpid;
    const found = (ecid, source) => ({
        ecid,
        source,
        isStale: stored?.ecid !== ecid || Date.now() - stored.writtenAt > rewriteAfter,
    });

    if (given) {
        return found(given, "request");
    }
    if (stored) {
        return found(stored.ecid, "state");
    }
    if (fpid) {
        return found(ecidOfDevice(fpid), "fpid");
    }
    return create ? found(ecidFrom(randomBytes(16)), "random") : undefined;
}

/** The cookie that makes the browser remember this visitor. */
export function identityCookieValue(visitor) {
    const { ecid, source } = visitor;
    return encodeIdentity(ecid, { isNew: source === "random", source: sources[source] ?? 0 });
}
