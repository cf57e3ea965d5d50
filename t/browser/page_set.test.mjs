// Pages as the web has them. Each is opened with the tag and without it: nothing but the tag may differ, and where
// there is one, the SDK must work.

import assert from "node:assert/strict";
import { after } from "node:test";

import { openShop } from "./fixture.mjs";
import { charsets } from "./pages/charsets.mjs";
import { deliveries } from "./pages/deliveries.mjs";
import { documents } from "./pages/documents.mjs";
import { Origin } from "./pages/origin.mjs";
import { text as usualText } from "./pages/page.mjs";
import { policies } from "./pages/policies.mjs";

const pages = [...documents, ...charsets, ...policies, ...deliveries].map((page) => ({
    path: `/${page.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`,
    ...page,
}));

const origin = new Origin(Object.fromEntries(pages.flatMap((page) =>
    [[page.path, page], ...Object.entries(page.others ?? {})])));
after(() => origin.stop());
const target = `http://127.0.0.1:${await origin.start()}`;

const shop = await openShop({ north: { directives: [
    "aep_page_view off;",
    "proxy_http_version 1.1;",
    "location /js/ { }",
    "location = /favicon.ico { }",
    `location / { proxy_pass ${target}; }`,
    `location /compressed/ { proxy_pass ${target}; gzip on; gzip_min_length 0; }`,
    `location /plain/ { aep_inject off; proxy_pass ${target}/; }`,
] } });

/** Runs before all scripts of the page. */
const watchPolicies = () => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", ({ disposition, effectiveDirective, blockedURI }) => {
        const path = URL.canParse(blockedURI) ? new URL(blockedURI).pathname : blockedURI;
        const blocked = path.replace(/[0-9a-f]{20}/, "SDK");
        window.violations.push(`${disposition} ${effectiveDirective} ${blocked}`);
    });
};

/** What is to be seen of a page, without the tag. Runs in the page. */
const describe = () => {
    const isTag = (node) => node.localName === "script" && node.hasAttribute("data-aep");
    const tree = (node) => [
        node.nodeName,
        node.data ?? node.publicId ?? null,
        [...node.attributes ?? []].map(({ name, value }) => `${name}=${value}`),
        [...node.childNodes].filter((child) => !isTag(child)).map(tree),
    ];
    return {
        tree: tree(document),
        charset: document.characterSet,
        mode: document.compatMode,
        text: document.querySelector("#text").textContent,
        own: window.own,
    };
};

/** Where the tag is, and what came of it. Runs in the page. */
const describeTag = () => ({
    tags: [...document.querySelectorAll("script[data-aep]")].map((tag) => ({
        parent: tag.parentNode.localName,
        behind: tag.previousElementSibling?.localName,
    })),
    files: performance.getEntriesByType("resource").filter(({ name }) => /\/[0-9a-f]{20}\.js$/.test(name)).length,
});

async function describePage(visitor, { own }) {
    if (own) {
        await visitor.page.waitForFunction(() => window.own);
    }
    return visitor.evaluate(describe);
}

const expectLogs = async (visitor, patterns = []) => {
    for (const pattern of patterns) {
        await visitor.logs(pattern);
    }
};

async function checkPlainPage(visitor, page) {
    const found = await describePage(visitor, page);
    const { charset = "UTF-8", mode = "CSS1Compat", text = usualText, own } = page;
    assert.deepEqual({ ...found, tree: undefined }, { charset, mode, text, own, tree: undefined });
    await expectLogs(visitor, page.logs);
    assert.deepEqual(await visitor.evaluate(() => window.violations), page.violations ?? []);
    return found;
}

async function checkStart(visitor, { sends = true }) {
    await visitor.ready();
    await visitor.publish("pageView");
    if (sends) {
        assert.deepEqual(await visitor.eventTypes({ atLeast: 1 }), ["web.webpagedetails.pageViews"]);
    }
}

async function checkTag(visitor, { tag = true, behind, ...page }) {
    const { tags, files } = await visitor.evaluate(describeTag);
    assert.equal(tags.length, tag ? 1 : 0, "number of tags");
    assert.equal(files, tag ? 1 : 0, "number of loaded SDK files");
    if (tag) {
        assert.deepEqual(tags[0], { parent: "head", behind }, "the tag's place");
        await checkStart(visitor, page);
    } else {
        assert.deepEqual(await visitor.globals("alloy", "magentoStorefrontEvents", "ngxAepWebSdk"), []);
    }
}

for (const page of pages) {
    shop.test(page.name, async (visit) => {
        const { path, sdkAfter } = page;
        const visitor = await visit("north", { path: `/plain${path}` }, { script: watchPolicies, sdkAfter });
        const plain = await checkPlainPage(visitor, page);
        await visitor.page.goto(new URL(path, visitor.page.url()).href);
        await checkTag(visitor, page);
        assert.deepEqual(await describePage(visitor, page), plain, "nothing but the tag may differ");
        await expectLogs(visitor, [...page.logs ?? [], ...page.warns ?? []]);
        assert.deepEqual(
            (await visitor.evaluate(() => window.violations)).sort(),
            [...page.violations ?? [], ...page.reports ?? []].sort(),
        );
    });
}
