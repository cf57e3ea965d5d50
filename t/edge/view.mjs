// The page that a person looks at: the newest events, fresh every two seconds.

const shown = 60;

function escape(value) {
    const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
    return String(value ?? "").replace(/[&<>"]/g, (character) => entities[character]);
}

/** A URL's host and path, apart; what is no URL comes back as the path. */
function splitUrl(text) {
    try {
        const { host, pathname } = new URL(text);
        return { host, path: pathname };
    } catch {
        return { host: "", path: text };
    }
}

/** Where an event of no page belongs: to an order, as the back office's do. */
function backOffice({ website = "", order }) {
    return { host: website, path: order ? `order ${order}` : "" };
}

/** A long number by its ends; the whole of it appears where the pointer rests. */
function shortened(id = "") {
    const text = id.length > 13 ? `${id.slice(0, 8)}\u2026${id.slice(-4)}` : id;
    return `<td class="id" title="${escape(id)}">${escape(text)}</td>`;
}

function row(event) {
    const { host, path } = event.url ? splitUrl(event.url) : backOffice(event);
    const cell = (text) => `<td>${escape(text)}</td>`;
    const cells = [
        cell(event.time.slice(11, 19)),
        cell(host),
        `<td class="type">${escape(event.eventType)}</td>`,
        cell(path),
        shortened(event.datastream),
        shortened(event.ecid),
        cell(event.outcome),
    ];
    return `<tr class="${escape(event.outcome)}">${cells.join("")}</tr>`;
}

function modeNote(modes) {
    if (modes.length === 0) {
        return "";
    }
    const items = modes.map((mode) => `<li><code>${escape(JSON.stringify(mode))}</code></li>`).join("");
    return `<h2>Behaviour on command</h2><ul>${items}</ul>`;
}

/** The whole page. */
export function eventsPage(record, modes) {
    const events = record
        .events({}, 5 * shown)
        .slice(-shown)
        .reverse();
    const { received } = record.counts();
    const heads = ["Time (UTC)", "Website", "XDM event type", "Page or order", "Datastream", "ECID", "Outcome"];
    const table = events.length
        ? `<table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead>
<tbody>
${events.map(row).join("\n")}
</tbody></table>`
        : '<p class="empty">Nothing has arrived yet. Open one of the shops and look around.</p>';
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="2">
<title>Edge stand-in: events</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<h1>What arrived at the Edge</h1>
<p>This server stands in for Adobe's Edge Network. ${escape(received)} requests so far; the newest events
first. As JSON: <a href="events">events</a>, <a href="requests?limit=50">requests</a>,
<a href="counts">counts</a>.</p>
${modeNote(modes)}
${table}
</body>
</html>
`;
}
