#!/usr/bin/env node
// Checks what compilers do not: that the rooms of src stand in order, and stay small, and that comments lead nowhere
// outside of the repository. ARCHITECTURE.md says what each room is for.
//
//   node t/tools/check-house.mjs [DIRECTORY]

import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

// The rooms, from top to bottom. A room includes only rooms of the lines below its own: none above, none beside it.
// A pure room reaches no header of nginx, not through other rooms' headers either. Strangers stand below, but what is
// between the two belongs to the rooms above both.
export const storeys = [
    { rooms: ["module.cpp", "amqp_module.cpp"] },
    { rooms: ["gateway"] },
    { rooms: ["backoffice"] },
    { rooms: ["backoffice/mapping"], pure: true },
    { rooms: ["status"] },
    { rooms: ["page"] },
    { rooms: ["page/html", "page/csp", "page/compression"], pure: true },
    { rooms: ["sdk"] },
    { rooms: ["delivery"] },
    { rooms: ["protocol"], pure: true },
    { rooms: ["edge"], pure: true, strangers: ["queue", "queue/sqlite", "queue/amqp"] },
    { rooms: ["shared"] },
    { rooms: ["settings"] },
    { rooms: ["authentication"], pure: true },
    { rooms: ["queue/amqp/stores"], pure: true },
    { rooms: ["queue/sqlite", "queue/amqp"], pure: true },
    { rooms: ["queue"], pure: true },
    { rooms: ["ngx"] },
    { rooms: ["text"], pure: true },
    { rooms: ["threads", "version.hpp"], pure: true },
];

// A unit is a .cpp with its .hpp, or one of them alone.
const unitsInARoom = 22;
const linesInAUnit = 400;

// What nobody can look up who has only the repository.
const citations = [
    [/\bDESIGN\b/, "a design document"],
    [/\breference:? (?:[0-9]|Edge protocol)/, "a reference"],
    [/\b[OTSNBPHCVI]-[0-9]{2}\b/, "a list of cases"],
    [/(?:^|[\s"'(])\/(?:home|root)\//, "a machine's own directory"],
];

const header = /^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)/;
const namespace = /^\s*(?:inline\s+)?namespace\s+aep((?:::\w+)+)/;
const commentMarks = [
    [/\.(?:cpp|hpp|c|js|mjs|css)$/, /(?:^|[^:"'`\\])\/\/(.*)|^\s*\/?\*+(.*)/],
    [/\.(?:t|pm|pl|sh)$/, /(?:^|\s)#+\s(.*)/],
];

const isNginx = (name) => /^ngx_\w+\.h$/.test(name);

/** The files under a directory, as paths with slashes that start with it. */
function filesUnder(root, directory) {
    if (!existsSync(path.join(root, directory))) return [];
    return readdirSync(path.join(root, directory), { withFileTypes: true }).flatMap((entry) => {
        const name = `${directory}/${entry.name}`;
        if (!entry.isDirectory()) return entry.isFile() ? [name] : [];
        return /^(?:node_modules|servroot.*)$/.test(entry.name) ? [] : filesUnder(root, name);
    });
}

const linesOf = (root, file) => readFileSync(path.join(root, file), "utf8").split("\n");

/** Which room a file of src is in; the program's top is a room of its own. */
const roomOf = (file) => (path.dirname(file) === "src" ? path.basename(file) : path.dirname(file).slice("src/".length));

const storeyOf = (room) => storeys.findIndex(({ rooms }) => rooms.includes(room));

const isPure = (room) => storeys[storeyOf(room)]?.pure === true;

function allowedIn(room) {
    const storey = storeyOf(room);
    const strangers = storeys[storey].strangers ?? [];
    return storeys.slice(storey + 1).flatMap(({ rooms }) => rooms).filter((other) => !strangers.includes(other));
}

/** Why a room may not use another, or nothing. */
function objection(room, other) {
    const allowed = room === other ? [other] : allowedIn(room);
    if (allowed.includes(other)) return undefined;
    const storey = storeyOf(room);
    let relation = "stands below";
    if (storeys[storey].rooms.includes(other)) relation = "stands beside";
    if (storeyOf(other) > storey) relation = "is a stranger to";
    return `${room} ${relation} ${other}, expected only: ${allowed.join(", ") || "itself"}`;
}

/** What a source file includes and which namespaces it opens, with the lines. */
function readSource(root, file) {
    const source = { includes: [], namespaces: [], lines: 0 };
    const lines = linesOf(root, file);
    source.lines = lines.at(-1) === "" ? lines.length - 1 : lines.length;
    lines.forEach((text, index) => {
        const line = index + 1;
        const [, quoted, angled] = header.exec(text) ?? [];
        const [, opened] = namespace.exec(text) ?? [];
        if (quoted) source.includes.push({ line, name: quoted, file: resolve(root, file, quoted) });
        if (angled && isNginx(angled)) source.includes.push({ line, name: angled });
        if (opened) source.namespaces.push({ line, rooms: opened.slice(2).split("::") });
    });
    return source;
}

function resolve(root, file, name) {
    return [path.posix.join("src", name), path.posix.join(path.dirname(file), name)]
        .find((candidate) => existsSync(path.join(root, candidate)));
}

/** The way from a header to one of nginx's, as a list of names; nothing where there is none. */
function wayToNginx(sources, file, seen = new Set()) {
    if (seen.has(file)) return undefined;
    seen.add(file);
    for (const { name, file: next } of sources.get(file)?.includes ?? []) {
        if (isNginx(name)) return [name];
        const way = next && wayToNginx(sources, next, seen);
        if (way) return [next.slice("src/".length), ...way];
    }
    return undefined;
}

/** A namespace has its room's path; what is behind it, such as `json` in `text::json`, is the room's own affair. */
function roomOfNamespace(names) {
    for (let count = names.length; count > 0; --count) {
        const room = names.slice(0, count).join("/");
        if (storeyOf(room) >= 0) return room;
    }
    return undefined;
}

function checkInclude(sources, file, { line, name, file: target }) {
    const room = roomOf(file);
    const place = `${file}:${line}: includes ${name}`;
    if (isNginx(name)) {
        if (isPure(room)) return [`${place}: ${room} is a pure room, expected no header of nginx`];
        return file === "src/ngx/ngx.hpp" ? [] : [`${place}: expected "ngx/ngx.hpp", the only way to nginx's headers`];
    }
    if (!target) return [`${place}: there is no such file, expected one of src or of the same folder`];
    const other = roomOf(target);
    if (storeyOf(other) < 0) return [];
    const refused = objection(room, other);
    if (refused) return [`${place}: ${refused}`];
    const way = isPure(room) && !isPure(other) && wayToNginx(sources, target);
    return way ? [`${place}: ${room} is a pure room, expected no header of nginx, but it leads to ${way.join(", ")}`] : [];
}

/** A forward declaration needs no include, but is as good as one. */
function checkNamespace(file, { line, rooms }) {
    const room = roomOf(file);
    const other = roomOfNamespace(rooms);
    const refused = other && objection(room, other);
    return refused ? [`${file}:${line}: declares something of aep::${rooms.join("::")}: ${refused}`] : [];
}

function checkSources(root) {
    const files = filesUnder(root, "src").filter((file) => /\.[ch]pp$/.test(file));
    const sources = new Map(files.map((file) => [file, readSource(root, file)]));
    return files.flatMap((file) => {
        if (storeyOf(roomOf(file)) < 0) {
            return [`${file}:1: ${roomOf(file)} is no room of the house, expected a line for it in ` +
                "t/tools/check-house.mjs"];
        }
        const { includes, namespaces, lines } = sources.get(file);
        const found = includes.flatMap((include) => checkInclude(sources, file, include));
        found.push(...namespaces.flatMap((opened) => checkNamespace(file, opened)));
        if (file.endsWith(".cpp") && lines > linesInAUnit) {
            found.push(`${file}:${lines}: has ${lines} lines, expected at most ${linesInAUnit}: make two units of it`);
        }
        return found;
    });
}

function checkRooms(root) {
    const rooms = new Map();
    for (const file of filesUnder(root, "src").filter((each) => /\.[ch]pp$/.test(each))) {
        const room = roomOf(file);
        rooms.set(room, (rooms.get(room) ?? new Set()).add(path.parse(file).name));
    }
    return [...rooms].filter(([, units]) => units.size > unitsInARoom).map(([room, units]) =>
        `src/${room}:1: has ${units.size} units side by side, expected at most ${unitsInARoom}: make a room of some`);
}

/** What a line says to people only, as far as can be seen without parsing. */
function commentIn(file, text) {
    const [, mark] = commentMarks.find(([name]) => name.test(file)) ?? [];
    const [, ...parts] = mark?.exec(text) ?? [];
    return parts.find((part) => part !== undefined) ?? "";
}

function checkCitations(root) {
    const documents = new Set(filesUnder(root, "docs").concat(filesUnder(root, "src"), filesUnder(root, "t"))
        .concat(readdirSync(root)).filter((file) => file.endsWith(".md")).map((file) => path.basename(file)));
    const files = filesUnder(root, "src").concat(filesUnder(root, "t"))
        .filter((file) => /\.(?:cpp|hpp|c|js|mjs|css|html|t|pm|pl|sh|lua)$/.test(file) && !file.includes("check-house"));
    return files.flatMap((file) => linesOf(root, file).flatMap((text, index) => {
        const place = `${file}:${index + 1}: cites`;
        const rule = "expected a standard, a document of the repository, or the reason in words";
        const found = citations.filter(([pattern]) => pattern.test(text)).map(([pattern, what]) =>
            `${place} ${what} ("${pattern.exec(text)[0].trim()}"), ${rule}`);
        for (const [name] of commentIn(file, text).matchAll(/[\w./-]+\.md\b/g)) {
            if (!documents.has(path.basename(name))) found.push(`${place} ${name}, which is not here, ${rule}`);
        }
        return found;
    }));
}

// Test::Nginx makes t/servroot and removes it.
const namedPath = /`((?:src|t(?!\/servroot)|conf\.d|\.ci)\/[\w./-]+)`/g;
const sourceEndings = ["", ".hpp", ".cpp"];

/** What the documents call by its path is there: units without their endings. */
function checkDocuments(root) {
    return readdirSync(root).filter((file) => file.endsWith(".md")).flatMap((file) =>
        linesOf(root, file).flatMap((text, index) => [...text.matchAll(namedPath)]
            .filter(([, name]) => !sourceEndings.some((ending) => existsSync(path.join(root, name + ending))))
            .map(([, name]) => `${file}:${index + 1}: names ${name}, which is not here, expected a path of the repository`)));
}

/** Everything that is wrong, each as one line: place, what is there, what was expected. */
export const check = (root) =>
    [...checkSources(root), ...checkRooms(root), ...checkCitations(root), ...checkDocuments(root)];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const found = check(process.argv[2] ?? ".");
    found.forEach((each) => console.error(each));
    process.exitCode = found.length ? 1 : 0;
}
