// Requests that Edge does not take, and what the others get.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { startStandIn } from "./server.mjs";
import {
    acquire,
    datastreams,
    edge,
    handles,
    interact,
    organization,
    prefix,
    send,
    setConsent,
    stored,
    useStandIn,
    control,
} from "./testing.mjs";

useStandIn();

describe("requests that Edge does not take", () => {
    const good = `/ee/v1/interact?configId=${datastreams.usual}&requestId=r1`;
    const consent = `/ee/v1/privacy/set-consent?configId=${datastreams.usual}`;
    const placeholder = { xdm: { identityMap: { ECID: [{ id: "0".repeat(36) }] } } };
    const json = (value) => ({ body: value });
    const typed = (type) => ({ body: "{}", headers: { "content-type": type } });
    const cases = [
        ["an unknown path", "/ee/v1/other", {}, 404],
        ["an unknown media action", `/ee/va/v1/other?configId=${datastreams.usual}`, json(interact), 404],
        ["a GET", good, { method: "GET" }, 405],
        ["no body", good, {}, 408, "0109"],
        ["a form", good, typed("application/x-www-form-urlencoded"), 415, "0111"],
        ["a senseless content type", good, typed("text"), 400, "0106"],
        ["no JSON", good, json('{"events":'), 400, "0101"],
        ["JSON that is no object", good, json("[]"), 400, "0102"],
        ["a body over 64 KB", good, json(`{"events":[{}],"x":"${"x".repeat(65536)}"}`), 413, "0112"],
        ["no datastream", "/ee/v1/interact", json(interact), 400, "0002"],
        ["an unknown datastream", "/ee/v1/interact?configId=1", json(interact), 400, "0003"],
        [
            "a disabled datastream",
            `/ee/v1/interact?configId=${datastreams.disabled}`,
            json(interact),
            422,
            "0004",
        ],
        ["no events", good, json({}), 400, "0103"],
        ["events that are no list", good, json({ events: {} }), 400, "0102"],
        [
            "cookies without a domain",
            good,
            json({ events: [{}], meta: { state: { cookiesEnabled: true } } }),
            400,
            "0110",
        ],
        ["an ECID that is none", good, json({ events: [placeholder] }), 400, "0305"],
        [
            "a batch without primary identities",
            `/ee/v1/collect?configId=${datastreams.server}`,
            json(interact),
            400,
            "0306",
        ],
        ["set-consent without a consent", consent, json({}), 400, "0103"],
        ["set-consent with a consent that is no list", consent, json({ consent: {} }), 400, "0102"],
        ["set-consent with an unknown value", consent, json(setConsent("maybe")), 422, "0104"],
    ];
    for (const [name, path, options, status, code] of cases) {
        test(name, async () => {
            const answer = await send(path, options);
            assert.equal(answer.status, status);
            if (code) {
                assert.equal(answer.headers["content-type"], "application/problem+json");
                assert.equal(answer.json().type.split("/").pop(), `EXEG-${code}-${status}`);
            }
        });
    }

    test("an empty domain, as on localhost, passes", async () => {
        const meta = { state: { domain: "", cookiesEnabled: true } };
        assert.equal((await edge("interact", { ...interact, meta })).status, 200);
    });

    test("a datastream with a suffix and a path with a hint pass", async () => {
        const path = `/ee/or2/v1/interact?configId=${datastreams.usual}:dev`;
        assert.equal((await send(path, { body: interact })).status, 200);
    });
});

describe("answers", () => {
    test("carry the requestId with something behind it, and Edge's headers", async () => {
        const answer = await edge("interact", interact, {
            id: "abc",
            headers: { origin: "https://shop.test" },
        });
        assert.match(answer.json().requestId, /^abc-.+/);
        assert.equal(answer.headers["x-adobe-edge"], "OR2;9");
        assert.match(answer.headers["cache-control"], /no-store/);
        assert.equal(answer.headers.vary, "Origin");
        assert.equal(answer.headers["access-control-allow-origin"], "https://shop.test");
        assert.equal(answer.headers["access-control-allow-credentials"], "true");
        assert.match(answer.headers["access-control-expose-headers"], /retry-after/);
    });

    test("to a preflight and to the older collector", async () => {
        const headers = { origin: "https://shop.test" };
        const preflight = await send("/collector/tp2", { method: "OPTIONS", headers });
        assert.equal(preflight.status, 204);
        assert.equal(preflight.headers["access-control-allow-origin"], "https://shop.test");
        assert.equal((await send("/com.snowplowanalytics.snowplow/tp2", { body: "{}" })).status, 200);
    });

    test("to collect and to media are empty", async () => {
        for (const path of ["/ee/v1/collect", "/ee/va/v1/ping", "/ee/or2/va/v1/ping"]) {
            const answer = await send(`${path}?configId=${datastreams.usual}`, { body: interact });
            assert.deepEqual([answer.status, answer.text], [204, ""]);
        }
    });

    test("hold decisions where they were asked for", async () => {
        const [event] = interact.events;
        const body = { ...interact, events: [{ ...event, query: { personalization: { schemas: [] } } }] };
        assert.equal(handles(await edge("interact", body), "personalization:decisions")[0].eventIndex, 0);
        assert.deepEqual(handles(await edge("interact", interact), "personalization:decisions"), []);
    });

    test("put state into Set-Cookie when Edge is called by a name of the site, and only there", async () => {
        const answer = await edge("identity/acquire", acquire, { host: "data.shop.test" });
        assert.deepEqual(handles(answer, "state:store"), []);
        const [identity, cluster] = answer.headers["set-cookie"];
        assert.match(identity, new RegExp(`^${prefix}identity=CiY.*; Path=/; Domain=shop.test; `));
        assert.match(identity, /; Max-Age=34128000; SameSite=None; Secure$/);
        assert.match(cluster, /_cluster=or2; .*Max-Age=1800;/);
    });

    test("put state into the body otherwise", async () => {
        for (const host of ["edge.adobedc.net", "myshop.test", "127.0.0.1"]) {
            const answer = await edge("interact", interact, { host });
            assert.equal(answer.headers["set-cookie"], undefined);
            assert.deepEqual(Object.keys(stored(answer)), ["identity", "cluster"]);
        }
    });
});

describe("the server API", () => {
    const event = { xdm: { _id: "o1", identityMap: { email: [{ id: "jana@shop.test", primary: true }] } } };
    const form = "grant_type=client_credentials&client_id=id&client_secret=secret&scope=openid";
    const formType = { "content-type": "application/x-www-form-urlencoded" };
    const token = (body = form) => send("/ims/token/v3", { body, headers: formType });
    const authorized = (value) => ({
        "content-type": "application/json",
        authorization: `Bearer ${value}`,
        "x-api-key": "id",
        "x-gw-ims-org-id": organization,
    });

    test("collect answers 202, or 204 when it is to be silent", async () => {
        const answer = await edge("collect", { events: [event] }, { version: "v2", id: "r" });
        assert.equal(answer.status, 202);
        assert.match(answer.json().requestId, /^r-/);
        const path = `/ee/v2/collect?dataStreamId=${datastreams.usual}&silent=true`;
        assert.equal((await send(path, { body: { events: [event] } })).status, 204);
    });

    test("interact takes one event, not a list", async () => {
        assert.equal((await edge("interact", { event }, { version: "v2" })).status, 200);
        assert.equal((await edge("interact", { events: [event] }, { version: "v2" })).status, 400);
    });

    test("the token endpoint checks the form", async () => {
        const answer = (await token()).json();
        assert.equal(answer.token_type, "bearer");
        assert.equal(answer.expires_in, 86399);
        assert.equal((await token(form.replace("client_secret=secret&", ""))).status, 400);
        assert.equal((await token(form.replace("client_credentials", "password"))).status, 400);
        assert.equal((await send("/ims/token/v3", { body: form })).status, 400);
    });

    test("the authenticated host wants a valid token", async () => {
        const host = "server.adobedc.net";
        const collect = (headers) => edge("collect", { events: [event] }, { version: "v2", host, headers });
        assert.match((await collect({})).json().type, /EXEG-0500-401$/);
        assert.match((await collect(authorized("made-up"))).json().type, /EXEG-0500-401$/);
        const { access_token: good } = (await token()).json();
        assert.equal((await collect(authorized(good))).status, 202);
        await control("PUT", "mode", { action: "token", expiresIn: 0 });
        const { access_token: old } = (await token()).json();
        assert.match((await collect(authorized(old))).json().type, /EXEG-0503-401$/);
    });

    test("tokens are revoked on command", async () => {
        const headers = authorized((await token()).json().access_token);
        const collect = () => edge("collect", { events: [event] }, { version: "v2", host: "server.a", headers });
        assert.equal((await collect()).status, 202);
        await control("DELETE", "tokens");
        assert.match((await collect()).json().type, /EXEG-0500-401$/);
    });

    test("one client gets tokens, where it is named", async () => {
        const standIn = await startStandIn({ http: 0, client: "id", clientSecrets: ["old", "new"] });
        const answers = ["old", "new", "secret"].map(async (secret) => {
            const body = form.replace("=secret", `=${secret}`);
            const address = `http://127.0.0.1:${standIn.ports.http}/ims/token/v3`;
            const answer = await fetch(address, { method: "POST", headers: formType, body });
            return [answer.status, (await answer.json()).error];
        });
        assert.deepEqual(await Promise.all(answers), [
            [200, undefined],
            [200, undefined],
            [401, "invalid_client"],
        ]);
        standIn.close();
    });

    test("a datastream for authenticated requests refuses others", async () => {
        const path = `/ee/v2/collect?datastreamId=${datastreams.authenticated}`;
        const body = { events: [event] };
        assert.equal((await send(path, { body })).status, 401);
        const { access_token: good } = (await token()).json();
        const headers = { ...authorized(good), host: "server.adobedc.net" };
        assert.equal((await send(path, { body, headers })).status, 202);
    });
});
