// Behaviour on command, the record, and the program itself.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http2 from "node:http2";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { startStandIn } from "./server.mjs";
import {
    address,
    control,
    datastreams,
    edge,
    events,
    interact,
    prefix,
    requests,
    send,
    useStandIn,
    withEntries,
} from "./testing.mjs";

useStandIn();

const json = { "content-type": "application/json" };
const usual = `/ee/v1/interact?configId=${datastreams.usual}`;

describe("behaviour on command", () => {
    for (const status of [400, 403, 422, 500, 502, 503, 504]) {
        test(`status ${status}`, async () => {
            await control("PUT", "mode", { action: "interact", status });
            const answer = await edge("interact", interact);
            assert.equal(answer.status, status);
            assert.equal(answer.json().status, status);
            assert.equal((await edge("collect", interact)).status, 204);
        });
    }

    test("429 with Retry-After in seconds and as a date, one after the other", async () => {
        await control("PUT", "mode", { status: 429, retryAfter: 3, times: 1 });
        await control("POST", "mode", { status: 429, retryAfter: { date: 10 }, times: 1 });
        assert.equal((await edge("interact", interact)).headers["retry-after"], "3");
        const before = Date.now();
        const date = Date.parse((await edge("interact", interact)).headers["retry-after"]);
        assert.ok(date > before + 9000 && date <= Date.now() + 10000, "whole seconds, rounded down");
        assert.equal((await edge("interact", interact)).status, 200);
    });

    test("200, 202, 204 and 207", async () => {
        const answer = async (status) => {
            await control("PUT", "mode", { status });
            return edge("interact", interact);
        };
        assert.ok(Array.isArray((await answer(200)).json().handle));
        assert.deepEqual(Object.keys((await answer(202)).json()), ["requestId"]);
        assert.equal((await answer(204)).text, "");
        const partial = await answer(207);
        assert.equal(partial.status, 207);
        assert.match(partial.json().errors[0].type, /EXEG-0201-503$/);
        assert.ok(Array.isArray(partial.json().handle));
    });

    test("a body without handle, and one that is no JSON", async () => {
        await control("PUT", "mode", { body: {} });
        assert.equal((await edge("interact", interact)).text, "{}");
        await control("PUT", "mode", { body: "hello", contentType: "text/html", headers: { "x-test": "1" } });
        const { status, text, headers } = await edge("interact", interact);
        assert.deepEqual(
            [status, text, headers["content-type"], headers["x-test"]],
            [200, "hello", "text/html", "1"],
        );
    });

    test("gzip and chunked bodies", async () => {
        await control("PUT", "mode", { gzip: true, chunked: true });
        const response = await fetch(address(usual), {
            method: "POST",
            body: JSON.stringify(interact),
            headers: json,
        });
        assert.equal(response.headers.get("content-encoding"), "gzip");
        assert.equal(response.headers.get("content-length"), null);
        assert.ok(Array.isArray((await response.json()).handle));
    });

    test("slow", async () => {
        await control("PUT", "mode", { delay: 150 });
        const start = performance.now();
        await edge("interact", interact);
        assert.ok(performance.now() - start > 140);
    });

    test("an answer held back until it is released, once", async () => {
        await control("PUT", "mode", { hold: true });
        const held = edge("interact", interact, { id: "held" });
        await events("?at_least=1");
        await control("DELETE", "mode");
        assert.equal((await edge("interact", interact, { id: "free" })).status, 200);
        const outcomes = (await events()).map(({ requestId, outcome }) => `${requestId} ${outcome}`);
        assert.deepEqual(outcomes, ["held pending", "free accepted"]);
        assert.deepEqual((await control("POST", "release")).body, { released: 1 });
        assert.equal((await held).status, 200);
        assert.deepEqual((await control("POST", "release")).body, { released: 0 });
    });

    test("a reset, before and in the answer", async () => {
        for (const reset of [true, "body"]) {
            await control("PUT", "mode", { reset });
            await assert.rejects(edge("interact", interact), { code: "ECONNRESET" });
        }
        const outcomes = (await events("?at_least=2")).map(({ outcome }) => outcome);
        assert.deepEqual(outcomes, ["unanswered", "unanswered"]);
    });

    test("out of step: in front of an answer the one before, once more", async () => {
        await control("PUT", "mode", { surplus: true });
        const { hostname, port } = new URL(address("/"));
        const socket = net.connect(port, hostname);
        const text = (id) => `POST ${usual}&requestId=${id} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}`;
        const ids = [];
        socket.on("data", (piece) => ids.push(...String(piece).matchAll(/"requestId":"(\w+)-/g)));
        for (const [id, count] of [["one", 1], ["two", 3], ["three", 5]]) {
            socket.write(text(id));
            while (ids.length < count) {
                await once(socket, "data");
            }
        }
        socket.destroy();
        assert.deepEqual(ids.map(([, id]) => id), ["one", "one", "two", "two", "three"]);
    });

    test("no answer, and half of one", async () => {
        for (const [index, hang] of [true, "body"].entries()) {
            await control("PUT", "mode", { hang });
            const client = new AbortController();
            const body = JSON.stringify(interact);
            const answer = fetch(address(usual), { method: "POST", body, headers: json, signal: client.signal })
                .then((response) => response.text());
            await Promise.race([answer, events(`?at_least=${index + 1}`).then(() => sleep(150))]);
            client.abort();
            await assert.rejects(answer, { name: "AbortError" });
        }
        assert.equal((await events()).length, 2);
    });

    test("only for one datastream", async () => {
        await control("PUT", "mode", { status: 503, datastream: datastreams.server });
        assert.equal((await edge("interact", interact)).status, 200);
        const other = `/ee/v1/interact?configId=${datastreams.server}`;
        assert.equal((await send(other, { body: interact })).status, 503);
    });

    test("a rate limit in units of 8 KB", async () => {
        await control("PUT", "mode", { action: "collect", rateLimit: 4 });
        const body = { events: [{ xdm: { note: "x".repeat(9000) } }] };
        const second = () => Math.floor(Date.now() / 1000);
        const statuses = [];
        const first = second();
        for (let count = 0; count < 7; count++) {
            statuses.push((await edge("collect", body)).status);
        }
        // Two requests of two units each fit into each second that the seven took.
        const seconds = second() - first + 1;
        const taken = statuses.filter((status) => status === 204).length;
        assert.ok(taken >= 2 && taken <= 2 * seconds, `${statuses} in ${seconds} seconds`);
    });

    test("what is no mode is refused with a reason", async () => {
        const cases = [
            [{ stauts: 503 }, /"stauts" is not known/],
            [{ status: 99 }, /from 200 to 599/],
            [{ action: "x" }, /one of/],
            [[], /JSON object/],
        ];
        for (const [mode, reason] of cases) {
            const answer = await control("PUT", "mode", mode);
            assert.equal(answer.status, 400);
            assert.match(answer.body.error, reason);
        }
        assert.deepEqual((await control("GET", "mode")).body, []);
    });
});

describe("the record", () => {
    test("shows entries and cookies apart", async () => {
        const entries = [{ key: `${prefix}cluster`, value: "or2" }];
        const headers = { cookie: "session=secret; b=%7B" };
        await edge("interact", withEntries(interact, entries), { id: "q", headers });
        const [request] = await requests();
        assert.deepEqual(request.entries, entries);
        assert.deepEqual(request.cookies, [
            { key: "session", value: "secret" },
            { key: "b", value: "{" },
        ]);
        assert.deepEqual(request.body.events, interact.events);
        assert.equal(request.query.requestId, "q");
        assert.equal(request.answer.status, 200);
    });

    test("counts attempts by request and by event", async () => {
        const body = { ...interact, events: [{ xdm: { _id: "e1" } }, { xdm: { _id: "e2" } }] };
        await control("PUT", "mode", { status: 503, times: 1 });
        await edge("interact", body, { id: "same" });
        await edge("interact", body, { id: "same" });
        const { body: counts } = await control("GET", "counts");
        assert.deepEqual(counts.requestIds, { same: 2 });
        assert.deepEqual(counts.eventIds, { e1: 2, e2: 2 });
        assert.deepEqual(counts.acceptedEventIds, { e1: 1, e2: 1 });
        assert.deepEqual(counts.statuses, { 200: 1, 503: 1 });
        const lines = (await events()).map(({ _id, attempt, outcome }) => `${_id} ${attempt} ${outcome}`);
        assert.deepEqual(lines, ["e1 1 refused", "e2 1 refused", "e1 2 accepted", "e2 2 accepted"]);
    });

    test("says which order and website a back office event belongs to", async () => {
        const commerce = { order: { purchaseID: "7" }, commerceScope: { websiteCode: "base" } };
        await edge("collect", { events: [{ xdm: { ...interact.events[0].xdm, commerce } }] });
        const [{ order, website, url }] = await events();
        assert.deepEqual({ order, website, url }, { order: "7", website: "base", url: interact.events[0].xdm.web?.webPageDetails?.URL });
    });

    test("can be filtered, and waited for", async () => {
        const waiting = events("?action=collect&at_least=1&timeout=3000");
        await edge("interact", interact);
        await edge("collect", interact, { id: "late" });
        assert.deepEqual(
            (await waiting).map(({ requestId }) => requestId),
            ["late"],
        );
        assert.deepEqual(await events("?action=acquire&at_least=1&timeout=50"), []);
        assert.equal((await requests("?limit=1"))[0].requestId, "late");
    });

    test("tells which requests shared a connection", async () => {
        await edge("interact", interact);
        await edge("interact", interact);
        const [first, second] = await requests();
        assert.equal(typeof first.connection, "number");
        assert.equal(second.connection, first.connection);
    });

    test("keeps the newest only", async (t) => {
        const small = await startStandIn({ http: 0, keep: 2 });
        t.after(() => small.close());
        const base = `http://127.0.0.1:${small.ports.http}`;
        for (const id of ["1", "2", "3"]) {
            await fetch(`${base}/ee/v1/collect?requestId=${id}`, { method: "POST" });
        }
        const kept = await (await fetch(`${base}/_stand-in/requests`)).json();
        assert.deepEqual(
            kept.map(({ requestId }) => requestId),
            ["2", "3"],
        );
    });

    test("is a page without scripts, with what was sent escaped", async () => {
        const event = { xdm: { eventType: "<script>alert(1)</script>" } };
        await edge("interact", { ...interact, events: [event] });
        const response = await fetch(address("/_stand-in/"));
        const page = await response.text();
        assert.match(response.headers.get("content-type"), /text\/html/);
        assert.match(page, /&lt;script&gt;/);
        assert.doesNotMatch(page, /<script/);
        assert.equal((await fetch(address("/_stand-in/style.css"))).status, 200);
    });

    test("forgets on demand", async () => {
        await edge("interact", interact);
        await control("DELETE", "requests");
        assert.deepEqual(await requests(), []);
        assert.equal((await control("GET", "counts")).body.received, 0);
    });
});

describe("the program", () => {
    const program = fileURLToPath(new URL("server.mjs", import.meta.url));

    function start(t, ...options) {
        const child = spawn(process.execPath, [program, ...options]);
        t.after(() => child.kill("SIGKILL"));
        return child;
    }

    function makeCertificate(directory) {
        const [key, cert] = [path.join(directory, "key.pem"), path.join(directory, "cert.pem")];
        const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
        const files = ["-keyout", key, "-out", cert];
        const options = ["req", "-x509", ...curve, "-nodes", "-days", "2", "-subj", "/CN=edge", ...files];
        execFileSync("openssl", options, { stdio: "ignore" });
        return { key, cert };
    }

    test("prints its ports as one line, speaks TLS and HTTP/2, and ends at once", async (t) => {
        const directory = mkdtempSync(path.join(tmpdir(), "stand-in-"));
        t.after(() => rmSync(directory, { recursive: true }));
        const { key, cert } = makeCertificate(directory);
        const child = start(t, "--http", "0", "--https", "0", "--cert", cert, "--key", key);
        const [line] = await once(child.stdout, "data");
        const ports = JSON.parse(line);

        const session = http2.connect(`https://127.0.0.1:${ports.https}`, { rejectUnauthorized: false });
        const stream = session.request({ ":method": "POST", ":path": usual, ...json });
        stream.end(JSON.stringify(interact));
        const body = Buffer.concat(await stream.toArray()).toString();
        assert.ok(Array.isArray(JSON.parse(body).handle));
        session.destroy();

        const recorded = await fetch(`http://127.0.0.1:${ports.http}/_stand-in/requests`);
        assert.equal((await recorded.json())[0].httpVersion, "2.0");
        child.kill("SIGTERM");
        assert.deepEqual(await once(child, "exit"), [0, null]);
    });

    test("keeps a journal that outlives it", async (t) => {
        const directory = mkdtempSync(path.join(tmpdir(), "stand-in-"));
        t.after(() => rmSync(directory, { recursive: true }));
        const journal = path.join(directory, "journal");
        const child = start(t, "--http", "0", "--journal", journal);
        const { http: port } = JSON.parse((await once(child.stdout, "data"))[0]);
        const body = { ...interact, events: [{ xdm: { _id: "e1", eventType: "commerce.purchases" } }, { xdm: {} }] };
        const post = (id, action = "interact") =>
            fetch(`http://127.0.0.1:${port}${usual.replace("interact", action)}&requestId=${id}`, {
                method: "POST",
                headers: json,
                body: JSON.stringify(body),
            }).catch(() => undefined);
        await post("r1");
        for (const mode of [{ status: 503 }, { reset: true }, { reset: "body" }]) {
            await fetch(`http://127.0.0.1:${port}/_stand-in/mode`, { method: "PUT", body: JSON.stringify(mode) });
            await post("r2").then((response) => response?.text()).catch(() => undefined);
        }
        await post("r3", "collect"); // 204: no body to cut
        child.kill("SIGKILL");

        const lines = readFileSync(journal, "utf8").trim().split("\n").map((line) => JSON.parse(line));
        assert.deepEqual(
            lines.map(({ requestId, fate, status }) => [requestId, fate, status]),
            [
                ["r1", "taken", 200],
                ["r2", "refused", 503],
                ["r2", "unanswered", 200],
                ["r2", "unanswered", 200],
                ["r3", "taken", 204],
            ],
        );
        assert.deepEqual(lines[0].events, [["e1", "commerce.purchases"], [null, null]]);
        assert.equal(lines[0].action, "interact");
    });

    test("says what is wrong with its arguments", async (t) => {
        const child = start(t, "--https", "0");
        const [message] = await once(child.stderr, "data");
        assert.match(String(message), /--https needs a certificate/);
        assert.deepEqual(await once(child, "exit"), [1, null]);
    });
});
