// Sends an answer, or fails to in the way that a mode wants.

import { STATUS_CODES } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";

const internalError = 2; // RFC 9113 7
const breakTime = 20; // for the first half to arrive
const answersBefore = new WeakMap(); // as text, by their connection

function payload(answer, mode) {
    if (answer.body === undefined) {
        return { bytes: Buffer.alloc(0), headers: {} };
    }
    const isText = typeof answer.body === "string";
    const bytes = Buffer.from(isText ? answer.body : JSON.stringify(answer.body));
    const headers = { "content-type": answer.contentType ?? "application/json;charset=utf-8" };
    if (!mode.gzip) {
        return { bytes, headers };
    }
    return { bytes: gzipSync(bytes), headers: { ...headers, "content-encoding": "gzip" } };
}

/** Ends the connection with a TCP reset (TLS: without a goodbye; HTTP/2: just the stream). */
function reset(request, response) {
    if (response.stream?.close) {
        response.stream.close(internalError);
    } else if (request.socket.encrypted) {
        request.socket.destroy();
    } else {
        request.socket.resetAndDestroy();
    }
}

async function writeInPieces(response, bytes) {
    const size = Math.max(1, Math.ceil(bytes.length / 3));
    for (let at = 0; at < bytes.length; at += size) {
        response.write(bytes.subarray(at, at + size));
        await sleep(1);
    }
    response.end();
}

/** As a server that is out of step: before an answer, what the connection's request before has got, once more. */
async function sendSurplus(request, status, headers, bytes) {
    const { socket } = request;
    const before = answersBefore.get(socket);
    const lines = Object.entries(headers).flatMap(([name, value]) =>
        [value].flat().map((one) => `${name}: ${one}\r\n`),
    );
    const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n`;
    answersBefore.set(socket, Buffer.concat([Buffer.from(head), bytes]));
    if (before) {
        socket.write(before);
        await sleep(breakTime); // so that it is taken for the answer
    }
}

/** Half of the body, and then nothing more or a reset. */
async function breakOff(request, response, bytes, mode) {
    response.write(bytes.subarray(0, bytes.length / 2));
    if (mode.reset) {
        await sleep(breakTime);
        reset(request, response);
    }
}

async function write(request, response, answer, edge, mode) {
    const { bytes, headers } = payload(answer, mode);
    const all = { ...edge, ...headers, ...answer.headers };
    if (answer.cookies?.length) {
        all["set-cookie"] = answer.cookies;
    }
    const hasBody = answer.status !== 204;
    if (hasBody && !mode.chunked) {
        all["content-length"] = bytes.length;
    }
    if (mode.surplus && !mode.chunked && request.httpVersionMajor === 1) {
        await sendSurplus(request, answer.status, all, bytes);
    }
    response.writeHead(answer.status, all);
    if (!hasBody) {
        response.end();
    } else if (mode.hang === "body" || mode.reset === "body") {
        await breakOff(request, response, bytes, mode);
    } else if (mode.chunked) {
        await writeInPieces(response, bytes);
    } else {
        response.end(bytes);
    }
}

/**
 * Sends `answer` (`{status, body, headers, cookies, contentType}`) as `mode` says. `edge` are headers that
 * each answer gets.
 */
export async function deliver(request, response, answer, edge = {}, mode = {}) {
    if (mode.delay) {
        await sleep(mode.delay);
    }
    if (mode.reset === true) {
        reset(request, response);
    } else if (mode.hang !== true) {
        await write(request, response, answer, edge, mode);
    }
}
