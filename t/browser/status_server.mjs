// Answers as nginx does in the status page's location, from what t/browser/status_page.cpp prints for a state.

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(fileURLToPath(new URL("../..", import.meta.url)));
const program = process.env.AEP_STATUS_PAGE ?? path.join(root, "build/browser/status_page");

export const token = "correct-horse-battery-staple";

/** The policy of the location. */
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const types = {
    "status.js": "text/javascript; charset=utf-8",
    "status.css": "text/css; charset=utf-8",
    "status.svg": "image/svg+xml",
};

const print = (...words) => execFileSync(program, words, { encoding: "utf8" });

export class StatusServer {
    state = "flowing";
    trouble;  // "away": no answer at all; a number: a status
    html;  // another page than the module's
    posts = [];
    origins = [];  // of those that sent them
    pages = 0;

    #server = http.createServer((request, response) => this.#answer(request, response));

    async start() {
        this.#server.listen(0, "127.0.0.1");
        await once(this.#server, "listening");
        this.port = this.#server.address().port;
    }

    async stop() {
        this.#server.close();
        this.#server.closeAllConnections?.();
    }

    #answer(request, response) {
        const { pathname, searchParams } = new URL(request.url, "http://status.example");
        response.setHeader("Content-Security-Policy", policy);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("Referrer-Policy", "no-referrer");
        const send = (status, type, body) => response.writeHead(status, { "Content-Type": type }).end(body);
        if (pathname !== "/aep-status") {
            send(404, "text/plain", "nothing here");
        } else if (this.trouble === "away") {
            request.socket.destroy();
        } else if (this.trouble) {
            send(this.trouble, "text/html", "<h1>no</h1>");
        } else if (request.method === "POST" || searchParams.has("dead_letter")) {
            this.#act(request, searchParams, send);
        } else if (searchParams.has("asset")) {
            send(200, types[searchParams.get("asset")], print(this.state, searchParams.get("asset")));
        } else if (searchParams.get("view") === "dead_letters") {
            send(200, "application/json", print(this.state, "list"));
        } else {
            this.pages += 1;
            send(200, "text/html; charset=utf-8", this.html ?? print(this.state));
        }
    }

    #act(request, query, send) {
        if (request.headers.authorization !== `Bearer ${token}`) {
            send(401, "application/problem+json", JSON.stringify({ title: "Wrong token", detail: "Not a known one." }));
        } else if (request.method === "GET") {
            send(200, "application/json", '{"events":[]}');
        } else {
            this.posts.push(Object.fromEntries(query));
            this.origins.push(request.headers.origin);
            const isCheck = query.get("action") === "check";
            send(200, "application/json", isCheck ? print(this.state, "checks") : '{"version":1,"count":3}');
        }
    }
}
