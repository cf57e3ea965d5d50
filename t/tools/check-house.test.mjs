// Each rule of the house, broken in a small tree of its own.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";

import { check, storeys } from "./check-house.mjs";

/** What the check says about a tree of these files, given as text by path. */
function found(files) {
    const root = mkdtempSync(path.join(tmpdir(), "house-"));
    try {
        for (const [file, text] of Object.entries(files)) {
            mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
            writeFileSync(path.join(root, file), text);
        }
        return check(root);
    } finally {
        rmSync(root, { recursive: true });
    }
}

const including = (...names) => names.map((name) => `#include "${name}"\n`).join("");
const nginx = { "src/ngx/ngx.hpp": "extern \"C\" {\n#include <ngx_http.h>\n}\n" };

function says(files, expected) {
    const all = found(files);
    assert.equal(all.length, 1, all.join("\n"));
    assert.match(all[0], expected);
}

test("a tree in order", () => {
    assert.deepEqual(found({
        ...nginx,
        "src/module.cpp": including("gateway/live.hpp", "ngx/ngx.hpp"),
        "src/gateway/live.hpp": including("other.hpp", "gateway/other.hpp", "edge/engine.hpp"),
        "src/gateway/other.hpp": `${including("ngx/ngx.hpp")}namespace aep::gateway {\n`,
        "src/edge/engine.hpp": including("threads/thread.hpp", "settings/endpoint.hpp"),
        "src/settings/endpoint.hpp": including("text/ascii.hpp"),
        "src/text/ascii.hpp": "#include <string>\nnamespace aep::text::json {\n",
        "src/threads/thread.hpp": "#pragma once\n",
        "README.md": "",
        "t/one.t": "# README.md says so, and RFC 9110 8.8.3.\n",
    }), []);
});

test("a room is named once", () => {
    const rooms = storeys.flatMap((storey) => storey.rooms);
    assert.equal(new Set(rooms).size, rooms.length);
});

test("a room includes one above it", () => says({
    "src/queue/lane.hpp": "",
    "src/text/ascii.hpp": `\n${including("queue/lane.hpp")}`,
}, /^src\/text\/ascii.hpp:2: includes queue\/lane.hpp: text stands below queue, expected only: threads, version.hpp$/));

test("the lowest room includes one above it", () => says({
    "src/text/ascii.hpp": "",
    "src/threads/thread.hpp": including("text/ascii.hpp"),
}, /threads stands below text, expected only: itself$/));

test("a room includes one beside it", () => says({
    "src/page/csp/policy.hpp": "",
    "src/page/html/tokenizer.hpp": including("page/csp/policy.hpp"),
}, /^src\/page\/html\/tokenizer.hpp:1: .*page\/html stands beside page\/csp, expected only: /));

test("a room includes one that it is not to know, though it stands below", () => says({
    "src/queue/lane.hpp": "",
    "src/edge/lane.hpp": including("queue/lane.hpp"),
}, /^src\/edge\/lane.hpp:1: includes queue\/lane.hpp: edge is a stranger to queue, expected only: shared, settings, /));

test("a room declares what a room above it holds", () => says({
    "src/settings/website.hpp": "namespace aep::settings {\n}\nnamespace aep::page {\nclass Tag;\n}\n",
}, /^src\/settings\/website.hpp:3: declares something of aep::page: settings stands below page, expected only: /));

test("a pure room includes nginx's own header", () => says({
    "src/text/ascii.hpp": "#include <ngx_core.h>\n",
}, /^src\/text\/ascii.hpp:1: includes ngx_core.h: text is a pure room, expected no header of nginx$/));

test("a pure room includes a wrapper of nginx's", () => says({
    ...nginx,
    "src/ngx/pool.hpp": including("ngx.hpp"),
    "src/queue/lane.cpp": including("ngx/pool.hpp"),
}, /^src\/queue\/lane.cpp:1: .*queue is a pure room, .* it leads to ngx\/ngx.hpp, ngx_http.h$/));

test("a pure room reaches nginx through a header of another room", () => says({
    ...nginx,
    "src/settings/endpoint.hpp": including("website.hpp"),
    "src/settings/website.hpp": including("endpoint.hpp", "ngx/ngx.hpp"),
    "src/edge/transfer.cpp": including("edge/message.hpp"),
    "src/edge/message.hpp": including("settings/endpoint.hpp"),
}, /^src\/edge\/message.hpp:1: .* it leads to settings\/website.hpp, ngx\/ngx.hpp, ngx_http.h$/));

test("nginx's headers have one way in", () => says({
    "src/gateway/live.cpp": "#include <ngx_http.h>\n",
}, /^src\/gateway\/live.cpp:1: includes ngx_http.h: expected "ngx\/ngx.hpp"/));

test("a header that is not there", () => says({
    "src/gateway/live.cpp": including("nowhere.hpp"),
}, /^src\/gateway\/live.cpp:1: includes nowhere.hpp: there is no such file/));

test("a folder that the house does not know", () => says({
    "src/attic/box.hpp": "",
}, /^src\/attic\/box.hpp:1: attic is no room of the house/));

test("too many units in a room", () => {
    const units = (count) => Object.fromEntries(Array.from({ length: count }, (_, each) => [
        [`src/text/unit_${each}.cpp`, ""],
        [`src/text/unit_${each}.hpp`, ""],
    ]).flat());
    assert.deepEqual(found(units(22)), []);
    says(units(23), /^src\/text:1: has 23 units side by side, expected at most 22/);
});

test("a unit that is too long", () => {
    assert.deepEqual(found({ "src/text/long.cpp": "\n".repeat(400) }), []);
    says({ "src/text/long.cpp": "\n".repeat(401) }, /^src\/text\/long.cpp:401: has 401 lines, expected at most 400/);
});

test("a comment or a test's name that cites what nobody has", () => {
    for (const text of [
        "// DESIGN section 2",
        "// as Edge does (reference 3.4)",
        "/// (reference: Edge protocol 6.4)",
        "// T-36",
        "/* /home/somebody/plan */",
        "// plan.md says why",
    ]) {
        says({ "src/text/ascii.hpp": `${text}\n` }, /^src\/text\/ascii.hpp:1: cites .*, expected a standard, /);
    }
    says({ "t/one.t": "__DATA__\n\n=== TEST 1: a page (H-19)\n" }, /^t\/one.t:3: cites a list of cases \("H-19"\)/);
    says({ "t/lib/Aep.pm": "# see plan.md\n" }, /^t\/lib\/Aep.pm:1: cites plan.md, which is not here/);
});

test("a document that names what has moved", () => {
    const files = { "src/text/ascii.hpp": "", "t/one.t": "" };
    assert.deepEqual(found({ ...files, "A.md": "`src/text`, `src/text/ascii`, `t/one.t`, `prove t/two.t`\n" }), []);
    says({ ...files, "A.md": "\n`src/page/ascii`\n" }, /^A.md:2: names src\/page\/ascii, which is not here/);
});

test("what looks like a citation and is none", () => {
    assert.deepEqual(found({
        "src/text/ascii.hpp": "// UTF-16, ISO-8859-15, a reference to 3 cases\nconst char* kFile = \"LICENSE.md\";\n",
        "src/sdk/browser/node_modules/other/index.js": "// T-36\n",
    }), []);
});
