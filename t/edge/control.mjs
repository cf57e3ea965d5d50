// The stand-in's own addresses, below /_stand-in/: what was received, and how to behave. See README.md.

import { readFileSync } from "node:fs";

import { modeFault } from "./mode.mjs";
import { eventsPage } from "./view.mjs";

export const controlPrefix = "/_stand-in/";

const styleSheet = readFileSync(new URL("view.css", import.meta.url));
const defaultWait = 5000;
const longestWait = 60000;

const json = (status, value) => ({
    status,
    contentType: "application/json",
    body: `${JSON.stringify(value, undefined, 1)}\n`,
});
const fault = (status, error) => json(status, { error });

/** A list of the record: filtered, at most `limit` of the newest, waiting for `at_least` many. */
async function list(record, query, view) {
    const filter = Object.fromEntries(query);
    const wanted = Number(filter.at_least ?? 0);
    const timeout = Math.min(Number(filter.timeout ?? defaultWait), longestWait);
    const items = await record.atLeast(wanted, timeout, () => view(filter));
    return json(200, filter.limit === undefined ? items : items.slice(-Number(filter.limit)));
}

function changeMode(request, modes) {
    let mode;
    try {
        mode = JSON.parse(request.text);
    } catch (error) {
        return fault(400, `The mode is not valid JSON: ${error.message}`);
    }
    const wrong = modeFault(mode);
    if (wrong) {
        return fault(400, `The mode was not taken: ${wrong}`);
    }
    if (request.method === "PUT") {
        modes.replace(mode);
    } else {
        modes.add(mode);
    }
    return json(200, modes.list());
}

function page(world) {
    return {
        status: 200,
        contentType: "text/html; charset=utf-8",
        headers: { "content-security-policy": "default-src 'none'; style-src 'self'" },
        body: eventsPage(world.record, world.modes.list()),
    };
}

const routes = {
    "GET ": ({ world }) => page(world),
    "GET style.css": () => ({ status: 200, contentType: "text/css", body: styleSheet.toString() }),
    "GET requests": ({ world, request }) =>
        list(world.record, request.query, (filter) => world.record.requests(filter)),
    "GET events": ({ world, request }) =>
        list(world.record, request.query, (filter) => world.record.events(filter)),
    "GET counts": ({ world }) => json(200, world.record.counts()),
    "GET mode": ({ world }) => json(200, world.modes.list()),
    "PUT mode": ({ world, request }) => changeMode(request, world.modes),
    "POST mode": ({ world, request }) => changeMode(request, world.modes),
    "DELETE mode": ({ world, request }) => {
        world.modes.clear(request.query.get("action"));
        return json(200, world.modes.list());
    },
    "POST release": ({ world }) => json(200, { released: world.gate.open() }),
    "DELETE tokens": ({ world }) => {
        world.tokens.revoke();
        return json(200, []);
    },
    "DELETE requests": ({ world }) => {
        world.record.clear();
        world.consents.clear();
        return json(200, []);
    },
};

/** Answers a request to the control addresses, at once or with a promise. */
export function answerControl(request, world) {
    const name = request.path.slice(controlPrefix.length);
    const route = routes[`${request.method} ${name}`];
    if (route) {
        return route({ world, request });
    }
    const known = Object.keys(routes).join(", ");
    return fault(404, `There is no ${request.method} ${request.path}; there are ${known}`);
}
