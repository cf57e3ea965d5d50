// What the gateway does to an event, as somebody would write it for nginx's own JavaScript (njs): the same result by
// JSON.parse and JSON.stringify.

import crypto from "crypto";

const PREFIX = "kndctr_0123456789ABCDEF01234567_AdobeOrg_";
const DATASTREAM = "ebebf826-a01f-4458-8cec-ef61de241c93";

function entryOf(pair) {
    const end = pair.indexOf("=");
    return { key: pair.slice(0, end), value: decodeURIComponent(pair.slice(end + 1)) };
}

function entriesOf(header) {
    return (header || "").split("; ").filter((pair) => pair.startsWith(PREFIX)).map(entryOf);
}

function idOf(requestId, position) {
    return crypto.createHash("sha256").update(`${DATASTREAM}/${requestId}/${position}`).digest("hex").slice(0, 32);
}

function cookieOf(entry, domain) {
    let cookie = `${entry.key}=${encodeURIComponent(entry.value)}; Path=/; Domain=${domain}; Secure`;
    if (entry.maxAge !== undefined) {
        cookie += `; Max-Age=${entry.maxAge}`;
    }
    return `${cookie}; SameSite=${(entry.attrs && entry.attrs.SameSite) || "Lax"}`;
}

function rewriteRequest(text, header, requestId) {
    const body = JSON.parse(text);
    body.meta = body.meta || {};
    delete body.meta.sdkConfig;
    delete body.meta.configOverrides;
    body.meta.state = body.meta.state || {};
    body.meta.state.entries = entriesOf(header);
    body.events.forEach((event, position) => {
        event.xdm = event.xdm || {};
        event.xdm._id = event.xdm._id || idOf(requestId, position);
    });
    return body;
}

async function gateway(r) {
    const body = rewriteRequest(r.requestText, r.headersIn.Cookie, r.args.requestId);
    const reply = await r.subrequest(`/edge${r.uri.slice(3)}`, {
        method: "POST",
        args: `configId=${DATASTREAM}&requestId=${r.args.requestId}`,
        body: JSON.stringify(body),
    });
    const answer = JSON.parse(reply.responseText);
    const cookies = [];
    answer.handle = answer.handle.filter((handle) => {
        if (handle.type !== "state:store") {
            return true;
        }
        handle.payload.forEach((entry) => cookies.push(cookieOf(entry, body.meta.state.domain)));
        return false;
    });
    r.headersOut["Content-Type"] = "application/json;charset=utf-8";
    r.headersOut["Set-Cookie"] = cookies;
    r.return(reply.status, JSON.stringify(answer));
}

export default { gateway };
