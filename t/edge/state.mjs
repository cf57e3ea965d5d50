// What a browser keeps for Edge: cookies in and out, directly or through a gateway.

/** Max-Age of each of Edge's cookies, in seconds. */
const lifetimes = { identity: 34128000, consent: 15552000, cluster: 1800 };

/** Percent-decodes once, as js-cookie does; what is no valid escape stays as it is. */
function decode(text) {
    try {
        return decodeURIComponent(text.replace(/^"/, ""));
    } catch {
        return text;
    }
}

/** Percent-encodes what js-cookie would. */
function encode(value) {
    return encodeURIComponent(value).replace(
        /%(23|24|26|2B|2F|3A|3C|3D|3E|3F|40|5B|5D|5E|60|7B|7C|7D)/g,
        decodeURIComponent,
    );
}

/** The Cookie header as `[{key, value}]`, values decoded once. */
export function parseCookies(header = "") {
    return header
        .split(";")
        .map((pair) => pair.trim())
        .filter(Boolean)
        .map((pair) => {
            const equals = pair.indexOf("=");
            const [key, value] = equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
            return { key: decode(key), value: decode(value) };
        });
}

/** What one organization's cookies are called. */
export function cookieName(organization, key) {
    return `kndctr_${organization.replace("@", "_")}_${key}`;
}

/** What a request tells of the visitor: entries of the body, else the Cookie header. */
export function readState(body, cookieHeader, organization) {
    const cookies = parseCookies(cookieHeader);
    const entries = Array.isArray(body.meta?.state?.entries) ? body.meta.state.entries : [];
    const value = (name) => [...entries, ...cookies].find(({ key }) => key === name)?.value;
    return {
        identity: value(cookieName(organization, "identity")),
        consent: value(cookieName(organization, "consent")),
        fpid: cookies.find(({ key }) => key === "FPID")?.value,
    };
}

/** True when cookies that this host sets reach the page: Edge is called by a name of the page's site. */
function isFirstParty(host, clientState) {
    const domain = clientState?.domain;
    if (!clientState?.cookiesEnabled || !domain || !domain.includes(".")) {
        return false;
    }
    return host === domain || host.endsWith(`.${domain}`);
}

/**
 * Hands `values` (`{identity, consent, cluster}`) to the browser: as Set-Cookie where it would keep them,
 * as `state:store` otherwise, never both.
 */
export function writeState(values, { host, clientState, organization }) {
    const stored = Object.entries(values).map(([key, value]) => ({
        key: cookieName(organization, key),
        value,
        maxAge: lifetimes[key],
        attrs: { SameSite: "None" },
    }));
    if (!isFirstParty(host, clientState)) {
        return { cookies: [], handles: stored.length ? [{ type: "state:store", payload: stored }] : [] };
    }
    const attributes = `Path=/; Domain=${clientState.domain}`;
    return {
        cookies: stored.map(
            ({ key, value, maxAge }) =>
                `${key}=${encode(value)}; ${attributes}; Max-Age=${maxAge}; SameSite=None; Secure`,
        ),
        handles: [],
    };
}
