// What visitors decided: reading a set-consent request and remembering it by ECID.

import { Refusal } from "./problem.mjs";

const remembered = 50000;
const adobe2Values = ["y", "n", "p", "u", "li", "ct", "cp", "vi", "pi"];

/** Visitors' decisions; the oldest are forgotten beyond a bound. */
export class Consents {
    #byVisitor = new Map();

    set(ecid, general) {
        this.#byVisitor.delete(ecid);
        this.#byVisitor.set(ecid, general);
        if (this.#byVisitor.size > remembered) {
            this.#byVisitor.delete(this.#byVisitor.keys().next().value);
        }
    }

    /** `in`, `out` or undefined: what was decided here, else what the consent cookie says. */
    of(ecid, cookie) {
        return this.#byVisitor.get(ecid) ?? /(?:^|;)\s*general=(in|out)/.exec(cookie ?? "")?.[1];
    }

    clear() {
        this.#byVisitor.clear();
    }
}

/**
 * Purpose 1 (store and access) of an IAB TCF 2 string. The real Edge looks at more purposes and at the
 * vendor list; one bit is enough to tell a yes from a no.
 */
function tcfAllowsStorage(text) {
    const core = Buffer.from(text.split(".")[0], "base64url");
    const purpose1 = 152; // bits before it: version, two dates, CMP, language, vendor list, flags
    return core.length > purpose1 / 8 && (core[purpose1 / 8] & 0x80) !== 0;
}

function invalid(message) {
    return new Refusal("EXEG-0104-422", "The consent is not valid.", [message]);
}

function adobe1(value) {
    if (!["in", "out"].includes(value.general)) {
        const found = JSON.stringify(value.general);
        throw invalid(`consent.value.general is ${found}, expected "in" or "out"`);
    }
    return value.general;
}

function adobe2(value) {
    const choice = value.collect?.val;
    if (!adobe2Values.includes(choice)) {
        const found = JSON.stringify(choice);
        throw invalid(`consent.value.collect.val is ${found}, expected one of ${adobe2Values}`);
    }
    return choice === "n" ? "out" : "in";
}

function decision(item) {
    for (const member of ["standard", "version", "value"]) {
        if (item?.[member] !== undefined) {
            continue;
        }
        throw new Refusal("EXEG-0103-400", `consent[].${member} is missing.`);
    }
    const { standard, version, value } = item;
    const isObject = typeof value === "object" && value !== null;
    if (standard === "Adobe" && version === "1.0" && isObject) {
        return adobe1(value);
    }
    if (standard === "Adobe" && version === "2.0" && isObject) {
        return adobe2(value);
    }
    if (standard === "IAB TCF" && version === "2.0" && typeof value === "string") {
        return item.gdprApplies === false || tcfAllowsStorage(value) ? "in" : "out";
    }
    throw invalid(
        `standard ${JSON.stringify(standard)} ${JSON.stringify(version)} with this value is not known`,
    );
}

/** `in` when every part of a set-consent request says so. */
export function readConsent(body) {
    if (body.consent === undefined) {
        throw new Refusal("EXEG-0103-400", "The member consent is missing.");
    }
    if (!Array.isArray(body.consent) || body.consent.length === 0) {
        throw new Refusal("EXEG-0102-400", "The member consent is not a list with at least one item.");
    }
    return body.consent.map(decision).every((general) => general === "in") ? "in" : "out";
}
