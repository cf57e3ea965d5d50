// The shop behind nginx: serves the pages of the set, each as it asks for.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";

const compressors = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync };

const pieceSize = 7;

const valueOf = (value, facts) => (typeof value === "function" ? value(facts) : value);

/** Sends the page as a program does that flushes all the time: there are many pieces, and none waits in nginx. */
async function sendInPieces(response, body) {
    for (let at = 0; at < body.length; at += pieceSize) {
        response.write(body.subarray(at, at + pieceSize));
        await nextTurn();
    }
    response.end();
}

async function send(response, { html, type = "text/html; charset=utf-8", headers, status = 200, coding, inPieces }) {
    const facts = { nonce: randomBytes(16).toString("base64") };
    const text = Buffer.from(valueOf(html, facts));
    const body = coding ? compressors[coding](text) : text;
    response.writeHead(status, {
        "Content-Type": type,
        "Cache-Control": "no-store",
        ...(coding && { "Content-Encoding": coding }),
        ...(inPieces ? { "X-Accel-Buffering": "no" } : { "Content-Length": body.length }),
        ...valueOf(headers, facts),
    });
    await (inPieces ? sendInPieces(response, body) : response.end(body));
}

/** A running shop for `pages`: `{"/path": page}`. Everything else is not found. */
export class Origin {
    #server;

    constructor(pages) {
        this.#server = http.createServer((request, response) => {
            const page = pages[new URL(request.url, "http://shop").pathname];
            return page ? send(response, page) : response.writeHead(404).end();
        });
    }

    async start() {
        this.#server.listen(0, "127.0.0.1");
        await once(this.#server, "listening");
        return this.#server.address().port;
    }

    stop() {
        this.#server.close();
        this.#server.closeAllConnections();
    }
}
