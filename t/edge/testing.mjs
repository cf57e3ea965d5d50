// What the stand-in's own tests share: one started stand-in, and a client that hides nothing.

import http from "node:http";
import { after, before, beforeEach } from "node:test";

import { startStandIn } from "./server.mjs";

export const organization = "0123456789ABCDEF01234567@AdobeOrg";
export const prefix = "kndctr_0123456789ABCDEF01234567_AdobeOrg_";
export const ecid = "41861666193140161934276845651148876988";
export const datastreams = {
    usual: "ebebf826-a01f-4458-8cec-ef61de241c93",
    server: "5d1fb3c2-7c1e-4a53-9b0e-3c1c5a1d9a10",
    authenticated: "00000000-0000-4000-8000-000000000001",
    disabled: "00000000-0000-4000-8000-000000000002",
};

const shop = { state: { domain: "shop.test", cookiesEnabled: true } };
const fetchEcid = { identity: { fetch: ["ECID"] } };

/** Bodies as alloy sends them. */
export const acquire = { query: fetchEcid, meta: shop };
export const interact = { ...acquire, events: [{ xdm: { eventType: "web.webpagedetails.pageViews" } }] };
export const setConsent = (general) => ({
    ...acquire,
    consent: [{ standard: "Adobe", version: "1.0", value: { general } }],
});

/** The body with these state entries. */
export const withEntries = (body, entries) => ({ ...body, meta: { state: { ...shop.state, entries } } });

let standIn;
const agent = new http.Agent({ keepAlive: true });

/** Address of the stand-in's HTTP port, with a path. */
export const address = (path) => `http://127.0.0.1:${standIn.ports.http}${path}`;

export async function control(method, name, body) {
    const response = await fetch(address(`/_stand-in/${name}`), {
        method,
        body: body && JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
}

export const events = async (query = "") => (await control("GET", `events${query}`)).body;
export const requests = async (query = "") => (await control("GET", `requests${query}`)).body;

/** Sends a request with node:http, because fetch hides Host and Set-Cookie. */
export function send(path, { method = "POST", headers = {}, body = "" } = {}) {
    const { promise, resolve, reject } = withResolvers();
    const { hostname, port } = new URL(address("/"));
    const type = { "content-type": "text/plain; charset=UTF-8" };
    const request = http.request({ agent, hostname, port, method, path, headers: { ...type, ...headers } });
    request.on("error", reject);
    request.on("response", (response) => {
        response.toArray().then((chunks) => {
            const text = Buffer.concat(chunks).toString();
            resolve({
                status: response.statusCode,
                headers: response.headers,
                text,
                json: () => JSON.parse(text),
            });
        }, reject);
    });
    request.end(typeof body === "string" ? body : JSON.stringify(body));
    return promise;
}

export function withResolvers() {
    const all = {};
    all.promise = new Promise((resolve, reject) => {
        Object.assign(all, { resolve, reject });
    });
    return all;
}

/** A request to the usual datastream. */
export function edge(action, body, { id = "r1", host, headers, version = "v1" } = {}) {
    const argument = version === "v1" ? "configId" : "datastreamId";
    const path = `/ee/${version}/${action}?${argument}=${datastreams.usual}&requestId=${id}`;
    return send(path, { body, headers: { ...(host && { host }), ...headers } });
}

/** The handles of one type in an answer. */
export const handles = (answer, type) => answer.json().handle.filter((handle) => handle.type === type);

/** What an answer stores by state:store: `{identity, cluster, ...}`. */
export function stored(answer) {
    const items = handles(answer, "state:store").flatMap(({ payload }) => payload);
    return Object.fromEntries(items.map(({ key, value }) => [key.replace(prefix, ""), value]));
}

/** Starts a stand-in for the tests of a file; each test begins with an empty record and no mode. */
export function useStandIn() {
    before(async () => {
        const { usual, server, authenticated, disabled } = datastreams;
        standIn = await startStandIn({
            http: 0,
            organization,
            datastreams: [
                usual,
                `${server}=server`,
                `${authenticated}=authenticated`,
                `${disabled}=disabled`,
            ],
        });
    });
    after(() => standIn.close());
    beforeEach(async () => {
        await control("DELETE", "mode");
        await control("DELETE", "requests");
    });
}
