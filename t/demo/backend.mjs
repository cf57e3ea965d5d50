// The sample shop's commerce backend: nginx passes the requests of its administration here, and it tells nginx what
// became of the orders. It alone knows the token for that; browsers never see it.

import { once } from "node:events";
import http from "node:http";
import https from "node:https";

import { Orders } from "./orders.mjs";

const address = "127.0.0.1";
const longestBody = 10000;

async function readBody(stream) {
    let text = "";
    for await (const chunk of stream.setEncoding("utf8")) {
        text += chunk;
        if (text.length > longestBody) {
            throw new RangeError("Expected a shorter body.");
        }
    }
    return text;
}

function answerWith(response, status, value) {
    response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
    response.end(JSON.stringify(value));
}

export class Backend {
    #websites;
    #intake;
    #server = http.createServer((request, response) => this.#serve(request, response));

    /** `intake` says how nginx takes the documents: `{port, certificate, path, token}`. */
    constructor(websites, intake) {
        this.#websites = new Map(websites.map(({ host, storeId }) => [host, new Orders(storeId)]));
        this.#intake = intake;
    }

    /** Listens; returns its port. */
    async start() {
        this.#server.listen(0, address);
        await once(this.#server, "listening");
        return this.#server.address().port;
    }

    stop() {
        this.#server.close();
        this.#server.closeAllConnections();
    }

    async #serve(request, response) {
        const host = (request.headers.host ?? "").split(":")[0];
        const orders = this.#websites.get(host);
        try {
            if (!orders) {
                answerWith(response, 404, { error: "There is no such website." });
            } else if (request.method === "GET") {
                answerWith(response, 200, { orders: orders.list(), sent: [] });
            } else if (request.method === "POST" && request.headers["content-type"] === "application/json") {
                const { action, number, ...form } = JSON.parse(await readBody(request));
                const documents = action === "place" ? orders.place(form) : orders.act(number, action);
                const sent = await this.#tell(host, documents);
                answerWith(response, 200, { orders: orders.list(), sent });
            } else {
                answerWith(response, 405, { error: "Expected GET, or POST with JSON." });
            }
        } catch (error) {
            answerWith(response, error instanceof RangeError ? 400 : 502, { error: error.message });
        }
    }

    /** Posts documents to the website's intake; returns what it says of each: `{event, number, result, id}`. */
    async #tell(host, documents) {
        const { port, certificate, path, token } = this.#intake;
        const request = https.request({
            host: address,
            port,
            path,
            servername: host,
            ca: certificate,
            method: "POST",
            headers: {
                "Host": host,
                "Content-Type": "application/json",
                "Authorization": `Bearer ${token}`,
            },
        });
        request.end(JSON.stringify(documents));
        const [answer] = await once(request, "response");
        const text = await readBody(answer);
        if (answer.statusCode !== 202) {
            throw new Error(`nginx did not take the documents: ${answer.statusCode} ${text}`);
        }
        const number = documents[0].order.increment_id;
        return JSON.parse(text).results.map((result) => ({ number, ...result }));
    }
}
