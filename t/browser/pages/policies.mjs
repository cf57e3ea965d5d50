// Content-Security-Policy: the page's own scripts run by the policy, and so does the tag where the policy lets it.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";

import { root } from "../services.mjs";
import { document, paragraph } from "./page.mjs";

const hash = (algorithm, content) => `'${algorithm}-${createHash(algorithm).update(content).digest("base64")}'`;

const own = "works";
const code = `window.own = "${own}";`;
const scriptHash = hash("sha256", code);
const fileHash = hash("sha384", readFileSync(path.join(root, "build/sdk/aep.js")));

const field = "Content-Security-Policy";
const trusted = "require-trusted-types-for 'script'";

/** A page with a script of its own, and this policy. */
const page = (name, policy, { head = `<script>${code}</script>`, ...others } = {}) => ({
    name: `policy: ${name}`, own, headers: { [field]: policy }, html: document({ head }), ...others,
});

/** The same where page and policy have a nonce. */
const withNonce = (name, policies, others = {}) => ({
    name: `policy: ${name}`,
    own,
    headers: ({ nonce }) => ({
        [field]: [policies].flat().map((policy) => policy.replaceAll("NONCE", `'nonce-${nonce}'`)),
    }),
    html: ({ nonce }) => document({ head: `<script nonce="${nonce}">${code}</script>` }),
    ...others,
});

const inDocument = `<meta http-equiv="${field}" content="script-src 'nonce-c2hvcA=='">
    <script nonce="c2hvcA==">${code}</script>`;

const script = { html: code, type: "text/javascript" };

const loader = `
    const script = document.createElement("script");
    script.src = "/loaded.js";
    document.head.append(script);`;

export const policies = [
    page("default-src 'self'", "default-src 'self'", {
        head: '<script src="/own.js"></script>',
        others: { "/own.js": script },
    }),
    withNonce("nonce", "default-src 'self'; script-src NONCE"),
    withNonce("nonce for elements", "script-src 'none'; script-src-elem NONCE"),
    withNonce("nonce and strict-dynamic", "script-src NONCE 'strict-dynamic' https: 'unsafe-inline'", {
        html: ({ nonce }) => document({ body: `${paragraph}<script nonce="${nonce}">${loader}</script>` }),
        others: { "/loaded.js": script },
    }),
    page("hashes", `script-src ${scriptHash}`, { tag: false }),
    page("hashes, that of the SDK file among them", `script-src ${scriptHash} ${fileHash}`),
    page("hashes and strict-dynamic", `script-src 'strict-dynamic' ${scriptHash} ${fileHash}`),
    page("hosts, with a way to the SDK file only", "script-src 'unsafe-inline' north.shop.example/aep/"),
    page("hosts other than the page's", "script-src 'unsafe-inline' https://scripts.example", { tag: false }),
    withNonce("several, in fields of their own", ["script-src NONCE; base-uri 'none'", "default-src 'self' NONCE"]),
    withNonce("several, in one field", "script-src 'self' NONCE, object-src 'none', script-src NONCE"),
    page("several, of which one does not allow it", ["script-src 'self' 'unsafe-inline'", `script-src ${scriptHash}`], {
        tag: false,
    }),
    page("no scripts at all", "script-src 'none'", { head: "", own: undefined, tag: false }),
    page("nothing at all", "default-src 'none'", { head: "", own: undefined, tag: false }),
    page("a sandbox with scripts", "sandbox allow-scripts allow-same-origin", { logs: [/can escape its sandbox/] }),
    page("a sandbox without scripts", "sandbox", { head: "", own: undefined, tag: false }),
    page("a sandbox without an origin", "sandbox allow-scripts", { tag: false }),
    page("in the document", undefined, { headers: {}, html: document({ head: inDocument }) }),
    page("in the document, in front of the charset", undefined, {
        headers: {},
        type: "text/html",
        html: document({ head: `${inDocument}<meta charset="utf-8">` }),
        behind: "title",
    }),
    page("a report only, of nothing", undefined, {
        headers: { [`${field}-Report-Only`]: "default-src 'self' 'unsafe-inline'" },
    }),
    page("a report only, of all scripts", undefined, {
        headers: { [`${field}-Report-Only`]: "script-src 'none'" },
        logs: [/Executing inline script/],
        violations: ["report script-src-elem inline"],
        warns: [/Loading the script/],
        reports: ["report script-src-elem /aep/SDK.js"],
    }),
    withNonce("a report only, of what has no nonce", "", {
        headers: ({ nonce }) => ({ [`${field}-Report-Only`]: `script-src 'nonce-${nonce}' 'strict-dynamic'` }),
    }),
    page("connections are shut out", "connect-src 'none'", {
        sends: false,
        warns: [/acquire/, /acquire/, /interact/, /interact/, /error: sendEvent error/],
        reports: ["enforce connect-src /ee/v1/identity/acquire", "enforce connect-src /ee/v1/interact"],
    }),
    withNonce("Trusted Types", `script-src NONCE; ${trusted}`),
    withNonce("Trusted Types, and a list of their policies", `script-src NONCE; ${trusted}; trusted-types shop`),
    withNonce("Trusted Types, and no policies", `script-src NONCE; ${trusted}; trusted-types 'none'`),
    {
        name: "policy: an isolated page",
        html: document(),
        headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
    },
    { name: "policy: no referrer", html: document(), headers: { "Referrer-Policy": "no-referrer" } },
];
