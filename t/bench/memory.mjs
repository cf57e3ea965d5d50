// What a request costs in memory while it is held open: so many pages come to a standstill after their head was
// sent, because the shop or the visitor waits, and the worker's memory is compared with few of them and with many.

import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";

const FEW = 200; // what a worker needs once is in place by then
const MANY = 1200;
const AT_ONCE = 50;
/** What the worker must be able to hold: two connections a request, and room, or it closes some that wait. */
export const CONNECTIONS = 3 * MANY;

const HEAD = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>A shop</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
`;
const FRONT = HEAD.padEnd(2000, "x");
const LONG = 16 * 1024 * 1024; // more than the system buffers for one connection

const response = (fields, body) =>
    Buffer.concat([
        Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n${fields}Content-Length: 100000\r\n\r\n`),
        body,
    ]);

const ANSWERS = {
    "/plain": response("", Buffer.from(FRONT)),
    // Cut behind the head: gzip's end, 8 bytes, and the rest of the page are to come.
    "/gzip": response("Content-Encoding: gzip\r\n", gzipSync(FRONT, { level: 1 }).subarray(0, -8)),
};

/** A shop that begins each page and never ends it. */
export async function startStallingShop(port) {
    const sockets = new Set();
    const server = createServer((socket) => {
        sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => sockets.delete(socket));
        socket.once("data", (request) => socket.write(ANSWERS[/^GET (\S+)/.exec(request.toString("latin1"))[1]]));
    });
    await new Promise((resolve) => server.listen({ port, host: "127.0.0.1", backlog: 1000 }, resolve));
    return async () => {
        sockets.forEach((socket) => socket.destroy());
        await new Promise((resolve) => server.close(resolve));
    };
}

/** A connection whose page has begun to come, and then nobody reads. */
function hold(port, path) {
    return new Promise((resolve, reject) => {
        const socket = connect(port, "127.0.0.1");
        socket.on("error", reject);
        socket.write(`GET ${path} HTTP/1.1\r\nHost: shop.example\r\nAccept-Encoding: gzip\r\n\r\n`);
        socket.once("data", (data) => {
            socket.pause();
            if (!data.toString("latin1").startsWith("HTTP/1.1 200 ")) {
                reject(new Error(`${path} is answered with ${data.toString("latin1").slice(0, 40)}`));
            }
            resolve(socket);
        });
    });
}

async function holdUpTo(count, sockets, port, path) {
    while (sockets.length < count) {
        const more = Array.from({ length: Math.min(AT_ONCE, count - sockets.length) }, () => hold(port, path));
        sockets.push(...await Promise.all(more));
    }
    await pause(200); // what was sent has been sent
}

/** Bytes of memory of its own that the worker has touched. */
function memory(pid) {
    return Number(/^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024;
}

/** Bytes for each request that is held open at that worker, a new one. */
export async function memoryPerRequest(worker, port, path) {
    const sockets = [];
    try {
        await holdUpTo(FEW, sockets, port, path);
        const before = memory(worker);
        await holdUpTo(MANY, sockets, port, path);
        return (memory(worker) - before) / (MANY - FEW);
    } finally {
        sockets.forEach((socket) => socket.destroy());
    }
}

/** What is held open: each with the path, and its server block's own lines. */
export function heldPages({ pages, stallingPort }) {
    const proxied = `location / { proxy_pass http://127.0.0.1:${stallingPort}; proxy_http_version 1.1; proxy_buffering off; }`;
    writeFileSync(join(pages, "long.html"), HEAD.padEnd(LONG, "x"));
    const variants = { plain: 1, noop: 1, sub_filter: 1, module: 1 };
    return [
        { name: "held: proxied, the shop waits", path: "/plain", server: proxied, variants },
        {
            name: "held: proxied, comes as gzip, the shop waits",
            path: "/gzip",
            server: proxied,
            variants: { plain: 1, gunzip_gzip: 1, module: 1 },
        },
        ...["on", "off"].map((sendfile) => ({
            name: `held: static, sendfile ${sendfile}, the visitor waits`,
            path: "/long.html",
            listen: "sndbuf=32k",
            server: `root ${pages}; sendfile ${sendfile};`,
            variants,
        })),
    ];
}
