// The script of the status page. The page is complete without it: the script asks the page's own address for the page
// again, takes over each part that has changed, draws the last hour's numbers, and handles what needs a token.

import { drawCharts, legend } from "./charts.js";
import { startCheck } from "./check.js";
import { lookAtLetters } from "./dead_letters.js";
import { badge, byId, element, localTime, localize } from "./elements.js";
import { ask, patience } from "./requests.js";

const interval = 5000;
const longestPause = 60000;
const usual = `Updates every ${interval / 1000} seconds.`;

const shown = new Map();  // by the id of a part its HTML as nginx has sent it
let lastAnswer = new Date();
let failures = 0;
let timer;
let isBusy = false;

const isPressed = (id) => byId(id).getAttribute("aria-pressed") === "true";

const takeOver = (next) => {
    for (const part of next.querySelectorAll("[data-live]")) {
        const present = byId(part.id);
        const isHeld = part.id === "last-events-rows" && isPressed("pause-events");
        if (!present || isHeld || shown.get(part.id) === part.innerHTML) continue;
        shown.set(part.id, part.innerHTML);
        present.replaceChildren(...part.childNodes);
        localize(present);
        if (part.id === "history-rows") drawCharts();
    }
    document.title = next.title;
};

const askForPage = async () => {
    const answer = await ask("", { signal: AbortSignal.timeout(patience) });
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!next.getElementById("aep-status")) {
        throw new Error("The answer is another page, perhaps to sign in: load this page again.");
    }
    return next;
};

const tellOfTrouble = (message, pause) => {
    const since = localTime(lastAnswer);
    byId("connection").textContent = `${message} Next try in ${pause / 1000} seconds.`;
    shown.delete("headline");
    const words = `No news since ${since}: ${message} What stands below is from then.`;
    if (byId("headline").textContent.includes(words)) return;
    byId("headline").replaceChildren(badge("warning", "Unknown"), " ", element("span", {}, words));
    document.title = "Unknown: ngx_aep status";
};

async function update() {
    clearTimeout(timer);
    if (isBusy || document.hidden || isPressed("pause")) return;
    isBusy = true;
    let pause = interval;
    try {
        takeOver(await askForPage());
        failures = 0;
        lastAnswer = new Date();
        byId("connection").textContent = usual;
        await lookAtLetters();
    } catch (error) {
        failures += 1;
        pause = Math.min(longestPause, interval * 2 ** (failures - 1));
        tellOfTrouble(error.message, pause);
    }
    byId("aep-status").classList.toggle("stale", failures > 0);
    isBusy = false;
    timer = setTimeout(update, pause);
}

/** Makes a button stay pressed until it is pressed again. */
const startToggle = (id, then) => byId(id).addEventListener("click", () => {
    byId(id).setAttribute("aria-pressed", String(!isPressed(id)));
    then();
});

const start = () => {
    for (const part of document.querySelectorAll("[data-live]")) {
        shown.set(part.id, part.innerHTML);
        localize(part);
    }
    byId("updates").hidden = false;
    byId("events-controls").hidden = false;
    byId("chart-events").append(legend());
    drawCharts();
    new ResizeObserver(drawCharts).observe(byId("charts"));
    startCheck();
    lookAtLetters();
    startToggle("pause", () => {
        byId("connection").textContent = isPressed("pause") ? "Updates are paused." : usual;
        update();
    });
    startToggle("pause-events", update);
    document.addEventListener("visibilitychange", update);
    timer = setTimeout(update, interval);
};

start();
