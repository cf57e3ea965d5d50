// What the script asks nginx, and in words why it gets no good answer.

import { byId } from "./elements.js";

const here = location.pathname;

/** How long an answer may take, in milliseconds. */
export const patience = 10000;

const refusals = {
    401: "The token is not right: type a line of the file that aep_status_token names.",
    403: "nginx refuses that: the token is not right, your address is not allowed here, or aep_status_token is not set.",
    404: "nginx has nothing here: the location may have changed.",
};

/** Why there is no good answer, in words. */
const troubleOf = async (answer) => {
    const isProblem = /problem\+json/.test(answer.headers.get("Content-Type"));
    const { title, detail } = isProblem ? await answer.json().catch(() => ({})) : {};
    const words = refusals[answer.status] ?? `nginx answers with status ${answer.status}.`;
    return [words, detail ?? title].filter(Boolean).join(" ");
};

export const ask = async (query, options = {}) => {
    let answer;
    try {
        answer = await fetch(`${here}${query}`, { cache: "no-store", ...options });
    } catch (error) {
        throw new Error(error.name === "TimeoutError" ? `No answer within ${patience / 1000} seconds.` :
            "nginx does not answer.", { cause: error });
    }
    if (!answer.ok) throw new Error(await troubleOf(answer));
    return answer;
};

/** The token is nowhere but in its field. */
export const askWithToken = async (query, method) => {
    const token = byId("token").value.trim();
    if (!/^[\x21-\x7e]+$/.test(token)) {
        byId("token").focus();
        throw new Error("Type the token first: a line of the file that aep_status_token names.");
    }
    return ask(query, { method, headers: { Authorization: `Bearer ${token}` } });
};
