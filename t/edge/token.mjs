// Adobe's token endpoint (OAuth server-to-server) and the check of the tokens it gave out.

import { randomBytes } from "node:crypto";

import { Refusal } from "./problem.mjs";

export const tokenPath = /^\/ims\/token\/v[34]$/;

const mandatory = ["grant_type", "client_id", "client_secret", "scope"];

/** Tokens given out, with the time each runs out. */
export class Tokens {
    #expiry = new Map();

    /**
     * `lifetime`: seconds that a new token is valid. `secrets`: those of the only client, `client`, that gets one;
     * without them any does.
     */
    constructor(lifetime, client, secrets) {
        this.lifetime = lifetime;
        this.client = client;
        this.secrets = secrets;
    }

    /** Whether this client may have a token. */
    takes(client, secret) {
        return (this.client ?? client) === client && (this.secrets?.includes(secret) ?? true);
    }

    /** From now on no token is one of ours. */
    revoke() {
        this.#expiry.clear();
    }

    create(lifetime = this.lifetime) {
        const token = randomBytes(24).toString("base64url");
        this.#expiry.set(token, Date.now() + lifetime * 1000);
        return { access_token: token, token_type: "bearer", expires_in: lifetime };
    }

    /** `valid`, `expired` or `unknown`. */
    check(token) {
        const expiry = this.#expiry.get(token);
        if (expiry === undefined) {
            return "unknown";
        }
        return expiry > Date.now() ? "valid" : "expired";
    }
}

/** True for the host that wants a token with each request; any host called server.* stands for it. */
export function isAuthenticatedHost(host) {
    return host.startsWith("server.");
}

/** Refuses a request that does not carry a token of ours and the headers that go with it. */
export function checkBearer(headers, tokens) {
    const token = /^Bearer (\S+)$/i.exec(headers.authorization ?? "")?.[1];
    if (!token) {
        throw new Refusal("EXEG-0500-401", "There is no bearer token in the header Authorization.");
    }
    for (const name of ["x-api-key", "x-gw-ims-org-id"]) {
        if (!headers[name]) {
            throw new Refusal("EXEG-0500-401", `The header ${name} is missing.`);
        }
    }
    const state = tokens.check(token);
    if (state === "expired") {
        throw new Refusal("EXEG-0503-401", "The access token has expired.");
    }
    if (state === "unknown") {
        throw new Refusal("EXEG-0500-401", "The access token is not one of ours.");
    }
}

/** The token endpoint's answer to a form. */
export function answerToken(request, tokens, lifetime) {
    const refuse = (description) => ({
        status: 400,
        body: { error: "invalid_request", error_description: description },
    });
    const type = (request.headers["content-type"] ?? "").split(";")[0].trim().toLowerCase();
    if (type !== "application/x-www-form-urlencoded") {
        return refuse(`content type "${type}" is not a form`);
    }
    const form = new URLSearchParams(request.text);
    const missing = mandatory.find((name) => !form.get(name));
    if (missing) {
        return refuse(`missing parameter ${missing}`);
    }
    if (form.get("grant_type") !== "client_credentials") {
        return refuse("grant_type is not client_credentials");
    }
    if (!tokens.takes(form.get("client_id"), form.get("client_secret"))) {
        return {
            status: 401,
            body: { error: "invalid_client", error_description: "invalid client_secret parameter" },
        };
    }
    return { status: 200, body: tokens.create(lifetime) };
}
