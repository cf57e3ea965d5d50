// Who a request is about, and whether that visitor may be followed.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { decodeIdentity, encodeIdentity } from "./identity.mjs";
import {
    acquire,
    ecid,
    edge,
    events,
    handles,
    interact,
    prefix,
    setConsent,
    stored,
    useStandIn,
    withEntries,
} from "./testing.mjs";

useStandIn();

/** The smallest cookie that alloy accepts: nothing but the ECID. */
const minimalIdentity = Buffer.from(`\n&${ecid}`).toString("base64");

describe("identity", () => {
    const idOf = (answer) => handles(answer, "identity:result")[0].payload[0].id;
    const withIdentity = (value) => withEntries(interact, [{ key: `${prefix}identity`, value }]);

    test("the cookie is a protobuf around 38 digits", () => {
        const value = encodeIdentity(ecid);
        assert.equal(Buffer.from(value, "base64").subarray(0, 2).toString("hex"), "0a26");
        assert.equal(decodeIdentity(value).ecid, ecid);
        assert.equal(decodeIdentity(minimalIdentity).ecid, ecid);
        for (const wrong of ["", "x", "CiQ0MTg2", "djF8NzA5NzE2NjI2ODUyMzgyNjg2Mjg=", undefined]) {
            assert.equal(decodeIdentity(wrong), undefined);
        }
    });

    test("a new visitor gets one, told and stored", async () => {
        const answer = await edge("identity/acquire", acquire);
        assert.match(idOf(answer), /^\d{38}$/);
        assert.equal(decodeIdentity(stored(answer).identity).ecid, idOf(answer));
        assert.equal(stored(answer).cluster, "or2");
        assert.notEqual(idOf(await edge("identity/acquire", acquire)), idOf(answer));
    });

    test("it is told only where it was asked for", async () => {
        const answer = await edge("interact", { ...interact, query: {} });
        assert.deepEqual(handles(answer, "identity:result"), []);
    });

    test("entries go before the Cookie header, an identity map before both", async () => {
        const headers = { cookie: `a=b; ${prefix}identity=${encodeIdentity("1".repeat(38))}` };
        assert.equal(idOf(await edge("interact", interact, { headers })), "1".repeat(38));
        const body = withIdentity(encodeIdentity(ecid));
        assert.equal(idOf(await edge("interact", body, { headers })), ecid);
        const mapped = { ...body, xdm: { identityMap: { ECID: [{ id: "2".repeat(38) }] } } };
        assert.equal(idOf(await edge("interact", mapped, { headers })), "2".repeat(38));
    });

    test("a fresh cookie is not written again, an old or minimal one is", async () => {
        const rewritten = async (value) => stored(await edge("interact", withIdentity(value))).identity;
        assert.equal(await rewritten(encodeIdentity(ecid)), undefined);
        const yesterday = Date.now() - 25 * 3600 * 1000;
        assert.equal(decodeIdentity(await rewritten(encodeIdentity(ecid, { now: yesterday }))).ecid, ecid);
        assert.equal(decodeIdentity(await rewritten(minimalIdentity)).ecid, ecid);
    });

    test("one device ID is one visitor, and an identity map's goes before the cookie's", async () => {
        const headers = { cookie: "FPID=0b5b1a4e-4b5a-4f0e-9c39-2f5a3c0f1a11" };
        const first = idOf(await edge("interact", interact, { headers }));
        assert.equal(idOf(await edge("interact", interact, { headers })), first);
        const mapped = { ...interact, xdm: { identityMap: { FPID: [{ id: "another" }] } } };
        assert.notEqual(idOf(await edge("interact", mapped, { headers })), first);
    });

    test("collect makes no new one", async () => {
        await edge("collect", interact);
        assert.equal((await events("?at_least=1"))[0].ecid, undefined);
    });
});

describe("consent", () => {
    const identityMap = { ECID: [{ id: ecid }] };
    const visit = () => edge("interact", { ...interact, xdm: { identityMap } });
    const decide = (general) => edge("privacy/set-consent", { ...setConsent(general), identityMap });

    test("is stored, told and obeyed", async () => {
        assert.equal(stored(await decide("out")).consent, "general=out");
        const refused = await visit();
        assert.equal(refused.status, 200);
        assert.match(refused.json().warnings[0].type, /EXEG-0301-200$/);
        assert.equal(stored(refused).consent, "general=out");
        assert.equal(stored(await decide("in")).consent, "general=in");
        assert.equal((await visit()).json().warnings, undefined);
        const outcomes = (await events("?at_least=2")).map(({ outcome }) => outcome);
        assert.deepEqual(outcomes, ["no-consent", "accepted"]);
    });

    test("a cookie that says out counts, and stops decisions", async () => {
        const headers = { cookie: `${prefix}consent=general=out` };
        const [event] = interact.events;
        const body = { ...interact, events: [{ ...event, query: { personalization: {} } }] };
        const answer = await edge("interact", body, { headers });
        assert.equal(answer.json().warnings.length, 1);
        assert.deepEqual(handles(answer, "personalization:decisions"), []);
    });

    test("Adobe 2.0 and IAB TCF are understood", async () => {
        const said = async (item) => {
            const answer = await edge("privacy/set-consent", { ...setConsent("in"), consent: [item] });
            return stored(answer).consent;
        };
        const adobe2 = (val) => ({ standard: "Adobe", version: "2.0", value: { collect: { val } } });
        const core = Buffer.alloc(30);
        const tcf = (gdprApplies) => ({
            standard: "IAB TCF",
            version: "2.0",
            value: core.toString("base64url"),
            gdprApplies,
        });
        assert.equal(await said(adobe2("y")), "general=in");
        assert.equal(await said(adobe2("n")), "general=out");
        assert.equal(await said(tcf(true)), "general=out");
        assert.equal(await said(tcf(false)), "general=in");
        core[19] = 0x80;
        assert.equal(await said(tcf(true)), "general=in");
        const wrong = { ...setConsent("in"), consent: [adobe2("q")] };
        assert.equal((await edge("privacy/set-consent", wrong)).status, 422);
    });
});
