#!/usr/bin/env node
// A stand-in for Adobe's Edge Network, for tests and the demo. README.md says what it does.
//
//   node t/edge/server.mjs --http 0 [--https 0 --cert FILE --key FILE] [--datastreams ID,ID=server,...]
//                          [--organization ID] [--keep N] [--journal FILE] [--token-lifetime SECONDS]
//                          [--client ID] [--client-secrets SECRET,SECRET]
//
// Port 0 is any free one. Prints one line {"http":PORT,"https":PORT} when it is ready; SIGTERM and SIGINT
// end it at once.

import { readFileSync } from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { Consents } from "./consent.mjs";
import { answerControl, controlPrefix } from "./control.mjs";
import { deliver } from "./delivery.mjs";
import { Gate } from "./gate.mjs";
import { Journal } from "./journal.mjs";
import { Modes, applyMode } from "./mode.mjs";
import {
    Datastreams,
    answerId,
    answerRequest,
    datastreamOf,
    edgeHeaders,
    maxBody,
    parseTarget,
} from "./protocol.mjs";
import { Record } from "./record.mjs";
import { Tokens, answerToken, tokenPath } from "./token.mjs";

const address = "127.0.0.1";
const keepAlive = 120000; // longer than any test: clients reuse connections

/** Reads a body; keeps at most `maxBody` of its bytes. */
async function readBody(incoming) {
    const chunks = [];
    let bytes = 0;
    for await (const chunk of incoming) {
        bytes += chunk.length;
        if (bytes <= maxBody) {
            chunks.push(chunk);
        }
    }
    return { bytes, isTooLarge: bytes > maxBody, text: Buffer.concat(chunks).toString() };
}

/** Numbers connections, so that a test sees which requests shared one. */
function connectionCounter() {
    const numbers = new WeakMap();
    let last = 0;
    return (incoming) => {
        const socket = incoming.stream?.session?.socket ?? incoming.socket;
        if (!numbers.has(socket)) {
            numbers.set(socket, ++last);
        }
        return numbers.get(socket);
    };
}

async function readRequest(incoming, numberOf) {
    const connection = numberOf(incoming);
    const url = new URL(incoming.url, "http://stand-in");
    const host = incoming.headers[":authority"] ?? incoming.headers.host ?? "";
    return {
        method: incoming.method,
        path: url.pathname,
        query: url.searchParams,
        host: host.replace(/:\d+$/, "").toLowerCase(),
        headers: incoming.headers,
        httpVersion: incoming.httpVersion,
        connection,
        ...(await readBody(incoming)),
    };
}

function noted(request, more) {
    return { ...request, query: Object.fromEntries(request.query), ...more };
}

/** Sends an answer and settles the record's entry with it once it is out, or the client gone. */
async function deliverNoted(world, entry, incoming, outgoing, answer, edge, mode) {
    const { status, headers, cookies } = answer;
    const settle = (aborted) => {
        if (entry.answer) {
            return;
        }
        const handles = answer.body?.handle?.map?.(({ type }) => type);
        world.record.settle(entry, { status, headers, cookies, handles, mode, ...(aborted && { aborted }) });
    };
    outgoing.once("finish", () => settle(false));
    outgoing.once("close", () => settle(true));
    if (mode?.hold) {
        await world.gate.wait();
    }
    return deliver(incoming, outgoing, answer, edge, mode);
}

function serveEdge(world, request, target, incoming, outgoing) {
    const requestId = request.query.get("requestId") ?? "";
    const datastream = datastreamOf(target, request.query) ?? undefined;
    const entry = world.record.add(noted(request, { ...target, requestId, datastream }));
    const learned = { requestId: answerId(requestId) };
    const mode = world.modes.take(target.action, datastream, request.text);
    const answer = applyMode(mode, learned.requestId, () => answerRequest(request, target, world, learned));
    const { requestId: id, ...visitor } = learned;
    Object.assign(entry, visitor);
    world.journal?.note(entry, answer, mode);
    return deliverNoted(world, entry, incoming, outgoing, answer, edgeHeaders(request, id), mode);
}

function serveToken(world, request, incoming, outgoing) {
    const entry = world.record.add(noted(request, { action: "token" }));
    const mode = world.modes.take("token", undefined, request.text);
    const usual = () => answerToken(request, world.tokens, mode?.expiresIn);
    return deliverNoted(world, entry, incoming, outgoing, applyMode(mode, "", usual), {}, mode);
}

/** Everything else: the preflight of a cross-origin request, Adobe's older collector, nothing. */
function serveRest(world, request, incoming, outgoing) {
    const edge = edgeHeaders(request, answerId());
    let answer = { status: 404, contentType: "text/plain", body: "There is nothing here.\n" };
    if (request.method === "OPTIONS") {
        const headers = {
            "access-control-allow-methods": "GET, POST, OPTIONS",
            "access-control-allow-headers":
                request.headers["access-control-request-headers"] ?? "content-type",
        };
        answer = { status: 204, headers };
    } else if (request.path.endsWith("/tp2")) {
        answer = { status: 200, contentType: "text/plain", body: "ok" };
    }
    return deliverNoted(world, world.record.add(noted(request)), incoming, outgoing, answer, edge);
}

async function serve(world, numberOf, incoming, outgoing) {
    const request = await readRequest(incoming, numberOf);
    if (request.path.startsWith(controlPrefix)) {
        const answer = await answerControl(request, world);
        return deliver(incoming, outgoing, answer, { "cache-control": "no-store" });
    }
    if (request.method === "POST" && tokenPath.test(request.path)) {
        return serveToken(world, request, incoming, outgoing);
    }
    const target = parseTarget(request.path);
    if (target && request.method === "POST") {
        return serveEdge(world, request, target, incoming, outgoing);
    }
    if (target && request.method !== "OPTIONS") {
        const answer = { status: 405, headers: { allow: "POST, OPTIONS" } };
        return deliverNoted(world, world.record.add(noted(request)), incoming, outgoing, answer);
    }
    return serveRest(world, request, incoming, outgoing);
}

function listen(server, port) {
    server.keepAliveTimeout = keepAlive;
    server.requestTimeout = 0;
    server.headersTimeout = 0;
    return new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, address, () => resolve(server.address().port));
    });
}

/**
 * Starts a stand-in. `options`: `{http, https, cert, key, datastreams, organization, keep, journal,
 * tokenLifetime, client, clientSecrets}`, ports 0 for free ones. Returns `{ports, close}`.
 */
export async function startStandIn(options) {
    const world = {
        organization: options.organization ?? "0123456789ABCDEF01234567@AdobeOrg",
        datastreams: new Datastreams(options.datastreams),
        consents: new Consents(),
        tokens: new Tokens(options.tokenLifetime ?? 86399, options.client, options.clientSecrets),
        gate: new Gate(),
        modes: new Modes(),
        record: new Record(options.keep ?? 5000),
        journal: options.journal && new Journal(options.journal),
    };
    const numberOf = connectionCounter();
    const onRequest = (incoming, outgoing) => {
        serve(world, numberOf, incoming, outgoing).catch((error) => {
            // A client that went away in the middle of its request is no fault of ours.
            if (!incoming.destroyed || !["ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE"].includes(error.code)) {
                console.error(error);
            }
            outgoing.destroy?.();
        });
    };

    const servers = [];
    const ports = {};
    if (options.http !== undefined) {
        servers.push(http.createServer(onRequest));
        ports.http = await listen(servers.at(-1), options.http);
    }
    if (options.https !== undefined) {
        const keys = { cert: readFileSync(options.cert), key: readFileSync(options.key), allowHTTP1: true };
        servers.push(http2.createSecureServer(keys, onRequest));
        ports.https = await listen(servers.at(-1), options.https);
    }
    const close = () => {
        for (const server of servers) {
            server.close();
            server.closeAllConnections?.();
        }
    };
    return { ports, close };
}

function readArguments() {
    const text = { type: "string" };
    const { values } = parseArgs({
        options: {
            http: text,
            https: text,
            cert: text,
            key: text,
            datastreams: text,
            organization: text,
            keep: text,
            journal: text,
            "token-lifetime": text,
            client: text,
            "client-secrets": text,
        },
    });
    const number = (name) => {
        if (values[name] === undefined) {
            return undefined;
        }
        if (!/^\d+$/.test(values[name])) {
            throw new Error(`--${name} is "${values[name]}", expected a number`);
        }
        return Number(values[name]);
    };
    if (values.https !== undefined && !(values.cert && values.key)) {
        throw new Error("--https needs a certificate: --cert FILE --key FILE");
    }
    const isSilent = values.http === undefined && values.https === undefined;
    return {
        http: isSilent ? 0 : number("http"),
        https: number("https"),
        cert: values.cert,
        key: values.key,
        datastreams: values.datastreams?.split(",").filter(Boolean),
        organization: values.organization,
        keep: number("keep"),
        journal: values.journal,
        tokenLifetime: number("token-lifetime"),
        client: values.client,
        clientSecrets: values["client-secrets"]?.split(","),
    };
}

async function main() {
    for (const signal of ["SIGTERM", "SIGINT"]) {
        process.on(signal, () => process.exit(0));
    }
    const { ports } = await startStandIn(readArguments());
    console.log(JSON.stringify(ports));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
    main().catch((error) => {
        console.error(`The Edge stand-in could not start: ${error.message}`);
        process.exit(1);
    });
}
