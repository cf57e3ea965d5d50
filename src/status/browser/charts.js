// The charts of the last hour, drawn from its table.

import { byId, clockOf, counted, element, written } from "./elements.js";

const height = 150;
const halfLabel = 16;
const margin = { left: 44, right: 8, top: 10, bottom: 20 };

const shape = (name, attributes = {}, ...children) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.append(...children);
    return made;
};

const series = [
    { name: "delivered", label: "delivered" },
    { name: "queued", label: "queued" },
    { name: "refused", label: "refused" },
    { name: "other", label: "other" },
];

/** The lines by which a series is told from another without its color. */
const patterns = () => shape("defs", {}, ...[
    ["queued", shape("path", { d: "M-1 5L5 -1M2 8L8 2", class: "mark" })],
    ["refused", shape("path", { d: "M0 0L6 6M6 0L0 6", class: "mark" })],
    ["other", shape("circle", { cx: 3, cy: 3, r: 1.2, class: "mark" })],
].map(([name, mark]) => shape(
    "pattern",
    { id: `pattern-${name}`, width: 6, height: 6, patternUnits: "userSpaceOnUse", class: `series ${name}` },
    shape("rect", { width: 6, height: 6 }), mark,
)));

const fillOf = (name) => (name === "delivered" ? "currentColor" : `url(#pattern-${name})`);

/** The numbers of the table of the last hour, which is what people read who see no charts. */
const readHistory = () => [...byId("history-rows").rows].filter((row) => row.querySelector("time")).map((row) => {
    const numbers = [...row.cells].slice(1).map((cell) => parseFloat(cell.textContent.replaceAll(",", "")));
    const [delivered, queued, refused, other, later, , latency, entries] = numbers;
    const time = new Date(row.querySelector("time").dateTime);
    return { time, delivered, queued, refused, other, later, latency, entries };
});

/** The least round number that is not below: 1, 2, 5, 10, 20 and so on. */
const roundUp = (number) => {
    const power = 10 ** Math.floor(Math.log10(Math.max(number, 1)));
    return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= number);
};

/** A chart without its data: its frame, and where its values are. */
const startChart = (figure, minutes, most, description) => {
    const width = Math.max(figure.clientWidth, 200);
    const top = roundUp(Math.max(most, 2));
    const step = (width - margin.left - margin.right) / minutes.length;
    const x = (index) => margin.left + index * step;
    const y = (value) => height - margin.bottom - (value / top) * (height - margin.top - margin.bottom);
    const title = figure.querySelector("figcaption").textContent;
    const chart = shape(
        "svg",
        { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-labelledby": `${figure.id}-title ${figure.id}-desc` },
        shape("title", { id: `${figure.id}-title` }, title),
        shape("desc", { id: `${figure.id}-desc` }, `${description} The table below has the numbers.`),
    );
    for (const value of [0, top / 2, top]) {
        chart.append(
            shape("line", { x1: margin.left, x2: width - margin.right, y1: y(value), y2: y(value), class: "grid" }),
            shape("text", { x: margin.left - 6, y: y(value) + 4, "text-anchor": "end" }, written(value)),
        );
    }
    minutes.forEach(({ time }, index) => {
        if (time.getMinutes() % 15 === 0) {
            chart.append(
                shape("line", { x1: x(index), x2: x(index), y1: y(0), y2: y(0) + 4, class: "grid" }),
                shape("text", { x: Math.min(x(index), width - halfLabel), y: height - 4, "text-anchor": "middle" },
                    clockOf(time)),
            );
        }
    });
    return { chart, width, step, x, y };
};

/** What a mouse shows of a minute, over the whole height. */
const hint = ({ step, x }, index, text) => shape(
    "rect",
    { x: x(index), y: margin.top, width: step, height: height - margin.top - margin.bottom, class: "hint" },
    shape("title", {}, text),
);

const finishChart = (figure, { chart, width }, isEmpty) => {
    if (isEmpty) {
        const place = { x: width / 2, y: height / 3, "text-anchor": "middle" };
        chart.append(shape("text", place, "Nothing in the last hour"));
    }
    figure.querySelector("svg.chart")?.remove();
    chart.classList.add("chart");
    figure.querySelector("figcaption").after(chart);
};

const sumOf = (minutes, name) => minutes.reduce((sum, minute) => sum + minute[name], 0);
const mostOf = (minutes, valueOf) => Math.max(0, ...minutes.map(valueOf).filter((value) => !Number.isNaN(value)));

const drawEvents = (figure, minutes) => {
    const total = (minute) => series.reduce((sum, { name }) => sum + minute[name], 0);
    const sums = series.map(({ name, label }) => `${written(sumOf(minutes, name))} ${label}`).join(", ");
    const later = sumOf(minutes, "later");
    const most = mostOf(minutes, (minute) => Math.max(total(minute), minute.later));
    const frame = startChart(figure, minutes, most, `In the last hour ${sums}, ${written(later)} of the queue ` +
        `delivered later; at most ${written(most)} a minute.`);
    const { chart, step, x, y } = frame;
    chart.append(patterns());
    minutes.forEach((minute, index) => {
        let below = 0;
        for (const { name } of series.filter((each) => minute[each.name] > 0)) {
            const box = { x: x(index) + 0.5, width: Math.max(1, step - 1), y: y(below + minute[name]) };
            chart.append(shape("rect", {
                ...box, height: y(below) - box.y, fill: fillOf(name), class: `series ${name}`,
            }));
            below += minute[name];
        }
        if (minute.later > 0) {
            chart.append(shape("circle", { cx: x(index) + step / 2, cy: y(minute.later), r: 2.5, class: "later" }));
        }
        const parts = series.map(({ name, label }) => `${written(minute[name])} ${label}`).join(", ");
        chart.append(hint(frame, index, `${clockOf(minute.time)}: ${parts}, ${written(minute.later)} delivered later`));
    });
    finishChart(figure, frame, most === 0);
};

const drawLatency = (figure, minutes) => {
    const most = mostOf(minutes, ({ latency }) => latency);
    const frame = startChart(figure, minutes, most, most === 0 ? "Edge was not asked in the last hour." :
        `The mean of a minute was at most ${written(most)} milliseconds in the last hour.`);
    const { chart, step, x, y } = frame;
    let line = "";
    minutes.forEach(({ time, latency }, index) => {
        if (Number.isNaN(latency)) return;
        const isJoined = index > 0 && !Number.isNaN(minutes[index - 1].latency);
        line += `${isJoined ? "L" : "M"}${x(index) + step / 2} ${y(latency)}`;
        chart.append(shape("circle", { cx: x(index) + step / 2, cy: y(latency), r: 1.8, class: "point" }));
        chart.append(hint(frame, index, `${clockOf(time)}: ${written(latency)} ms`));
    });
    chart.append(shape("path", { d: line || "M0 0", class: "line" }));
    finishChart(figure, frame, !line);
};

const drawQueue = (figure, minutes) => {
    const most = mostOf(minutes, ({ entries }) => entries);
    const last = minutes.at(-1).entries;
    const frame = startChart(figure, minutes, most, `${counted(last, "entry", "entries")} in the queue now, at most ` +
        `${written(most)} in the last hour.`);
    const { chart, step, x, y } = frame;
    const steps = minutes.map(({ entries }, index) => `L${x(index)} ${y(entries)}h${step}`).join("");
    const base = y(0);
    if (most > 0) {
        chart.append(shape("path", { d: `M${x(0)} ${base}${steps}V${base}Z`, class: "area" }));
    }
    minutes.forEach(({ time, entries }, index) => {
        chart.append(hint(frame, index, `${clockOf(time)}: ${counted(entries, "entry", "entries")}`));
    });
    finishChart(figure, frame, most === 0);
};

const swatch = (name) => shape("svg", { viewBox: "0 0 14 14", width: 14, height: 14, "aria-hidden": "true" },
    name === "later" ? shape("circle", { cx: 7, cy: 7, r: 3.5, class: "later" }) :
        shape("rect", { width: 14, height: 14, fill: fillOf(name), class: `series ${name}` }));

export const legend = () => element("ul", { class: "legend" },
    ...[...series, { name: "later", label: "delivered later, by the queue" }].map(({ name, label }) =>
        element("li", {}, swatch(name), label)));

export const drawCharts = () => {
    const minutes = readHistory();
    byId("charts").hidden = minutes.length === 0;
    if (minutes.length === 0) return;
    drawEvents(byId("chart-events"), minutes);
    drawLatency(byId("chart-latency"), minutes);
    drawQueue(byId("chart-queue"), minutes);
};
