// The list of dead letters, and what can be done with them.

import { badge, byId, byteSize, counted, element, localize } from "./elements.js";
import { ask, askWithToken } from "./requests.js";

let letters = [];
let knownLetters = 0;

const say = (...words) => byId("dead-letters-result").replaceChildren(...words);

/** Asks the reader; the answer is whether to go on. */
const confirmed = (question, verb) => new Promise((resolve) => {
    const dialog = element("dialog", { "aria-labelledby": "question" },
        element("p", { id: "question" }, question),
        element("p", { class: "controls" },
            element("button", { type: "button", click: () => dialog.close("yes") }, verb),
            element("button", { type: "button", autofocus: "", click: () => dialog.close("") }, "Cancel")));
    dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
});

const verbs = { requeue: ["Requeue", "requeued"], discard: ["Discard", "discarded"] };

const act = async (action, which, words) => {
    const [verb, done] = verbs[action];
    const warning = action === "discard" ? " They cannot be brought back." : " The queue sends them to Edge again.";
    if (!await confirmed(`${verb} ${words}?${warning}`, verb)) return;
    try {
        const query = new URLSearchParams({ action, ...which });
        const { count } = await (await askWithToken(`?${query}`, "POST")).json();
        await loadLetters();
        say(`${counted(count, "dead letter", "dead letters")} ${done}.`);
        byId("dead-letters-result").focus();
    } catch (error) {
        say(badge("error", "Error"), ` ${error.message}`);
    }
};

const download = async (id) => {
    try {
        const body = await (await askWithToken(`?${new URLSearchParams({ dead_letter: id })}`, "GET")).blob();
        const address = URL.createObjectURL(body);
        element("a", { href: address, download: `dead-letter-${id}.json` }).click();
        setTimeout(() => URL.revokeObjectURL(address), 5000);
        say(`Dead letter ${id} downloaded.`);
    } catch (error) {
        say(badge("error", "Error"), ` ${error.message}`);
    }
};

/** What a problem document of Edge says, which may be cut off; else the reason as it is. */
const reasonOf = ({ reason }) => {
    const member = (name) => new RegExp(`"${name}"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)`).exec(reason)?.[1];
    const [code, title, detail] = [member("type")?.split("/").at(-1), member("title"), member("detail")];
    return title || detail ? [code, title, detail].filter(Boolean).join(": ") : reason;
};

const letterButtons = ({ id, website }) => element("td", { class: "buttons" }, ...[
    ["Download", () => download(id)],
    ["Requeue", () => act("requeue", { id }, `dead letter ${id} of ${website}`)],
    ["Discard", () => act("discard", { id }, `dead letter ${id} of ${website}`)],
].map(([verb, click]) => element("button", { type: "button", click }, verb,
    element("span", { class: "unseen" }, ` dead letter ${id}`))));

const letterRow = (letter, hasToken) => {
    const cell = (text, isNumber) => element("td", { class: isNumber ? "number" : false }, String(text));
    const time = element("time", { datetime: new Date(letter.died * 1000).toISOString() });
    return element("tr", {},
        element("th", { scope: "row" }, letter.id), element("td", {}, time), cell(letter.website), cell(letter.kind),
        cell(letter.action), cell(letter.status || "none", true), cell(reasonOf(letter)),
        cell(byteSize(letter.bytes), true), cell(letter.attempts, true), ...(hasToken ? [letterButtons(letter)] : []));
};

const letterTable = (hasToken) => {
    const columns = ["Number", "Dead since", "Website", "Kind", "Action", "Status", "Reason", "Size", "Attempts"];
    const heads = [...columns, ...(hasToken ? ["What to do"] : [])]
        .map((title) => element("th", { scope: "col" }, title));
    return element("div", { class: "scroll", role: "region", "aria-labelledby": "letters-caption", tabindex: 0 },
        element("table", { id: "letters" },
            element("caption", { id: "letters-caption" }, "The dead letters"),
            element("thead", {}, element("tr", {}, ...heads)),
            element("tbody", {}, ...letters.map((letter) => letterRow(letter, hasToken)))));
};

/** All, those of each website, and those of each website with one status: what nginx handles at once. */
const choices = () => {
    const found = new Map([["all=1", { which: { all: "1" }, words: "all dead letters" }]]);
    for (const { website, datastream, status } of letters) {
        const all = { website: datastream };
        const some = { ...all, status };
        found.set(`${new URLSearchParams(all)}`, { which: all, words: `all dead letters of ${website}` });
        found.set(`${new URLSearchParams(some)}`, {
            which: some, words: `all dead letters of ${website} with status ${status || "none"}`,
        });
    }
    return found;
};

const letterControls = () => {
    const all = choices();
    const select = element("select", { id: "which" },
        ...[...all].map(([value, { words }]) => element("option", { value }, words)));
    const button = (action) => element("button", {
        type: "button", click: () => act(action, all.get(select.value).which, all.get(select.value).words),
    }, verbs[action][0]);
    return element("p", { class: "controls" }, element("label", { for: "which" }, "Several at once"), select,
        button("requeue"), button("discard"));
};

async function loadLetters(after) {
    const query = new URLSearchParams({ format: "json", view: "dead_letters", ...(after ? { after } : {}) });
    const { dead_letters: loaded, more } = await (await ask(`?${query}`)).json();
    letters = after ? [...letters, ...loaded] : loaded;
    const hasToken = "token" in byId("dead-letters").dataset;
    const parts = letters.length === 0 ? [] : [...(hasToken ? [letterControls()] : []), letterTable(hasToken)];
    if (more) {
        const click = () => loadLetters(letters.at(-1).id).catch((error) => say(error.message));
        parts.push(element("button", { type: "button", click }, "Show more"));
    }
    byId("dead-letters-list").replaceChildren(...parts);
    localize(byId("dead-letters-list"));
}

/** Loads the list again when there are more or fewer than before. */
export const lookAtLetters = async () => {
    const count = Number(byId("dead-letters-now").querySelector("data")?.value ?? 0);
    byId("dead-letters").hidden = false;
    if (count === knownLetters || document.querySelector("dialog")) return;
    try {
        await loadLetters();
        knownLetters = count;
    } catch (error) {
        say(badge("error", "Error"), ` ${error.message}`);
    }
};
